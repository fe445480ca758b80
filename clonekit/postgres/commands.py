"""The client programs' command lines, as lists; no secret is ever among the arguments. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_NO_OWNER = "--no-owner"  # the roles of production are not here
_LISTED = "--use-list=/dev/stdin"  # no file that a kill would leave behind
UNOWNED = (_NO_OWNER, "--no-privileges")
GZIP, ZSTD = "1", "zstd:1"  # a mere number is gzip's level, which a pg_dump of any version takes


@dataclass(frozen=True)
class Form:
    """How a dump is written: as one file (`custom`), or as a folder (`directory`), to which several jobs can write."""

    format: str = "custom"
    compression: str = GZIP
    jobs: int = 1

    @property
    def name(self) -> str:
        """The compression's name."""
        return "zstd" if self.compression == ZSTD else "gzip"


ONE_FILE = Form()


def conninfo(parameters: Mapping[str, str | int]) -> str:
    r"""Return libpq's `key='value'` form, quoted by its rules.

    >>> conninfo({"host": "localhost", "dbname": "it's"})
    "host='localhost' dbname='it\\'s'"
    """
    quoted = {key: re.sub(r"(['\\])", r"\\\1", str(value)) for key, value in parameters.items()}
    return " ".join(f"{key}='{value}'" for key, value in quoted.items())


def dump(program: Path, parameters: Mapping[str, str | int], output: Path, form: Form = ONE_FILE) -> list[str]:
    """Return the `pg_dump` that writes a whole database, compressed, to one file or into a folder.

    Without subscriptions: a copy must never join production's replication.
    """
    how = [f"--format={form.format}", f"--compress={form.compression}"]
    how += [f"--jobs={form.jobs}"] if form.jobs > 1 else []
    what = [_NO_OWNER, "--no-subscriptions", "--verbose"]
    return [str(program), *how, *what, f"--file={output}", f"--dbname={conninfo(parameters)}"]


def try_compression(program: Path, compression: str) -> list[str]:
    """Return a `pg_dump` that comes as far as failing to connect, if it knows this compression."""
    return [str(program), f"--compress={compression}", f"--dbname={conninfo({'host': '127.0.0.1', 'port': 1})}"]


def dump_schema(
    program: Path, parameters: Mapping[str, str | int], *, with_privileges: bool = False, as_archive: bool = False
) -> list[str]:
    """Return the `pg_dump` that prints a database's schema, as text or for `pg_restore`."""
    options = [*(() if with_privileges else UNOWNED), *(["--format=custom", "--compress=0"] if as_archive else ())]
    return [str(program), "--schema-only", *options, f"--dbname={conninfo(parameters)}"]


def print_needs(program: Path) -> list[str]:
    """Return the `pg_restore` that prints the archive on its standard input, with what each object depends on."""
    return [str(program), "--verbose", "--file=-"]


def restore(program: Path, parameters: Mapping[str, str | int], dump_file: Path, jobs: int = 1) -> list[str]:
    """Return the `pg_restore` that loads what its standard input lists of a dump into an existing, empty database."""
    how = [_NO_OWNER, "--verbose", f"--jobs={jobs}", _LISTED]
    return [str(program), *how, f"--dbname={conninfo(parameters)}", str(dump_file)]


def list_contents(program: Path, dump_file: Path) -> list[str]:
    """Return the `pg_restore` that prints a dump's table of contents, what is about the database itself included."""
    return [str(program), "--list", "--create", str(dump_file)]


def print_database(program: Path, dump_file: Path) -> list[str]:
    """Return the `pg_restore` that prints what its standard input lists of a dump about the database itself."""
    return [str(program), "--create", _LISTED, "--file=-", str(dump_file)]


def read_through(program: Path, dump_file: Path) -> list[str]:
    """Return the `pg_restore` that reads a dump to its last byte: only that shows that it was cut short."""
    return [str(program), "--file=/dev/null", str(dump_file)]


def psql(
    program: Path, parameters: Mapping[str, str | int], command: str | None = None, *, batch: bool = False
) -> list[str]:
    """Return a `psql`: interactive, or for one command or a script (`batch`), which ends at its first error."""
    options = ["--no-psqlrc", "--set=ON_ERROR_STOP=1"] if command or batch else []
    options += [f"--command={command}"] if command else []
    return [str(program), *options, f"--dbname={conninfo(parameters)}"]


def query(program: Path, parameters: Mapping[str, str | int], sql: str) -> list[str]:
    """Return the `psql` that prints the one value that a query has."""
    return [*psql(program, parameters, sql), "--tuples-only", "--no-align"]


def psql_script(program: Path, parameters: Mapping[str, str | int]) -> list[str]:
    """Return the `psql` that runs the script on its standard input and stops at the first error."""
    batch = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-"]
    return [str(program), *batch, f"--dbname={conninfo(parameters)}"]


def psql_dump(program: Path, parameters: Mapping[str, str | int], key: str) -> list[str]:
    r"""Return the `psql` that runs the dump on its standard input and says of each error to which statement it belongs.

    `\restrict` makes it refuse every backslash command, as in a dump that is not what it seems, but `\unrestrict` with
    the same `key` (https://www.postgresql.org/docs/18/app-psql.html).
    """
    batch = ["--no-psqlrc", "--quiet", "--echo-errors", "--output=/dev/null", f"--command=\\restrict {key}", "--file=-"]
    return [str(program), *batch, f"--dbname={conninfo(parameters)}"]


def plugin(program: str, response: str, request: str, region: str, profile: str, endpoint: str) -> list[str]:
    """Return the `session-manager-plugin` call, in the AWS CLI's argument order."""
    return [program, response, region, "StartSession", profile, request, endpoint]


def opened_port(text: str) -> int:
    """Return the port in the plugin's line "Port N opened for sessionId ...", or 0 while there is none.

    >>> opened_port("Starting session with SessionId: a\\nPort 25432 opened for sessionId a.\\n")
    25432
    """
    found = re.search(r"^Port (\d{1,5}) opened for sessionId ", text, re.MULTILINE)
    return int(found[1]) if found else 0


def parse_version(text: str) -> tuple[int, ...]:
    """Return the first dotted number in `text`, as what `--version` prints: `(18, 6)`; empty if there is none.

    >>> parse_version("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)")
    (15, 18)
    """
    found = re.search(r"\d+(?:\.\d+)*", text)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def app(template: str, values: Mapping[str, str]) -> list[str]:
    """Return an app command line, split as a shell would, then its `{placeholders}` filled in: no shell is involved."""
    import shlex

    words = shlex.split(template)
    for name, value in values.items():
        words = [word.replace(f"{{{name}}}", value) for word in words]
    return words
