"""The two databases of a comparison: where each is, and the client programs' calls that read its schema."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from clonekit import local, names
from clonekit.errors import ClientError, DatabaseError, UsageError
from clonekit.postgres import commands, databases
from clonekit.postgres.clients import Client
from clonekit.postgres.server import Server, without_pg_variables
from clonekit.processes import Call, Finished, together
from clonekit.schema import catalogs
from clonekit.settings import MAX_PORT, Settings

# How PostgreSQL prints a definition follows these settings of a database or role; they are no part of the schema. No
# limit that is meant for the app ends the reading: pg_dump lifts that of a statement by itself, psql does not.
_PINNED = {
    "statement_timeout": "0",
    "bytea_output": "hex",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "lc_monetary": "C",
    "extra_float_digits": "1",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
}


@dataclass(frozen=True)
class Side:
    """One of the two databases, as it is reached and as the user calls it."""

    server: Server
    dbname: str
    label: str
    major: int

    def dump(self, client: Client, *, with_privileges: bool = False, as_archive: bool = False) -> "Reading":
        """Return the `pg_dump` that prints the schema."""
        program, where = client.program("pg_dump"), self.server.parameters(self.dbname)
        argv = commands.dump_schema(program, where, with_privileges=with_privileges, as_archive=as_archive)
        return self, argv, ""

    def query(self, client: Client) -> "Reading":
        """Return the `psql` that prints what only the catalogs know."""
        return self, catalogs.command(client.program("psql"), self.server.parameters(self.dbname)), ""

    def needs(self, client: Client, archive: str) -> "Reading":
        """Return the `pg_restore` that prints an archive of the schema with what each object depends on."""
        return self, commands.print_needs(client.program("pg_restore")), archive

    def scratch(self, dbname: str) -> "Side":
        """Return another database on the same server."""
        return replace(self, dbname=dbname)


Reading = tuple[Side, list[str], str]  # a command line, and what is given to it


@contextmanager
def reading(calls: Sequence[Reading]) -> Iterator[Iterator[str]]:
    """Run these at once and yield what each prints, in their order, as soon as it has ended."""
    with together([Call(argv, _environment(side), given) for side, argv, given in calls]) as finished:
        yield (_printed(done, side, argv) for done, (side, argv, _) in zip(finished, calls, strict=True))


def _environment(side: Side) -> dict[str, str]:
    pinned = " ".join(f"-c {name}={value}" for name, value in _PINNED.items())
    login = side.server.environment(side.dbname)
    return {**without_pg_variables(os.environ), **login, "PGOPTIONS": pinned, "PGCLIENTENCODING": "UTF8"}


def _printed(finished: Finished, side: Side, argv: list[str]) -> str:
    if finished.code:
        said = names.printable(finished.stderr).strip()
        error = DatabaseError if "connection to server" in said or "permission denied" in said else ClientError
        raise error(f"{argv[0]} could not read the schema of {side.label}: {said}")
    return finished.stdout


def sides(a: str, b: str, here: Server) -> tuple[Side, Side]:
    """Return the two databases that the user named: each a database on the server `here`, or a connection URI."""
    located = [_located(name, here) for name in (a, b)]
    if located[0] == located[1]:
        raise UsageError(f"-a and -b are the same database, {names.printable(located[0][1])!r}.")
    same = located[0][1] == located[1][1]
    first, second = (
        Side(server, dbname, f"{dbname}@{server}" if same else dbname, _major(server, dbname))
        for server, dbname in located
    )
    return first, second


def _located(name: str, here: Server) -> tuple[Server, str]:
    if name.startswith(("postgresql://", "postgres://")):
        return databases.of_uri(name, here)
    return here, names.check_database_name(name)


def _major(server: Server, dbname: str) -> int:
    try:
        return databases.major(server, dbname)
    except DatabaseError:
        databases.require(server, dbname)  # that it is not there has a sentence of its own
        raise


def server_for(settings: Settings, host: str, port: str, user: str) -> Server:
    """Return the server that the flags name; what they leave out is the local server's."""
    here = local.server(settings)
    if not (host or port):
        return here.as_user(user or here.user)
    if port and not (port.isdecimal() and int(port) <= MAX_PORT):
        raise UsageError(f"--port must be a port number, not {port!r}.")
    return Server(host or here.host, int(port or here.port), user or here.user)
