"""The clone and its kin: the pristine state of a dump, copies of it made ready, and what was replaced.

All are databases called `<clone>__<kind><numbers>` (`names.beside`). A pristine one says in its comment of which dump
it is. What else has such a name and is not being made is used up or was left unfinished, whoever left it.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clonekit.errors import DatabaseError
from clonekit.files import may_share_blocks
from clonekit.names import beside, is_beside, size
from clonekit.output import say
from clonekit.postgres import copying, databases, dumps, loading, restoring
from clonekit.postgres.databases import statement
from clonekit.postgres.server import Server

if TYPE_CHECKING:
    from psycopg.sql import Composed

    from clonekit.postgres.databases import Connected

_ROOM = 1.2  # times the database's size: what must be free for one more copy


@dataclass(frozen=True)
class Pristine:
    """The restored state of a dump: a template into which nobody can log in."""

    oid: int
    name: str
    sha256: str  # the dump's (`dumps.checksum`)
    seen: str  # how its files looked then (`dumps.seen`): if they still do, they need not be read again
    loaded: str  # when, in UTC
    settings: str = ""  # SQL about the database itself, which copying it leaves behind


def known(server: Server, name: str, dump: Path) -> Pristine:
    """Return the clone's pristine state if it is this dump's, else (with oid 0) what is to become it."""
    there, seen = pristine(server, name), dumps.seen(dump)
    sha256 = there.sha256 if there and there.seen == seen else dumps.checksum(dump)
    if there and there.sha256 == sha256:
        return there
    return Pristine(0, "", sha256, seen, f"{datetime.now(UTC):%F %T} UTC")


def reset(server: Server, name: str, source: Pristine, *, force: bool = False) -> None:
    """Make `name` the pristine state again: a copy that is ready takes its place, or one that is made now."""
    databases.put_in_place(server, copy_of(server, name, source), name, force=force)


def restore(
    server: Server, name: str, dump: Path, origin: Pristine, client_dir: str = "", *, force: bool = False
) -> None:
    """Restore a dump as the pristine state and a copy of it as `name`, both instead of older ones, at once.

    Raises what `loading.restore` does; then everything is as it was.
    """
    databases.end_left(server, name)
    with databases.building(server, name, force=force) as new:
        settings = loading.restore(server, dump, new, client_dir)
        _analyze(server, new)
        oid = databases.oid(server, new)
        source = replace(origin, oid=oid, name=new, settings=settings)
        if not _has_room(server, new):
            databases.put_in_place(server, new, name, force=force)
            return
        try:
            copy = make(server, name, source)
            databases.put_in_place(server, copy, name, _keeping(server, name, source), force=force)
        except BaseException:
            databases.drop_beside(server, name, f"spare{oid}_")
            raise


def _has_room(server: Server, restored: str) -> bool:
    free, taken = databases.free_space(server), databases.size(server, restored)
    short = free is not None and free < taken * _ROOM
    if free is not None and short:
        say(f"No pristine state is kept: that takes {size(taken)}, and {size(free)} are free.")
    return not short


def pristine(server: Server, name: str) -> Pristine | None:
    """Return what the clone `name` can be reset to, if there is something."""
    query = "SELECT oid, datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname::text = %s"
    rows = databases.rows(server, f"{query} AND NOT datallowconn", beside(name, "pristine"))
    with suppress(ValueError, TypeError, KeyError):
        for oid, called, comment in rows:
            return Pristine(**{**json.loads(comment)["clonekit"], "oid": oid, "name": called})
    return None


def ready(server: Server, name: str, source: Pristine) -> list[str]:
    """Return the copies of the pristine state that are ready to be the clone."""
    return [other for other in databases.all_names(server) if is_beside(other, name, f"spare{source.oid}_")]


def copy_of(server: Server, name: str, source: Pristine) -> str:
    """Return a copy of the pristine state: one that is ready, else one that is made now."""
    return next(iter(ready(server, name, source)), "") or make(server, name, source)


def make(server: Server, name: str, source: Pristine, application: str = "clonekit") -> str:
    """Copy the pristine state, with what a copy leaves behind; return the ready copy's name."""
    from psycopg.sql import Identifier

    with databases.connect(server, application=application) as connection:
        pid = connection.info.backend_pid
        making, spare = beside(name, f"making{pid}"), beside(name, f"spare{source.oid}_{pid}")
        try:
            copy(connection, source.name, making)
            for text in restoring.database_settings(source.settings, Identifier(making).as_string()):
                connection.execute(text.encode())
            connection.execute(databases.renaming(making, spare))
        except BaseException:
            with suppress(DatabaseError):  # the server may be what failed
                databases.discard(server, making)
            raise
    return spare


