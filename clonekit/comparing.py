"""The gate: read the schemas of two databases at once and compare them object by object."""

import os
import re
from collections import Counter
from dataclasses import dataclass, replace

from clonekit import (
    catalogs,
    classes,
    clients,
    commands,
    databases,
    differences,
    files,
    local,
    names,
    schema,
    settling,
    verdicts,
)
from clonekit.clients import Client
from clonekit.differences import Difference
from clonekit.dumps import prepare_folder
from clonekit.errors import ClientError, DatabaseError, Error, UsageError
from clonekit.masking import Mask
from clonekit.output import say
from clonekit.processes import Finished, run_together
from clonekit.schema import Entry
from clonekit.server import Server, without_pg_variables
from clonekit.settings import MAX_PORT, Settings
from clonekit.verdicts import Options, Verdict

_RESTRICT_KEY = "clonekit"
# How PostgreSQL prints a definition follows these settings of a database or role; they are no part of the schema.
_PINNED = {
    "bytea_output": "hex",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "extra_float_digits": "1",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "default_transaction_read_only": "on",
}


@dataclass(frozen=True)
class Side:
    """One of the two databases, as it is reached and as the user calls it."""

    server: Server
    dbname: str
    label: str
    major: int


def compare(settings: Settings, a: Side, b: Side, options: Options) -> Verdict:
    """Compare the schemas of two databases; their canonical forms are written to `dump/schema-<db>.sql`.

    Raises an Error, and never returns a verdict, if anything kept it from comparing.
    """
    newest = max(a, b, key=lambda side: side.major)
    client = clients.choose(newest.major, settings.local.client_dir, newest.server.sslmode)
    texts, rows = _read((a, b), client, options)
    printed = _printed(texts, a, b)
    verdicts.require_schemas([*printed[0], *printed[1]], options)
    _write_canonical(settings, printed, (a, b))
    of_a, of_b, rows_a, rows_b = (verdicts.chosen(its, options) for its in (*printed, *rows))
    found = [difference for difference in differences.compare(of_a, of_b) if not classes.is_none(difference)]
    kept = _settle(found, texts, client, newest, options)
    left_out = verdicts.left_out([*printed[0], *printed[1]], options)
    everything = [*kept, *differences.compare(rows_a, rows_b)]
    return verdicts.judge(everything, of_a, options, len(found) - len(kept), left_out)


def _printed(texts: tuple[str, str], a: Side, b: Side) -> list[list[Entry]]:
    """Take both texts apart; the same text, the most frequent case, only once."""
    mask = Mask()
    of_a = mask.hide(_entries(texts[0], a))
    return [of_a, of_a if texts[0] == texts[1] else mask.hide(_entries(texts[1], b))]


def _write_canonical(settings: Settings, printed: list[list[Entry]], both: tuple[Side, Side]) -> None:
    prepare_folder(settings.dump_dir)
    of_a = schema.canonical(printed[0])
    of_b = of_a if printed[1] is printed[0] else schema.canonical(printed[1])
    for side, text in zip(both, (of_a, of_b), strict=True):
        files.replace(settings.dump_dir / schema_file(side.label), text)


def sides(a: str, b: str, here: Server) -> tuple[Side, Side]:
    """Return the two databases that the user named: each a database on the server `here`, or a connection URI."""
    located = [_located(name, here) for name in (a, b)]
    if located[0] == located[1]:
        raise UsageError(f"-a and -b are the same database, {names.printable(located[0][1])!r}.")
    same = located[0][1] == located[1][1]
    first, second = (
        Side(server, dbname, f"{dbname}@{server}" if same else dbname, databases.major(server, dbname))
        for server, dbname in located
    )
    return first, second


def server_for(settings: Settings, host: str, port: str, user: str) -> Server:
    """Return the server that the flags name; what they leave out is the local server's."""
    here = local.server(settings)
    if not (host or port):
        return here.as_user(user or here.user)
    if port and not (port.isdecimal() and int(port) <= MAX_PORT):
        raise UsageError(f"--port must be a port number, not {port!r}.")
    return Server(host or here.host, int(port or here.port), user or here.user)


def schema_file(label: str) -> str:
    """Return the file name for a database's schema; what could leave the folder is escaped.

    >>> schema_file("../x")
    'schema-..%2Fx.sql'
    """
    return "schema-" + re.sub(r"[^\w.-]", lambda found: f"%{ord(found[0]):02X}", label) + ".sql"


def _located(name: str, here: Server) -> tuple[Server, str]:
    if not name.startswith(("postgresql://", "postgres://")):
        databases.require(here, names.check_database_name(name))
        return here, name
    return databases.of_uri(name, here)


def _read(both: tuple[Side, Side], client: Client, options: Options) -> tuple[tuple[str, str], list[list[Entry]]]:
    """Read both schemas: what pg_dump prints, and what only the catalogs know, in four children at once."""
    psql = client.program("psql")
    dumps = [(_dump(client, side, options), side) for side in both]
    queries = [(catalogs.command(psql, side.server.parameters(side.dbname)), side) for side in both]
    text_a, text_b, *rows = _texts([*dumps, *queries])
    return (text_a, text_b), [catalogs.parse(text) for text in _only_different_lines(*rows)]


def _only_different_lines(a: str, b: str) -> tuple[str, str]:
    """Return of both answers the lines that the other one does not have: reading thousands of equal rows takes time."""
    lines_a, lines_b = Counter(a.split("\n")), Counter(b.split("\n"))
    return "\n".join((lines_a - lines_b).elements()), "\n".join((lines_b - lines_a).elements())


def _dump(client: Client, side: Side, options: Options) -> list[str]:
    program = client.program("pg_dump")
    key = _RESTRICT_KEY if client.knows("pg_dump", "--restrict-key") else None
    parameters = side.server.parameters(side.dbname)
    return commands.dump_schema(program, parameters, key, with_privileges=options.privileges)


def _texts(calls: list[tuple[list[str], Side]]) -> list[str]:
    finished = run_together([(argv, _environment(side)) for argv, side in calls])
    for done, (argv, side) in zip(finished, calls, strict=True):
        _check(done, argv[0], side)
    return [done.stdout for done in finished]


def _environment(side: Side) -> dict[str, str]:
    pinned = " ".join(f"-c {name}={value}" for name, value in _PINNED.items())
    login = side.server.environment(side.dbname)
    return {**without_pg_variables(os.environ), **login, "PGOPTIONS": pinned, "PGCLIENTENCODING": "UTF8"}


def _entries(text: str, side: Side) -> list[Entry]:
    try:
        return schema.entries(text)
    except ValueError as error:
        raise ClientError(f"What pg_dump printed of {side.label} can't be read. {error}") from None


def _check(finished: Finished, program: str, side: Side) -> None:
    if finished.code:
        said = names.printable(finished.stderr).strip()
        error = DatabaseError if "connection to server" in said or "permission denied" in said else ClientError
        raise error(f"{program} could not read the schema of {side.label}: {said}")


def _settle(
    found: list[Difference], texts: tuple[str, str], client: Client, side: Side, options: Options
) -> list[Difference]:
    """Return the differences that remain when the newer server has printed both schemas once more."""

    def print_again(text: str) -> str:
        with settling.loaded(client, side.server, text) as scratch:
            again = replace(side, dbname=scratch)
            return _texts([(_dump(client, again, options), again)])[0]

    try:
        return settling.remaining(found, texts, print_again)
    except Error as error:
        say(f"PostgreSQL could not print the schemas again, so every difference counts. {error}")
        return found
