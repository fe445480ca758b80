"""Let PostgreSQL settle how it prints a schema: load it into a scratch database and dump that again.

Some definitions are printed in another form once they have been through a dump and a restore, as a clone has and a
fresh database has not. After one more round both are printed in the form that stays.
"""

import os
import re
import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise

from clonekit import schema
from clonekit.errors import DatabaseError, Error
from clonekit.postgres import commands, databases
from clonekit.postgres.clients import Client
from clonekit.postgres.server import without_pg_variables
from clonekit.postgres.sqltext import IDENTIFIER, words
from clonekit.processes import Call, run_together
from clonekit.schema import Entry, Identity, classes, differences
from clonekit.schema.differences import Change, Difference
from clonekit.sides import Side, reading

Pair = tuple[list[Entry], list[Entry]]

_NO_TABLESPACE, _HEAP = "''", "heap"
# As pg_dump begins: bodies may name what comes later, and no name is looked up on a path. From PostgreSQL 17 on no
# event trigger of the schema may act; only a superuser can say so, and only a superuser makes one.
_PREAMBLE = """SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SELECT pg_catalog.set_config('search_path', '', false);
SELECT pg_catalog.set_config(name, 'off', false) FROM pg_catalog.pg_settings
    WHERE name = 'event_triggers' AND pg_catalog.current_setting('is_superuser')::boolean;
"""
_STORED = re.compile(rf" ALTER COLUMN (?:{IDENTIFIER}) SET (?:STORAGE|COMPRESSION) \w+;")
# How a restore leaves an inherited column without its parent's default, if the type has a length or a precision.
_NO_DEFAULT = re.compile(r"(?<= SET DEFAULT NULL)::[^;]*(?=;\Z)")
_HASTE = "-c synchronous_commit=off"  # a scratch database need not survive a crash
# What pg_restore --verbose prints before an object. A text that only looks like it can do no harm: more is loaded then.
_NEEDS = re.compile(
    r"^-- TOC entry ([0-9]+) .*\n(?:-- Dependencies: (.*)\n)?-- Name: (.*); Type: ([^;\n]*); Schema: (.*); Owner: ",
    re.MULTILINE,
)


def settle(
    found: list[Difference], printed: Pair, both: tuple[Side, Side], client: Client, *, with_privileges: bool
) -> list[Difference]:
    """Return those of `found` that are gone when the newer server has printed both schemas, `printed`, once more.

    Only what differs is loaded, with all that it depends on; if that fails, everything. Raises Error if PostgreSQL
    does not take that either: then nothing is known and every difference stands.
    """
    wanted = {each.identity for each in found if may_go(each, across_versions=both[0].major != both[1].major)}
    if not wanted:
        return []
    newer = max(both, key=lambda side: side.major)
    try:
        again = _printed_again(_needed(wanted, printed, both, client), newer, client, with_privileges)
    except Error:
        again = _printed_again(printed, newer, client, with_privileges)
    of_a, of_b = map(differences.by_identity, again)
    return [each for each in found if each.identity in wanted and is_settled(of_a[each.identity], of_b[each.identity])]


def may_go(difference: Difference, *, across_versions: bool) -> bool:
    """Return whether both definitions can mean the same: of one version only where names and literals are the same.

    But for aliases: PostgreSQL names a constant in a subquery after its type when it reads what it printed itself.
    How a table's columns are stored must be: a table that inherits them, loaded again, has it from its parent.
    """
    a, b = difference.definition_a, difference.definition_b
    is_candidate = across_versions or _words(a) == _words(b)
    return difference.change == Change.CHANGED and is_candidate and _stored(a) == _stored(b)


def _stored(definition: str) -> list[str]:
    return sorted(_STORED.findall(definition))


def _words(definition: str) -> set[str]:
    pairs = pairwise(("", *words(_NO_DEFAULT.sub("", definition))))
    named = (word for before, word in pairs if word != "AS" and (before != "AS" or word[0] in "'$"))
    return {word for word in named if word[0].isalnum() or word[0] in "_'\"$"}


def is_settled(a: list[Entry], b: list[Entry]) -> bool:
    """Return whether both sides have printed an object again, and the same. What is not printed stays a difference."""
    return bool(a and b) and all(map(classes.is_none, differences.compare(a, b)))


def _needed(wanted: Collection[Identity], printed: Pair, both: tuple[Side, Side], client: Client) -> Pair:
    with reading([side.dump(client, as_archive=True) for side in both]) as archives:
        calls = [side.needs(client, archive) for side, archive in zip(both, archives, strict=True)]
    with reading(calls) as texts:
        identities = [needed(wanted, text) for text in texts]
    of_a, of_b = ([each for each in printed[i] if each.identity in identities[i]] for i in range(2))
    return of_a, of_b


def needed(wanted: Collection[Identity], text: str) -> set[Identity]:
    """Return these objects and all that they depend on, by what `pg_restore --verbose` prints of an archive."""
    objects = {number: ((kind, area, name), needs) for number, needs, name, kind, area in _NEEDS.findall(text)}
    todo, seen = [number for number, (identity, _) in objects.items() if identity in wanted], set[str]()
    while todo:
        if (number := todo.pop()) in objects and number not in seen:
            seen.add(number)
            todo += objects[number][1].split()
    return {objects[number][0] for number in seen}


def script(found: Iterable[Entry]) -> str:
    """Return a script that makes these objects in this order, but no subscription: that belongs to the server."""
    parts = [databases.UNLIMITED, _PREAMBLE]
    for entry in found:
        if entry.kind != "SUBSCRIPTION" and not entry.name.startswith("SUBSCRIPTION "):
            parts.append(f"SET default_tablespace = {entry.tablespace or _NO_TABLESPACE};\n")
            parts.append(f"SET default_table_access_method = {entry.access_method or _HEAP};\n")
            parts.append(f"{entry.definition}\n")
    return "".join(parts)


def _printed_again(printed: Pair, side: Side, client: Client, with_privileges: bool) -> Pair:
    with _loaded([script(its) for its in printed], side, client) as names:
        calls = [side.scratch(name).dump(client, with_privileges=with_privileges) for name in names]
        with reading(calls) as texts:
            of_a, of_b = map(schema.entries, texts)
    return of_a, of_b


@contextmanager
def _loaded(scripts: Sequence[str], side: Side, client: Client) -> Iterator[list[str]]:
    """Load schemas into scratch databases, at once, and yield their names; they are dropped afterwards."""
    names = [f"clonekit_scratch_{secrets.token_hex(6)}" for _ in scripts]
    calls = []
    with ExitStack() as stack:
        for name, text in zip(names, scripts, strict=True):
            stack.callback(databases.discard, side.server, name)
            databases.create(side.server, name)
            environ = {**without_pg_variables(os.environ), **side.server.environment(name), "PGOPTIONS": _HASTE}
            argv = commands.psql_script(client.program("psql"), side.server.parameters(name))
            calls.append(Call(argv, environ, text))
        for finished in run_together(calls):
            if finished.code:
                raise DatabaseError(f"PostgreSQL does not take the schema again: {finished.stderr.strip()[-500:]}")
        yield names
