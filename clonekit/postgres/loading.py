"""How a dump becomes a database: restored beside the old one, judged, and swapped in."""

import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clonekit import names
from clonekit.errors import ClientError, DatabaseError, DumpError
from clonekit.hiding import hidden
from clonekit.output import Progress, say
from clonekit.postgres import commands, databases, dumps, restoring
from clonekit.postgres.clients import Client, fitting
from clonekit.postgres.server import Server
from clonekit.processes import Finished, run

_RESTORED = ("pg_restore: creating", "pg_restore: processing data", "pg_restore: executing")
_MOST_JOBS = 8
_LEAST_MEMORY, _MOST_MEMORY = 64, 1024  # MB, for one job's index
_SHARE = 4  # one part in so many of the machine's memory is for the jobs' indexes together
_MOST_WORKERS = 2  # of one index build, as PostgreSQL's own default
_IN_A_CONTAINER = 128  # MB: more may be more than it has
_VALUES = r"'(?i)(''|[$]|\mvalues\M).*'"  # where a statement may begin to hold a row, or a password
_RUN = "a row was run"
_PROBE = f"COPY pg_temp.none FROM stdin;\nDO $$BEGIN RAISE WARNING '{_RUN}'; END$$;\n\\.\n"
_NOW = f"""
    SELECT pg_database_size(%s::name), (
        SELECT string_agg(left(regexp_replace(told, '\\s+', ' ', 'g'), 50), ' and ' ORDER BY pid)
        FROM pg_stat_activity, regexp_replace(query, {_VALUES}, '') told
        WHERE datname = %s AND state = 'active' AND backend_type = 'client backend' AND application_name <> 'clonekit')
"""  # noqa: S608 - both parts are ours


def load(server: Server, dump: Path, dbname: str, client_dir: str = "", *, force: bool = False) -> None:
    """Restore a dump into a new database that takes the name `dbname` when everything is there.

    Raises DumpError, and leaves what had the name as it was, if the dump is damaged or anything that matters is lost.
    """
    databases.end_left(server, dbname)
    with databases.replacing(server, dbname, force=force) as new:
        restore(server, dump, new, client_dir)


def restore(server: Server, dump: Path, dbname: str, client_dir: str = "") -> str:
    """Restore a dump into an empty database; return the SQL about the database itself that was run for that.

    Only settings of our own sessions are changed. Raises DumpError as `load` does.
    """
    plain, clients = dumps.check(dump), fitting(databases.major(server), client_dir)
    if plain:
        client = _careful(clients, server, dbname)
        _judge(restoring.of_script(_run_script(client, server, dump, dbname)), dump)
        return ""
    client, inside = _reader(dump, clients)
    finished = _restore(client, server, dump, dbname, inside, jobs())
    if finished.code and not restoring.is_clear(finished.stderr) and "errors ignored" in finished.stderr:
        say("What was said by jobs side by side can't be told apart: once more, with one.")
        databases.discard(server, dbname)
        databases.create(server, dbname)
        finished = _restore(client, server, dump, dbname, inside, 1)
    if reason := restoring.gave_up(finished.code, finished.stderr):
        raise DumpError(f"{dump} is damaged or cut short: {names.printable(reason)}. Make another: inv db.clone-prod")
    _judge(restoring.problems(finished.stderr), dump)
    _count_tables(server, dbname, inside)
    return _set_up_database(client, server, dump, dbname, inside)


def jobs() -> int:
    """Return how many jobs restore at once: one for each core, and not more than a server's memory bears."""
    return min(os.cpu_count() or 1, _MOST_JOBS)


