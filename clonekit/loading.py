"""How a dump becomes a database: restored beside the old one, judged, and swapped in."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clonekit import commands, databases, dumps, names, restoring
from clonekit.clients import Client, fitting
from clonekit.errors import ClientError, DatabaseError, DumpError
from clonekit.output import Progress, say
from clonekit.processes import Finished, run
from clonekit.server import Server

_RESTORED = ("pg_restore: creating", "pg_restore: processing data", "pg_restore: executing")


def load(server: Server, dump_file: Path, dbname: str, client_dir: str = "") -> None:
    """Restore a dump into a new database that takes the name `dbname` when everything is there.

    Raises DumpError, and leaves what had the name as it was, if the dump is damaged or anything that matters is lost.
    """
    dumps.check(dump_file)
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
            said = f"{client}: {dumps.errors(finished)}"
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
            return run(argv, dumps.environment(server, dbname), on_error_line=count, on_tick=show)


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
        row = connection.execute(dumps.TABLES).fetchone()
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
