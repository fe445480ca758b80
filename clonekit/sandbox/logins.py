"""Log in to the sandbox's own servers, whatever the user's shell says about PostgreSQL."""

import os
from dataclasses import replace

from clonekit.errors import DatabaseError
from clonekit.postgres import databases
from clonekit.postgres.embedded import Embedded, address
from clonekit.postgres.server import Server


def login(server: Embedded) -> Server:
    """Return how its superuser logs in to a running server; raise DatabaseError if it does not run."""
    where = address(server)
    if where is None:
        raise DatabaseError(f"The server of {server.folder} does not run.")
    return strict(where)


def strict(where: Server) -> Server:
    """Return the same login with everything said that a `PG*` variable could say otherwise."""
    return replace(where, hostaddr=where.host, sslmode="disable")


def environment(where: Server, dbname: str) -> dict[str, str]:
    """Return the environment for a client program, without the `PG*` variables of the user's shell."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**others, **where.environment(dbname)}


def set_password(server: Embedded, role: str, password: str) -> None:
    """Give `role` a new password."""
    from psycopg.sql import Literal

    with databases.connect(login(server)) as connection:
        connection.execute(databases.statement("ALTER ROLE {} PASSWORD ", role) + Literal(password))
