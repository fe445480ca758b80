"""Let PostgreSQL settle how it prints a schema: load it into a scratch database and dump that again.

Some definitions are printed in another form once they have been through a dump and a restore, as a clone has and a
fresh database has not. After one more round both are printed in the form that stays.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clonekit import commands, databases
from clonekit.clients import Client
from clonekit.differences import Change, Difference, compare
from clonekit.errors import DatabaseError
from clonekit.processes import run
from clonekit.schema import entries
from clonekit.server import Server, without_pg_variables

# A scratch database need not survive a crash, and no event trigger of the schema may act in it (PostgreSQL 17 on).
_HASTE = "-c synchronous_commit=off"
_NO_EVENT_TRIGGERS, _SINCE = "-c event_triggers=off", 17


def remaining(found: list[Difference], texts: tuple[str, str], print_again: Callable[[str], str]) -> list[Difference]:
    """Return those of `found` that are still there when PostgreSQL has printed both schemas again.

    Only a changed definition can go: an object that one side lacks stays a difference. Raises Error if PostgreSQL
    does not take one of the texts; then nothing is known and every difference stands.
    """
    if not any(difference.change == Change.CHANGED for difference in found):
        return found
    again = compare(*(entries(print_again(text)) for text in texts))
    there = {(difference.kind, difference.schema, difference.name) for difference in again}
    return [d for d in found if d.change != Change.CHANGED or (d.kind, d.schema, d.name) in there]


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
        databases.drop(server, name)
