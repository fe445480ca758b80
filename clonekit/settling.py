"""Let PostgreSQL settle how it prints a schema: load it into a scratch database and dump that again.

Some definitions are printed in another form once they have been through a dump and a restore, as a clone has and a
fresh database has not. After one more round both are printed in the form that stays.
"""

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from clonekit import commands, databases
from clonekit.clients import Client
from clonekit.differences import Change, Difference, compare
from clonekit.errors import DatabaseError
from clonekit.processes import run
from clonekit.schema import Entry, entries
from clonekit.server import Server, without_pg_variables
from clonekit.sqltext import tokens

_NO_TABLESPACE, _HEAP = "''", "heap"
# As pg_dump begins: bodies may name what comes later, and no name is looked up on a path.
_PREAMBLE = """SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SELECT pg_catalog.set_config('search_path', '', false);
"""
# A scratch database need not survive a crash, and no event trigger of the schema may act in it (PostgreSQL 17 on).
_HASTE = "-c synchronous_commit=off"
_NO_EVENT_TRIGGERS, _SINCE = "-c event_triggers=off", 17


def remaining(found: list[Difference], texts: tuple[str, str], print_again: Callable[[str], str]) -> list[Difference]:
    """Return those of `found` that are still there when PostgreSQL has printed both schemas again.

    Only a changed definition of the same words can go: what one side lacks stays a difference. Raises Error if
    PostgreSQL does not take one of the texts; then nothing is known and every difference stands.
    """
    if not any(map(_may_go, found)):
        return found
    again = compare(*(entries(print_again(script(entries(text)))) for text in texts))
    there = {(difference.kind, difference.schema, difference.name) for difference in again}
    return [d for d in found if not _may_go(d) or (d.kind, d.schema, d.name) in there]


def _may_go(difference: Difference) -> bool:
    """Return whether both definitions are made of the same names and literals: only then can they mean the same."""
    return difference.change == Change.CHANGED and _words(difference.definition_a) == _words(difference.definition_b)


def _words(definition: str) -> set[str]:
    return {token for token in tokens(definition) if token[0].isalnum() or token[0] in "_'\"$"}


def script(found: Iterable[Entry]) -> str:
    """Return a script that makes these objects in this order, but no subscription: that belongs to the server."""
    parts = [_PREAMBLE]
    for entry in found:
        if entry.kind != "SUBSCRIPTION" and not entry.name.startswith("SUBSCRIPTION "):
            parts.append(f"SET default_tablespace = {entry.tablespace or _NO_TABLESPACE};\n")
            parts.append(f"SET default_table_access_method = {entry.access_method or _HEAP};\n")
            parts.append(f"{entry.definition}\n")
    return "".join(parts)


@contextmanager
def loaded(client: Client, server: Server, text: str) -> Iterator[str]:
    """Load a schema's text into a scratch database and yield its name; it is dropped afterwards."""
    name = f"clonekit_scratch_{secrets.token_hex(6)}"
    try:
        databases.create(server, name)
        options = f"{_HASTE} {_NO_EVENT_TRIGGERS}" if databases.major(server) >= _SINCE else _HASTE
        environ = {**without_pg_variables(os.environ), **server.environment(name), "PGOPTIONS": options}
        argv = commands.psql_script(client.program("psql"), server.parameters(name))
        finished = run(argv, environ, stdin=text)
        if finished.code:
            raise DatabaseError(f"PostgreSQL does not take the schema again: {finished.stderr.strip()[-500:]}")
        yield name
    finally:
        databases.discard(server, name)