def clear(server: Server, name: str, spares: int | None = None) -> None:
    """Drop what is used up, outdated or unfinished and not being made; leave the pristine state and so many spares.

    Without a number all spares stay.
    """
    there = pristine(server, name)
    kept = ready(server, name, there)[:spares] if there else []
    alive = [f"making{pid}" for (pid,) in databases.rows(server, "SELECT pid FROM pg_stat_activity")]
    kept += [beside(name, kind) for kind in alive]
    for other in databases.all_names(server):
        if is_beside(other, name, "replaced|making|spare") and other not in kept:
            databases.discard(server, other)


def drop_all(server: Server, name: str) -> list[str]:
    """Drop the pristine state, every spare and whatever else is beside the clone; return their names."""
    stop_making(server, name)
    there = kin(server, name)
    for other in there:
        databases.discard(server, other)
    return there


def kin(server: Server, name: str) -> list[str]:
    """Return all databases beside the clone."""
    return [other for other in databases.all_names(server) if is_beside(other, name)]


def stop_making(server: Server, name: str) -> None:
    """End the making of spares in the background."""
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
    databases.rows(server, query, maker(name))


def maker(name: str) -> str:
    """Return what who makes spares in the background calls itself to the server, which keeps ASCII as it is."""
    return beside(name if name.isascii() else hashlib.sha256(name.encode()).hexdigest()[:8], "maker")


def show_use(server: Server, name: str) -> None:
    """Say how much disk the clone and what is beside it take."""
    sizes = dict(databases.rows(server, "SELECT datname, pg_database_size(oid) FROM pg_database"))
    kinds = {"its pristine state": "pristine", "spares": "spare", "used, to be dropped": "replaced|making"}
    shown = [f"{name} {size(sizes[name])}"] if name in sizes else []
    for title, kind in kinds.items():
        taken = sum(bytes_ for other, bytes_ in sizes.items() if is_beside(other, name, kind))
        shown += [f"{title} {size(taken)}"] if taken else []
    free = databases.free_space(server)
    say(f"On disk: {', '.join(shown)}{'' if free is None else f'; {size(free)} free'}.")


def _keeping(server: Server, name: str, source: Pristine) -> "list[Composed]":
    """Return the statements that make a restored database the clone's pristine state, instead of an older one."""
    from psycopg.sql import Literal

    called = beside(name, "pristine")
    told = {key: value for key, value in asdict(source).items() if key not in ("oid", "name")}
    return [
        *databases.making_way(server, called, name),
        databases.renaming(source.name, called),
        statement("ALTER DATABASE {} IS_TEMPLATE true ALLOW_CONNECTIONS false", called),
        statement("COMMENT ON DATABASE {} IS ", called) + Literal(json.dumps({"clonekit": told})),
    ]


def _analyze(server: Server, dbname: str) -> None:
    """Gather statistics: a copy has the original's, and autovacuum sees nothing new in it."""
    try:
        with databases.connect(server, dbname) as connection:
            connection.execute("ANALYZE")
    except DatabaseError as error:
        say(f"Without statistics: {error}")


def copy(connection: "Connected", source: str, target: str) -> None:
    """Copy a database nobody is in, by the quickest way that server and file system offer."""
    from psycopg import Error

    query = """SELECT pg_database_size(%s::name),
        EXISTS (SELECT FROM pg_settings WHERE name = 'file_copy_method' AND 'clone' = ANY (enumvals)),
        (SELECT setting FROM pg_settings WHERE name = 'data_directory')"""
    taken, clones, data = connection.execute(query, [source]).fetchone() or (0, False, None)
    clones = clones and (data is None or may_share_blocks(Path(data).parent))
    ways = copying.ways(connection.info.server_version // 10000, taken, clones=clones)
    for number, way in enumerate(ways, start=1):
        try:
            if way.method:
                connection.execute("SELECT set_config('file_copy_method', %s, false)", [way.method])
            connection.execute(statement(f"CREATE DATABASE {{}} TEMPLATE {{}} {way.strategy}", target, source))
            return
        except Error:
            if number == len(ways):
                raise
