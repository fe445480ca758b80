"""Databases of a PostgreSQL server: look, create, swap in, drop. Names are always quoted by psycopg."""

import shutil
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from clonekit.errors import DatabaseError, UsageError
from clonekit.names import beside, is_beside, printable
from clonekit.postgres.server import Server

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.sql import Composed

    Connected = Connection[tuple[Any, ...]]

MAINTENANCE_DB = "postgres"
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
_NOBODY = "inv dev.up starts a local server, unless local.host or local.port names your own; then start that."
_KEPT = "It is what the clone is made from; nobody may change it. Use the clone itself, reset to it: inv db.load-clone"
_NO_PASSWORD = " Set PGPASSWORD, or write a line for that server in ~/.pgpass."
_TRIES = 3  # to rename a database while somebody connects again and again
_LEAVING_SECONDS, _LOOK_SECONDS = 1, 0.05  # a session is there a little longer than the program that opened it
_IN_A_URI = {"host", "hostaddr", "port", "user", "password", "dbname", "sslmode"}


# The limits of a role or database are meant for the app. Not each version has each of them.
UNLIMITED = """SET default_transaction_read_only = off;
SET statement_timeout = 0;
SET lock_timeout = 0;
SELECT pg_catalog.set_config(name, '0', false)
    FROM (VALUES ('transaction_timeout'), ('idle_session_timeout')) AS known (name)
    WHERE pg_catalog.current_setting(name, true) <> '';
"""


@contextmanager
def connect(server: Server, dbname: str = MAINTENANCE_DB, application: str = "clonekit") -> "Iterator[Connected]":
    """Open an autocommit connection; every PostgreSQL error inside becomes a DatabaseError."""
    import psycopg

    try:
        with login(server, dbname, application) as connection:
            yield connection
    except psycopg.Error as error:
        raise _explained(error, server, dbname) from None


def login(server: Server, dbname: str, application: str = "clonekit") -> "Connected":
    """Return an open autocommit connection, for the caller to close; DatabaseError if there can't be one."""
    import psycopg

    try:
        return psycopg.connect(**{**_login(server, dbname), "application_name": application}, autocommit=True)
    except psycopg.Error as error:
        raise _explained(error, server, dbname) from None
    except BaseException as error:  # a signal: the error would keep half a login open, for which DROP DATABASE waits
        traceback.clear_frames(error.__traceback__)
        raise


def _explained(error: Exception, server: Server, dbname: str) -> DatabaseError:
    return DatabaseError(f"PostgreSQL at {server}, database {printable(dbname)!r}: {_said(error, server, dbname)}")


def _login(server: Server, dbname: str) -> dict[str, Any]:
    password = {"password": server.password} if server.password else {}
    unled = {"hostaddr": ""}  # PGHOSTADDR would lead us to another server than the one we name
    return {**unled, **server.parameters(dbname), **password}


def _said(error: Exception, server: Server, dbname: str) -> str:
    """Return PostgreSQL's message as one sentence, with what to do when nothing answers or nobody is let in."""
    said = printable(str(error)).split("\tIs the server running")[0]
    text = " ".join(said.split()).removesuffix(".").removeprefix("connection failed: ")
    is_ours = server.host in _LOCAL_HOSTS and not server.hostaddr
    is_kept = dbname.endswith(beside("", "pristine")) and "not currently accepting connections" in text
    advice = f" {_NOBODY}" if is_ours and "refused" in text else f" {_KEPT}" if is_kept else ""
    return f"{text}.{_NO_PASSWORD if text.endswith('no password supplied') else advice}"


