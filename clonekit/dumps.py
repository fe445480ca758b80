"""Dump files: where they are, how they are made whole or not at all."""

import os
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from clonekit import commands, databases, names
from clonekit.clients import Client
from clonekit.errors import ClientError, DumpError
from clonekit.output import Progress
from clonekit.processes import Finished, run
from clonekit.server import Server, without_pg_variables

_MAGIC = b"PGDMP"  # how every custom-format dump begins
TABLES = """
    SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'f') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
"""


def prepare_folder(folder: Path) -> None:
    """Make the folder, or close an existing one, so that only its owner may enter."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise DumpError(f"The dump folder {folder} can't be used: {error.strerror}.") from None


def newest(folder: Path) -> Path:
    """Return the `.dump` file that was written last; raise DumpError if there is none."""
    files = [path for path in folder.glob("*.dump") if path.is_file()]
    if not files:
        raise DumpError(f"There is no .dump file in {folder}. Make one with: inv db.clone-prod")
    return max(files, key=lambda path: path.stat().st_mtime)


def check(dump_file: Path) -> None:
    """Raise DumpError unless this is a readable custom-format dump, by its first bytes."""
    try:
        with dump_file.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise DumpError(f"The dump {dump_file} can't be read: {error.strerror}.") from None
    if start != _MAGIC:
        raise DumpError(f"{dump_file} is not a dump in pg_dump's custom format (pg_dump -Fc).")


def written_at(dump_file: Path) -> datetime:
    """Return when the file was last written."""
    return datetime.fromtimestamp(dump_file.stat().st_mtime, UTC)


def write(client: Client, server: Server, dbname: str, target: Path) -> None:
    """Dump a whole database to `target`, which appears only when it is complete and was read back.

    The file has mode 0600 from its first byte on. Raises ClientError with pg_dump's last words.
    """
    part = _part_of(target)
    try:
        _dump(client, server, dbname, part)
        _read_through(client, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _part_of(target: Path) -> Path:
    """Make an empty file beside the target, with a name that no other run has and mode 0600."""
    try:
        handle, name = tempfile.mkstemp(".part", f"{target.name}.", target.parent)
    except OSError as error:
        raise DumpError(f"The dump can't be written to {target.parent}: {error.strerror}.") from None
    os.close(handle)
    return Path(name)


def _dump(client: Client, server: Server, dbname: str, part: Path) -> None:
    with databases.connect(server, dbname) as connection:
        row = connection.execute(f"SELECT pg_database_size(current_database()), ({TABLES})").fetchone()
    size, tables = row or (0, 0)
    title = f"Dumping {names.printable(dbname)} ({names.size(size)} in {tables} tables)"
    seen = Counter[str]()

    def count(line: str) -> None:
        seen["tables"] += line.startswith("pg_dump: dumping contents of table")

    with Progress(title) as progress:

        def show() -> None:
            progress.update(f"table {seen['tables']} of {tables}, {names.size(part.stat().st_size)} written")

        argv = commands.dump(client.program("pg_dump"), server.parameters(dbname), part)
        finished = run(argv, environment(server, dbname), on_error_line=count, on_tick=show)
    if finished.code:
        raise ClientError(f"pg_dump failed: {errors(finished)}")


def _read_through(client: Client, part: Path) -> None:
    with Progress(f"Reading the dump back ({names.size(part.stat().st_size)})"):
        finished = run(commands.read_through(client.program("pg_restore"), part), os.environ)
    if finished.code:
        raise DumpError(f"The dump that was written is not whole: {errors(finished)}")


def environment(server: Server, dbname: str) -> dict[str, str]:
    """Return the variables with which a client program reaches `dbname`, and speaks English."""
    return {**without_pg_variables(os.environ), **server.environment(dbname), "LC_ALL": "C"}


def errors(finished: Finished) -> str:
    """Return the error lines of a client program, without its running commentary."""
    lines = [line for line in finished.stderr.splitlines() if "error:" in line or "FATAL:" in line or "ERROR:" in line]
    return names.printable(" ".join(lines[-3:]) or f"exit code {finished.code}")
