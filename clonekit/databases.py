"""Databases of a PostgreSQL server: look, create, swap in, drop. Names are always quoted by psycopg."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from clonekit.errors import DatabaseError, UsageError
from clonekit.names import MAX_DATABASE_NAME, printable
from clonekit.server import Server

if TYPE_CHECKING:
    from psycopg import Connection

MAINTENANCE_DB = "postgres"
_LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
_IN_A_URI = {"host", "hostaddr", "port", "user", "password", "dbname", "sslmode"}


@contextmanager
def connect(server: Server, dbname: str = MAINTENANCE_DB) -> "Iterator[Connection[tuple[Any, ...]]]":
    """Open an autocommit connection; every PostgreSQL error inside becomes a DatabaseError."""
    import psycopg

    try:
        with login(server, dbname) as connection:
            yield connection
    except psycopg.Error as error:
        raise _explained(error, server, dbname) from None


def login(server: Server, dbname: str) -> "Connection[tuple[Any, ...]]":
    """Return an open autocommit connection, for the caller to close; DatabaseError if there can't be one."""
    import psycopg

    try:
        return psycopg.connect(**_login(server, dbname), autocommit=True)
    except psycopg.Error as error:
        raise _explained(error, server, dbname) from None


def _explained(error: Exception, server: Server, dbname: str) -> DatabaseError:
    return DatabaseError(f"PostgreSQL at {server}, database {printable(dbname)!r}: {_said(error, server)}")


def _login(server: Server, dbname: str) -> dict[str, Any]:
    password = {"password": server.password} if server.password else {}
    unled = {"hostaddr": ""}  # PGHOSTADDR would lead us to another server than the one we name
    return {**unled, **server.parameters(dbname), **password, "application_name": "clonekit"}


def _said(error: Exception, server: Server) -> str:
    """Return PostgreSQL's message as one sentence, with what to do when nothing answers."""
    said = printable(str(error)).split("\tIs the server running")[0]
    text = " ".join(said.split()).removesuffix(".").removeprefix("connection failed: ")
    is_ours = server.host in _LOCAL_HOSTS and not server.hostaddr
    return f"{text}. Start the local server with: inv dev.up" if is_ours and "refused" in text else f"{text}."


def of_uri(uri: str, default: Server) -> tuple[Server, str]:
    """Return the server and database of a `postgresql://` URI; what it leaves out is as on `default`.

    Raises UsageError for one that libpq does not take; the message never repeats it, it may hold a password.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

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
    return bool(_rows(server, "SELECT FROM pg_database WHERE datname::text = %s", name))


def require(server: Server, name: str) -> None:
    """Raise DatabaseError unless the database is there."""
    if not exists(server, name):
        raise DatabaseError(f"There is no database {printable(name)!r} on {server}.")


def sessions(server: Server, name: str) -> list[str]:
    """Return who is connected to the database, each as `application (pid N)`."""
    query = "SELECT coalesce(nullif(application_name, ''), 'a client'), pid FROM pg_stat_activity "
    query += "WHERE datname::text = %s AND backend_type <> 'autovacuum worker'"
    return [f"{application} (pid {pid})" for application, pid in _rows(server, query, name)]


def create(server: Server, name: str) -> None:
    """Create an empty UTF-8 database from template0, so that nothing local gets into it."""
    _act(server, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)


def drop(server: Server, name: str) -> bool:
    """Drop the database; return whether it was there. Raises DatabaseError, naming the sessions, if it is in use."""
    if not exists(server, name):
        return False
    _refuse_used(server, name)
    _act(server, "DROP DATABASE IF EXISTS {}", name)
    return True


def discard(server: Server, name: str) -> None:
    """Drop a database of our own making, whoever is still connected to it."""
    _act(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def replacing(server: Server, name: str) -> Iterator[str]:
    """Create an empty database beside `name`, and let it take the name at the end.

    Yields the new database's temporary name. After an error the old one is as it was and the new one is gone.
    """
    building, replaced = _beside(name, "__building"), _beside(name, "__replaced")
    if name in (building, replaced):
        raise UsageError(f"{printable(name)!r} is a name that clonekit gives to its own unfinished databases.")
    _refuse_used(server, name)
    for leftover in (building, replaced):
        drop(server, leftover)
    create(server, building)
    try:
        yield building
        _refuse_used(server, name)
        _swap(server, building, name, replaced)
    except BaseException:
        discard(server, building)
        raise
    drop(server, replaced)


def _beside(name: str, suffix: str) -> str:
    return name.encode()[: MAX_DATABASE_NAME - len(suffix)].decode(errors="ignore") + suffix


def _swap(server: Server, building: str, name: str, replaced: str) -> None:
    """Rename both databases in one transaction: at every moment `name` is the old one or the new one."""
    from psycopg.sql import SQL, Identifier

    rename = SQL("ALTER DATABASE {} RENAME TO {}")
    there = exists(server, name)
    with connect(server) as connection, connection.transaction():
        if there:
            connection.execute(rename.format(Identifier(name), Identifier(replaced)))
        connection.execute(rename.format(Identifier(building), Identifier(name)))


def _refuse_used(server: Server, name: str) -> None:
    used = sessions(server, name)
    if used:
        raise DatabaseError(
            f"The database {printable(name)!r} is in use by {printable(', '.join(used))}. "
            "Disconnect them (stop the app, quit psql) and try again."
        )


def _act(server: Server, statement: "Any", name: str) -> None:
    from psycopg.sql import SQL, Identifier

    with connect(server) as connection:
        connection.execute(SQL(statement).format(Identifier(name)))


def _rows(server: Server, query: Any, *values: str) -> list[tuple[Any, ...]]:
    with connect(server) as connection:
        return connection.execute(query, values).fetchall()