def of_uri(uri: str, default: Server) -> tuple[Server, str]:
    """Return the server and database of a `postgresql://` URI; what it leaves out is as on `default`.

    Raises UsageError for one that libpq does not take; the message never repeats it, it may hold a password.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    login, _, place = uri.partition("://")[2].partition("@")
    if "@" in place or (place and "/" in login):  # libpq would take a part of the password for the host
        raise UsageError("In a connection URI @ and / of a user or password must be written as %40 and %2F.")
    try:
        found = {key: str(value) for key, value in conninfo_to_dict(uri).items() if value}
        port = int(found.get("port", default.port))
    except (psycopg.Error, ValueError):
        raise UsageError("A connection URI is not one that libpq takes: postgresql://user@host:5432/db") from None
    if "dbname" not in found or found.keys() - _IN_A_URI:
        raise UsageError(f"A connection URI must name a database, and may say only {', '.join(sorted(_IN_A_URI))}.")
    host, user = found.get("host", default.host), found.get("user", default.user)
    same = (host, port, user) == (default.host, default.port, default.user)
    password = found.get("password") or (default.password if same else None)
    return Server(host, port, user, password, found.get("hostaddr"), found.get("sslmode")), found["dbname"]


def major(server: Server, dbname: str = MAINTENANCE_DB) -> int:
    """Return the server's major version, such as 18."""
    with connect(server, dbname) as connection:
        return connection.info.server_version // 10000


def exists(server: Server, name: str) -> bool:
    """Return whether the database is there."""
    return bool(oid(server, name))


def oid(server: Server, name: str) -> int:
    """Return what tells the database from others that had, or will have, its name; 0 if it is not there."""
    found = rows(server, "SELECT oid FROM pg_database WHERE datname::text = %s", name)
    return int(found[0][0]) if found else 0


def require(server: Server, name: str) -> None:
    """Raise DatabaseError unless the database is there."""
    if not exists(server, name):
        raise DatabaseError(f"There is no database {printable(name)!r} on {server}.")


def sessions(server: Server, name: str) -> list[str]:
    """Return who is connected to the database, each as `application (pid N)`."""
    query = "SELECT coalesce(nullif(application_name, ''), 'a client'), pid FROM pg_stat_activity "
    query += "WHERE datname::text = %s AND backend_type <> 'autovacuum worker'"
    return [f"{application} (pid {pid})" for application, pid in rows(server, query, name)]


def is_used(server: Server) -> bool:
    """Return whether anybody else is connected to the server, to whichever database."""
    query = "SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    return bool(rows(server, query))


def size(server: Server, name: str) -> int:
    """Return how many bytes the database takes."""
    return int(rows(server, "SELECT pg_database_size(%s::name)", name)[0][0])


def create(server: Server, name: str) -> None:
    """Create an empty UTF-8 database from template0, so that nothing local gets into it."""
    _act(server, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)


def drop(server: Server, name: str) -> bool:
    """Drop the database; return whether it was there. Raises DatabaseError, naming the sessions, if it is in use."""
    if not exists(server, name):
        return False
    refuse_used(server, name)
    _act(server, "DROP DATABASE IF EXISTS {}", name)
    return True


def discard(server: Server, name: str) -> None:
    """Drop a database of our own making, whoever is still connected to it."""
    with _acting(server) as connection:
        row = connection.execute("SELECT datistemplate FROM pg_database WHERE datname::text = %s", [name]).fetchone()
        if row == (True,):
            connection.execute(statement("ALTER DATABASE {} IS_TEMPLATE false", name))
        if row:
            connection.execute(statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


@contextmanager
def replacing(server: Server, name: str, *, force: bool = False) -> Iterator[str]:
    """Create an empty database beside `name`, and let it take the name at the end.

    Yields the new database's temporary name. After an error the old one is as it was and the new one is gone.
    """
    with building(server, name, force=force) as new:
        yield new
        put_in_place(server, new, name, force=force)
    drop_beside(server, name, "replaced")


@contextmanager
def building(server: Server, name: str, *, force: bool = False) -> Iterator[str]:
    """Create an empty database beside `name`, which is dropped again after an error; yield its name."""
    new = beside(name, "building")
    if not force:
        refuse_used(server, name)
    with _making(server, new, force=force):
        if not force:
            refuse_used(server, new)
        discard(server, new)
        drop_beside(server, name, "replaced")
        try:
            create(server, new)
            yield new
        except BaseException:
            discard(server, new)
            raise


@contextmanager
def _making(server: Server, new: str, *, force: bool) -> Iterator[None]:
    """Hold the lock of who makes `new`; DatabaseError if somebody else has it, a task of another folder perhaps."""
    from psycopg.errors import LockNotAvailable

    with _acting(server) as connection:
        connection.execute(f"SET lock_timeout = '{_LEAVING_SECONDS}s'")
        try:
            connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [new])
        except LockNotAvailable:
            if not force:
                told = f"A task of another folder or machine is making {printable(new)!r} on {server}."
                raise DatabaseError(f"{told} Run this again when that has ended.") from None
        yield


