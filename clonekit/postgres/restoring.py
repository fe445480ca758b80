"""What pg_restore said, and what it means: damaged, incomplete, or only without what can't exist here. Pure.

pg_restore prints `pg_restore: error:` for ignored errors too and exits 1 for both
(https://www.postgresql.org/docs/18/app-pgrestore.html), so the text alone decides nothing: what is missing does.
"""

import re
from dataclasses import dataclass

from clonekit.postgres import sqltext

_ENTRY = re.compile(r"^pg_restore: from TOC entry \d+; \d+ \d+ (.*)$")
_ERROR = re.compile(r"^pg_restore: (?:error|\[archiver[^]]*\]): (.*)$")
_IGNORED = re.compile(r"^pg_restore: \S+ errors ignored on restore: (\d+)$", re.MULTILINE)
_STATEMENT_FAILED = "could not execute query: ERROR:"
_WORKER = "a worker process died unexpectedly"  # said by the leader; the worker said why
_DATABASE = "(?:COMMENT - )?DATABASE"
_COPY_FAILED = "COPY failed for table"
_SCRIPT = re.compile(r"^psql:<stdin>:\d+: (ERROR|FATAL|PANIC|error|STATEMENT): +(.*)$")
_DATA = re.compile(r"(\bVALUES |\blowrite\(\d+, ).*")
# What psql makes of the backslash commands with which a dump keeps others out, where we do so already.
_RESTRICTING = ("backslash commands are restricted; only \\unrestrict is allowed", "\\unrestrict: wrong key")

_MAKING = "(?:CREATE )?"  # an archive calls it `POLICY`, a script makes it by `CREATE POLICY`
_OWNING = r"(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES) |ALTER .* OWNER TO \S+;$"
_BENIGN = (
    (
        "a role that is not here",
        f"{_MAKING}(POLICY|USER MAPPING)|ACL|DEFAULT ACL|{_OWNING}",
        r'role ".*" does not exist',
    ),
    (
        "an extension that is not here",
        f"{_MAKING}EXTENSION",
        r"extension .* is not available|could not open extension control",
    ),
    ("an extension that is not here", "COMMENT", r'extension ".*" does not exist'),
    (
        "what only a superuser may make",
        f"{_MAKING}(EVENT TRIGGER|PUBLICATION|SUBSCRIPTION)",
        r"permission denied|must be superuser",
    ),
    ("a comment only its owner may set", "COMMENT", r"must be owner of"),
    ("what every database has", f"{_MAKING}SCHEMA", r'schema "public" already exists'),
    ("a setting this server does not know", "DATABASE PROPERTIES|SET |$", r"unrecognized configuration parameter"),
)


@dataclass(frozen=True)
class Problem:
    """One error of pg_restore: the object (type, schema, name, owner, as in the dump's contents) and the message."""

    entry: str
    message: str

    @property
    def benign(self) -> str:
        """Why the loss does not matter on a developer's machine; empty if it does."""
        for reason, kind, pattern in _BENIGN:
            if re.match(kind, self.entry) and re.search(pattern, self.message):
                return reason
        return ""


def problems(stderr: str) -> list[Problem]:
    """Return the errors about single objects in what pg_restore wrote, in order."""
    found, entry = [], ""
    for line in stderr.splitlines():
        if about := _ENTRY.match(line):
            entry = about[1]
        elif (error := _ERROR.match(line)) and (_STATEMENT_FAILED in line or error[1].startswith(_COPY_FAILED)):
            found.append(Problem(entry, error[1].split("ERROR:", 1)[-1].strip()))
    return found


def of_script(stderr: str) -> list[Problem]:
    """Return the errors about single statements in what psql wrote; each entry is its statement's first line."""
    found: list[Problem] = []
    for line in stderr.splitlines():
        if not (said := _SCRIPT.match(line)):
            continue
        if said[1] != "STATEMENT":
            found.append(Problem("", said[2]))
        elif found:
            found[-1] = Problem(_DATA.sub(r"\1…", said[2]), found[-1].message)
    unexpected = [problem for problem in found if problem.message not in _RESTRICTING]
    return unexpected if len(found) - len(unexpected) <= len(_RESTRICTING) else found


def is_clear(stderr: str) -> bool:
    """Return whether each error follows right after what it is about: jobs side by side can mix up their lines."""
    kinds = ["entry" if _ENTRY.match(line) else "error" for line in stderr.splitlines() if _is_told(line)]
    ignored = _IGNORED.search(stderr)
    return kinds == ["entry", "error"] * (int(ignored[1]) if ignored else 0)


def _is_told(line: str) -> bool:
    return bool(_ENTRY.match(line) or _ERROR.match(line))


def gave_up(code: int, stderr: str) -> str:
    """Return why pg_restore stopped before the dump's end, or an empty text if it came there.

    Errors that it counts and that can't be told apart here count as a stop: nobody knows what they lost.
    """
    ignored = _IGNORED.search(stderr)
    if code == 0 or (code == 1 and ignored and int(ignored[1]) == len(problems(stderr))):
        return ""
    errors = [error[1] for line in stderr.splitlines() if (error := _ERROR.match(line)) and _WORKER not in line]
    return errors[-1] if errors else f"exit code {code}"


def database_settings(text: str, dbname: str) -> list[str]:
    """Return the `ALTER DATABASE ... SET` and `COMMENT ON DATABASE` statements in `text`, for another database.

    `dbname` is the quoted name that takes the place of the dumped database's.
    """
    found = []
    for start, end in sqltext.statements(text):
        words = list(sqltext.tokens(text[start:end]))
        plain = [word.upper() for word in words if not word.isspace()]
        if plain[:2] == ["ALTER", "DATABASE"] and plain[3] == "SET":
            found.append("".join([*words[:4], dbname, *words[5:]]))
        elif plain[:3] == ["COMMENT", "ON", "DATABASE"]:
            found.append("".join([*words[:6], dbname, *words[7:]]))
    return found


@dataclass(frozen=True)
class Contents:
    """A dump's table of contents: two lists in the form that `pg_restore --use-list` takes, and how many tables."""

    to_restore: str  # everything but grants, whose roles are not here
    of_the_database: str  # what is about the database itself and only printed for one of its name
    tables: int

    @property
    def entries(self) -> int:
        """How many objects and tables' rows there are to restore."""
        return self.to_restore.count("\n")


def contents(listing: str) -> Contents:
    """Return what is in the dump: only lines that don't begin with `;` are entries."""
    entries = [line for line in listing.splitlines() if re.match(r"\d+; ", line)]
    return Contents(
        to_restore="".join(f"{line}\n" for line in entries if not _is_about(f"ACL |{_DATABASE}", line)),
        of_the_database="".join(f"{line}\n" for line in entries if _is_about(_DATABASE, line)),
        tables=sum(_is_about("(TABLE|FOREIGN TABLE) (?!DATA |ATTACH )", line) for line in entries),
    )


def _is_about(pattern: str, line: str) -> bool:
    return re.match(rf"\d+; \d+ \d+ (?:{pattern})", line) is not None