def session_settings(*, contained: bool) -> str:
    """Return the settings of the sessions that restore, in the form of `PGOPTIONS`; they concern nobody else.

    A server that may be `contained` (in a container, on another machine) has memory we know nothing of, and often too
    little of the shared sort with which the workers of an index build work together.
    """
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    share = max(_LEAST_MEMORY, min(_MOST_MEMORY, memory // _SHARE // jobs()))
    # Workers of several builds get in each other's way where the jobs already keep every core busy.
    megabytes, workers = (_IN_A_CONTAINER, 0) if contained else (share, min(_MOST_WORKERS, (os.cpu_count() or 1) // 4))
    given = {"synchronous_commit": "off", "maintenance_work_mem": f"{megabytes}MB"}
    given["max_parallel_maintenance_workers"] = str(workers)
    return " ".join(f"-c {name}={value}" for name, value in given.items())


def _environment(server: Server, dbname: str) -> dict[str, str]:
    environ, contained = dumps.environment(server, dbname), databases.free_space(server) is None
    return {**environ, "PGOPTIONS": f"{environ.get('PGOPTIONS', '')} {session_settings(contained=contained)}".strip()}


def _reader(dump: Path, clients: Iterator[Client]) -> tuple[Client, restoring.Contents]:
    """Return the first client that can read this dump (one made by a newer pg_dump, or compressed with zstd)."""
    said = ""
    try:
        for client in clients:
            argv = commands.list_contents(client.program("pg_restore"), dump)
            finished = run(argv, {**os.environ, "LC_ALL": "C"})
            knows_compression = "does not support compression" not in finished.stderr
            if finished.code == 0 and knows_compression:
                return client, restoring.contents(finished.stdout)
            why = dumps.errors(finished) if knows_compression else "it was built without the dump's compression"
            said = f"{client}: {why}"
    except ClientError:
        if not said:
            raise
    raise DumpError(f"No client program can read {dump}; the last one said: {said}")


def _careful(clients: Iterator[Client], server: Server, dbname: str) -> Client:
    """Return the first client whose psql passes over the rows of a COPY that has failed.

    Older ones (15.18) take them for statements and run them, and they are what production's users have typed.
    """
    try:
        return next(client for client in clients if _passes_over_rows(client, server, dbname))
    except ClientError as error:
        why = "So old a psql runs the rows of plain SQL as statements where their table can't be made. Dump with -Fc"
        raise ClientError(f"{why}, or install a newer one (18.6 will do). {error}") from None


def _passes_over_rows(client: Client, server: Server, dbname: str) -> bool:
    argv = commands.psql_dump(client.program("psql"), server.parameters(dbname), secrets.token_hex())
    return _RUN not in run(argv, _environment(server, dbname), stdin=_PROBE).stderr


def _restore(
    client: Client, server: Server, dump: Path, dbname: str, inside: restoring.Contents, jobs: int
) -> Finished:
    done = Counter[str]()

    def count(line: str) -> None:
        done["entries"] += line.startswith(_RESTORED)

    def state() -> str:
        return f"restoring, object {done['entries']} of {inside.entries}"

    listed = inside.to_restore.encode()
    with _watched(server, dump, dbname, state) as show:
        argv = commands.restore(client.program("pg_restore"), server.parameters(dbname), dump, jobs)
        return run(argv, _environment(server, dbname), stdin=[listed], on_error_line=count, on_tick=show)


def _run_script(client: Client, server: Server, dump: Path, dbname: str) -> str:
    argv = commands.psql_dump(client.program("psql"), server.parameters(dbname), secrets.token_hex())
    damaged: list[DumpError] = []
    with dumps.opened(dump) as file, _watched(server, dump, dbname, lambda: "restoring") as show:

        def pieces() -> Iterator[bytes]:
            try:
                yield from dumps.script(dump, file)
            except DumpError as error:  # not raised here: another thread feeds psql
                damaged.append(error)

        finished = run(argv, _environment(server, dbname), stdin=pieces(), on_tick=show)
    if damaged:
        raise damaged[0]
    if finished.code:
        raise DumpError(f"{dump} could not be loaded: {dumps.errors(finished)}.")
    return finished.stderr


@contextmanager
def _watched(server: Server, dump: Path, dbname: str, state: Callable[[], str]) -> Iterator[Callable[[], None]]:
    """Show, once a second, what is being restored: how far it is, its size so far, and the statements at work."""
    title, asked = f"Restoring {dump.name} ({names.size(dumps.size(dump))})", [0.0]
    with Progress(title) as progress, databases.connect(server) as connection:

        def show() -> None:
            if time.monotonic() - asked[0] < 1:
                return
            asked[0] = time.monotonic()
            taken, now = connection.execute(_NOW, [dbname, dbname]).fetchone() or (0, "")
            progress.update(f"{state()}, {names.size(taken)} so far{f': {now}' if now else ''}")

        yield show


def _judge(found: list[restoring.Problem], dump: Path) -> None:
    lost = [problem for problem in found if not problem.benign]
    for problem in found:
        told = f"{problem.entry}: {problem.message}"
        say(f"  {'LOST' if problem in lost else 'left out'}: {hidden(told, [told])}")
    if lost:
        raise DumpError(
            f"{len(lost)} objects of {dump} could not be restored (listed above as LOST), so the copy would not "
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


def _set_up_database(client: Client, server: Server, dump: Path, dbname: str, inside: restoring.Contents) -> str:
    """Give the database the settings and comment of the dumped one, which pg_restore sets only on one of its name."""
    from psycopg.sql import Identifier

    argv = commands.print_database(client.program("pg_restore"), dump)
    text = run(argv, os.environ, stdin=[inside.of_the_database.encode()]).stdout
    taken = ""
    for statement in restoring.database_settings(text, Identifier(dbname).as_string()):
        try:
            with databases.connect(server, dbname) as connection:
                connection.execute(statement.encode())
            taken += f"{statement}\n"
        except DatabaseError as error:
            what = " ".join(statement.split()[:5])  # not the value of a setting: it may be a secret
            say(f"  left out: {what}: {error}")
    return taken
