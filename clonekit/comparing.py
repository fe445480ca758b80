"""The gate: dump the schemas of two databases at once and compare them object by object."""

import os
import re
from pathlib import Path

from clonekit import clients, commands, databases, differences, local, names, schema
from clonekit.clients import Client
from clonekit.dumps import prepare_folder
from clonekit.errors import ClientError, DatabaseError, UsageError
from clonekit.output import raw, result, say
from clonekit.processes import Finished, run, run_together
from clonekit.server import Server, without_pg_variables
from clonekit.settings import Settings

_RESTRICT_KEY = "clonekit"
# How PostgreSQL prints a definition follows these settings of a database or role; they are no part of the schema.
_PINNED = {
    "bytea_output": "hex",
    "TimeZone": "UTC",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "default_transaction_read_only": "on",
}
NOT_COMPARED = "ownership, privileges, and what is not in a database's dump (roles, ALTER DATABASE ... SET)"


def compare(settings: Settings, a: str, b: str, server: Server) -> bool:
    """Print how the schemas of two databases differ and return whether they are equal.

    The canonical schemas are written to `dump/schema-<db>.sql`. Raises an Error whenever no comparison was possible.
    """
    for name in (a, b):
        databases.require(server, name)
    client = clients.choose(databases.major(server, a), settings.local.client_dir, server.sslmode)
    entries = [_entries(text, name) for text, name in zip(_dump_both(client, server, a, b), (a, b), strict=True)]
    prepare_folder(settings.dump_dir)
    for name, its in zip((a, b), entries, strict=True):
        _write(settings.dump_dir / schema_file(name), schema.canonical(its))
    say(f"Not compared: {NOT_COMPARED}.")
    found = differences.compare(*entries)
    if not found:
        result(f"OK: schemas match ({a} vs {b})")
        return True
    raw(differences.render(found, a, b) + "\n")
    result(f"DIFF: schemas differ ({a} vs {b}), objects: {len(found)}")
    return False


def server_for(settings: Settings, host: str, port: str, user: str) -> Server:
    """Return the server that the flags name; what they leave out is the local server's."""
    here = local.server(settings)
    if not (host or port):
        return here.as_user(user or here.user)
    if port and not port.isdecimal():
        raise UsageError(f"--port must be a port number, not {port!r}.")
    return Server(host or here.host, int(port or here.port), user or here.user)


def schema_file(dbname: str) -> str:
    """Return the file name for a database's schema; what could leave the folder is escaped.

    >>> schema_file("../x")
    'schema-..%2Fx.sql'
    """
    return "schema-" + re.sub(r"[^\w.-]", lambda found: f"%{ord(found[0]):02X}", dbname) + ".sql"


def _dump_both(client: Client, server: Server, a: str, b: str) -> list[str]:
    program = client.program("pg_dump")
    key = _RESTRICT_KEY if "--restrict-key" in run([str(program), "--help"], os.environ).stdout else None
    argvs = [commands.dump_schema(program, server.parameters(name), key) for name in (a, b)]
    both = run_together(argvs, _environment(server))
    for name, finished in zip((a, b), both, strict=True):
        _check(finished, name)
    return [finished.stdout for finished in both]


def _entries(text: str, dbname: str) -> list[schema.Entry]:
    try:
        return schema.entries(text)
    except ValueError as error:
        raise ClientError(f"What pg_dump printed of {dbname!r} can't be read: {error}.") from None


def _environment(server: Server) -> dict[str, str]:
    login = {"PGPASSWORD": server.password} if server.password else {}
    pinned = " ".join(f"-c {name}={value}" for name, value in _PINNED.items())
    return {**without_pg_variables(os.environ), **login, "PGOPTIONS": pinned}


def _check(finished: Finished, dbname: str) -> None:
    if finished.code:
        said = names.printable(finished.stderr).strip()
        error = DatabaseError if "connection to server" in said else ClientError
        raise error(f"pg_dump could not read the schema of {dbname!r}: {said}")


def _write(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, newline="")
    part.rename(path)