def end_left(server: Server, name: str) -> None:
    """End what a load that was killed has left at work beside `name`: its pg_restore or psql goes on without it."""
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    query += "WHERE CASE datname::text WHEN %s THEN pg_try_advisory_xact_lock(hashtextextended(%s, 0)) END"
    rows(server, query, *[beside(name, "building")] * 2)


def drop_beside(server: Server, name: str, kinds: str) -> None:
    """Drop the databases of these kinds (a pattern) that clonekit has made beside `name`."""
    for other in all_names(server):
        if is_beside(other, name, kinds):
            discard(server, other)


def put_in_place(server: Server, new: str, name: str, first: "Sequence[Composed]" = (), *, force: bool = False) -> None:
    """Rename `new` to `name`, and what had the name, in one transaction: at every moment it is the old or the new one.

    `first` is done in the same transaction. With `force` the sessions of the old one are ended.
    """
    steps = [*first, *making_way(server, name, name), renaming(new, name)]
    for number in range(1, _TRIES + 1):
        if force:
            end_sessions(server, name)
        else:
            refuse_used(server, name)
        try:
            with connect(server) as connection, connection.transaction():
                for step in steps:
                    connection.execute(step)
            return
        except DatabaseError:  # the rename lets nobody in any more, but somebody came in just before
            if number == _TRIES or not sessions(server, name):
                raise


def end_sessions(server: Server, name: str) -> None:
    """End the sessions of whoever is connected to the database."""
    rows(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname::text = %s", name)


def making_way(server: Server, name: str, family: str) -> "list[Composed]":
    """Return the statements that take its name from a database, if there is one, for good: it is one to drop then."""
    number = oid(server, name)
    if not number:
        return []
    replaced = beside(family, f"replaced{number}")
    return [renaming(name, replaced), statement("ALTER DATABASE {} IS_TEMPLATE false", replaced)]


def renaming(name: str, to: str) -> "Composed":
    """Return the statement that renames a database."""
    return statement("ALTER DATABASE {} RENAME TO {}", name, to)


def statement(text: "Any", *identifiers: str) -> "Composed":
    """Return a statement with these names in its places, quoted."""
    from psycopg.sql import SQL, Identifier

    return SQL(text).format(*map(Identifier, identifiers))


def all_names(server: Server) -> list[str]:
    """Return the names of all databases."""
    return [name for (name,) in rows(server, "SELECT datname FROM pg_database ORDER BY datname")]


def free_space(server: Server) -> int | None:
    """Return how many bytes are free where the server's data are, or None if that is not to be seen from here."""
    if server.host not in _LOCAL_HOSTS:
        return None
    try:
        return shutil.disk_usage(*rows(server, "SELECT current_setting('data_directory')")[0]).free
    except (DatabaseError, OSError):
        return None


def refuse_used(server: Server, name: str) -> None:
    """Raise DatabaseError, naming the sessions, if somebody is connected to the database, and not just leaving."""
    patience = time.monotonic() + _LEAVING_SECONDS
    while (used := sessions(server, name)) and time.monotonic() < patience:
        time.sleep(_LOOK_SECONDS)
    if used:
        raise DatabaseError(
            f"The database {printable(name)!r} is in use by {printable(', '.join(used))}. "
            "Stop the app or quit psql, and try again; inv db.load-clone --force ends those of the clone."
        )


def _act(server: Server, text: str, name: str) -> None:
    with _acting(server) as connection:
        connection.execute(statement(text, name))


@contextmanager
def _acting(server: Server) -> "Iterator[Connected]":
    """Open a connection in which the role's settings for the app keep no database from being made or dropped."""
    with connect(server) as connection:
        connection.execute(UNLIMITED.encode())
        yield connection


def rows(server: Server, query: Any, *values: str) -> list[tuple[Any, ...]]:
    """Return what a query finds, its `%s` filled in."""
    with connect(server) as connection:
        return connection.execute(query, values).fetchall()
