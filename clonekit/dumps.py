"""Dump files: where they are, how they are made whole or not at all, and how they are loaded."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from clonekit import commands, databases, names, restoring
from clonekit.clients import Client, fitting
from clonekit.errors import ClientError, DatabaseError, DumpError
from clonekit.output import Progress, say
from clonekit.processes import Finished, run
from clonekit.server import Server, without_pg_variables

_MAGIC = b"PGDMP"  # how every custom-format dump begins
_RESTORED = ("pg_restore: creating", "pg_restore: processing data", "pg_restore: executing")
_TABLES = """
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
        row = connection.execute(f"SELECT pg_database_size(current_database()), ({_TABLES})").fetchone()
    size, tables = row or (0, 0)
    title = f"Dumping {names.printable(dbname)} ({names.size(size)} in {tables} tables)"
    seen = Counter[str]()

    def count(line: str) -> None:
        seen["tables"] += line.startswith("pg_dump: dumping contents of table")

    with Progress(title) as progress:

        def show() -> None:
            progress.update(f"table {seen['tables']} of {tables}, {names.size(part.stat().st_size)} written")

        argv = commands.dump(client.program("pg_dump"), server.parameters(dbname), part)
        finished = run(argv, _environment(server, dbname), on_error_line=count, on_tick=show)
    if finished.code:
        raise ClientError(f"pg_dump failed: {_errors(finished)}")


def _read_through(client: Client, part: Path) -> None:
    with Progress(f"Reading the dump back ({names.size(part.stat().st_size)})"):
        finished = run(commands.read_through(client.program("pg_restore"), part), os.environ)
    if finished.code:
        raise DumpError(f"The dump that was written is not whole: {_errors(finished)}")


def load(server: Server, dump_file: Path, dbname: str, client_dir: str = "") -> None:
    """Restore a dump into a new database that takes the name `dbname` when everything is there.

    Raises DumpError, and leaves what had the name as it was, if the dump is damaged or anything that matters is lost.
    """
    check(dump_file)
    client, inside = _reader(dump_file, fitting(databases.major(server), client_dir))
    with databases.replacing(server, dbname) as building:
        finished = _restore(client, server, dump_file, building, inside)
        _judge(finished, dump_file)
        _count_tables(server, building, inside)
        _set_up_database(client, server, dump_file, building, inside)


def _reader(dump_file: Path, clients: Iterator[Client]) -> tuple[Client, restoring.Contents]:
    """Return the first client that can read this dump (one made by a newer pg_dump needs a newer pg_restore)."""
    said = ""
    try:
        for client in clients:
            finished = run(commands.list_contents(client.program("pg_restore"), dump_file), os.environ)
            if finished.code == 0:
                return client, restoring.contents(finished.stdout)
            said = f"{client}: {_errors(finished)}"
    except ClientError:
        if not said:
            raise
    raise DumpError(f"No client program can read {dump_file}; the last one said: {said}")


def _restore(client: Client, server: Server, dump_file: Path, dbname: str, inside: restoring.Contents) -> Finished:
    done = Counter[str]()

    def count(line: str) -> None:
        done["entries"] += line.startswith(_RESTORED)

    with Progress(f"Restoring {dump_file.name} ({names.size(dump_file.stat().st_size)})") as progress:

        def show() -> None:
            progress.update(f"restoring, object {done['entries']} of {inside.entries}")

        with _listed(inside.to_restore) as chosen:
            argv = commands.restore(client.program("pg_restore"), server.parameters(dbname), dump_file, chosen)
            return run(argv, _environment(server, dbname), on_error_line=count, on_tick=show)


@contextmanager
def _listed(entries: str) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile("w", suffix=".list") as file:
        file.write(entries)
        file.flush()
        yield Path(file.name)


def _judge(finished: Finished, dump_file: Path) -> None:
    reason = restoring.gave_up(finished.code, finished.stderr)
    if reason:
        raise DumpError(
            f"{dump_file} is damaged or cut short: {names.printable(reason)}. Make another: inv db.clone-prod"
        )
    found = restoring.problems(finished.stderr)
    lost = [problem for problem in found if not problem.benign]
    for problem in found:
        say(f"  {'LOST' if problem in lost else 'left out'}: {problem.entry}: {problem.message}")
    if lost:
        raise DumpError(
            f"{len(lost)} objects of {dump_file} could not be restored (listed above as LOST), so the copy would not "
            "be production's. Mend what they need on the local server (an extension, a version) and load again."
        )
    for reason, number in Counter(problem.benign for problem in found).items():
        say(f"Left out because of {reason}: {number}.")


def _count_tables(server: Server, dbname: str, inside: restoring.Contents) -> None:
    with databases.connect(server, dbname) as connection:
        row = connection.execute(_TABLES).fetchone()
    there = row[0] if row else 0
    if there < inside.tables:
        raise DumpError(f"Only {there} of the dump's {inside.tables} tables are in the restored database.")


def _set_up_database(client: Client, server: Server, dump_file: Path, dbname: str, inside: restoring.Contents) -> None:
    """Give the database the settings and comment of the dumped one, which pg_restore sets only on one of its name."""
    from psycopg.sql import Identifier

    with _listed(inside.of_the_database) as chosen:
        argv = commands.print_database(client.program("pg_restore"), dump_file, chosen)
        text = run(argv, os.environ).stdout
    for statement in restoring.database_settings(text, Identifier(dbname).as_string()):
        try:
            with databases.connect(server, dbname) as connection:
                connection.execute(statement.encode())
        except DatabaseError as error:
            say(f"  left out: {statement}: {error}")


def _environment(server: Server, dbname: str) -> dict[str, str]:
    return {**without_pg_variables(os.environ), **server.environment(dbname), "LC_ALL": "C"}


def _errors(finished: Finished) -> str:
    """Return the error lines of a client program, without its running commentary."""
    lines = [line for line in finished.stderr.splitlines() if "error:" in line or "FATAL:" in line or "ERROR:" in line]
    return names.printable(" ".join(lines[-3:]) or f"exit code {finished.code}")
