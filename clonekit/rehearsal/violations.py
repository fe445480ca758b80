"""How many rows break the rule on which a migration failed: asked once the failed transaction is undone.

So rows are counted as they were before it, and what it had renamed is asked for under the old name. The server's log
gives no names apart, so they are read from its (English) message, its DETAIL and the statements.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING, Any

from clonekit.postgres.sqltext import NAME, split_name, tokens, unquoted, words
from clonekit.rehearsal.serverlog import Error

if TYPE_CHECKING:
    from clonekit.postgres.databases import Connected

_TABLE = rf"(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<table>{NAME})"
_BROKEN = {  # what the server says, and the word that makes such a rule in a statement
    re.compile(r'column "(?P<name>.+)" of relation "(?P<table>.+)" contains null values'): "NULL",
    re.compile(r'check constraint "(?P<name>.+)" of relation "(?P<table>.+)" is violated by some row'): "CHECK",
    re.compile(r'insert or update on table "(?P<table>.+)" violates foreign key .* "(?P<name>.+)"'): "REFERENCES",
    re.compile(r'could not create unique index "(?P<name>.+)"(?P<table>)'): "UNIQUE",
}
_KEY = re.compile(r"Key \((.*?)\)=\(", re.DOTALL)
_ON_TABLE = re.compile(rf"(?ais)(?:ALTER\s+TABLE|CREATE\s.*?\sON)\s+{_TABLE}")
_RENAMED = re.compile(
    rf"(?ais)\s*ALTER\s+TABLE\s+{_TABLE}\s+RENAME\s+(?:(?:COLUMN\s+)?(?P<old>{NAME})\s+)?TO\s+(?P<new>{NAME})"
)
_REFERENCES = re.compile(rf"(?ais)\bREFERENCES\s+{_TABLE}\s*(?:\((?P<columns>[^)]*)\))?")
_WHERE = re.compile(r"(?ais)\bWHERE\b(.*)")
_CHECK = re.compile(r"(?ais)\bCHECK\s*(?=\()")
_SECONDS = 60  # for one count; after that it is not known

_FIND_TABLE = """
    SELECT c.oid::bigint, nspname, relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p') AND relname = %s AND nspname = coalesce(nullif(%s, ''), nspname)
    ORDER BY pg_table_is_visible(c.oid) DESC LIMIT 1
"""
_COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped"
_PRIMARY_KEY = """
    SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
    WHERE indrelid = %s AND indisprimary
"""
_CONSTRAINT = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s AND conname = %s"


@dataclass(frozen=True)
class Count:
    """How many rows are like the one that failed; `keys`: that many keys they share; `row`: one of them."""

    rows: int
    keys: int | None = None
    row: str | None = None


@dataclass(frozen=True)
class _Rule:
    """What was broken: a rule's kind, its or its column's name, its table; and the statements, the failing one last."""

    kind: str
    name: str
    table: tuple[str, str]  # schema, if that is known, and name
    statements: Sequence[str]
    detail: str

    @property
    def key(self) -> str:
        """The columns or expressions of the key of which the server tells."""
        found = _KEY.search(self.detail)
        return found[1] if found else ""

    def before(self, table: tuple[str, str], fragment: str = "") -> tuple[str, str, str]:
        """Return a table's schema and name, and a piece of SQL about it, as before the statements renamed anything."""
        schema, name = table
        for statement in reversed(self.statements):
            renamed = _RENAMED.match(statement)
            if renamed is None:
                continue
            of, new = split_name(renamed["table"]), split_name(renamed["new"])[1]
            if renamed["old"] is None and new == name:
                schema, name = of[0] or schema, of[1]
            elif renamed["old"] and of[1] == name:
                fragment = "".join(renamed["old"] if unquoted(token) == new else token for token in tokens(fragment))
        return schema, name, fragment

    def sql_before(self, fragment: str) -> str:
        """Return a piece of SQL about its own table as before the statements renamed anything."""
        return self.before(self.table, fragment)[2]


def count(connection: "Connected", error: Error, statements: Sequence[str], *, show_values: bool) -> Count | None:
    """Return how many rows break the rule that one broke, or None if that can't be told.

    `statements` are those of the failed transaction, and of the script that failed to its end.
    """
    import psycopg

    rule = _rule(error, statements)
    if rule is None or not rule.statements:
        return None
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("SET TRANSACTION READ ONLY")
            connection.execute(f"SET LOCAL statement_timeout = '{_SECONDS}s'".encode())
            return _counted(connection, rule, show_values=show_values)
    except psycopg.Error:  # something in it is not there any more
        return None


def culprit(error: Error, statements: Sequence[str]) -> str | None:
    """Return which of the statements broke a rule, or None if the error tells of none."""
    rule = _rule(error, statements)
    return rule.statements[-1] if rule and rule.statements else None


def _rule(error: Error, statements: Sequence[str]) -> _Rule | None:
    for pattern, kind in _BROKEN.items():
        if found := pattern.search(error.message):
            last = _failing(statements, found["name"], kind)
            on = _ON_TABLE.match(statements[last].lstrip()) if statements else None
            table = split_name(on["table"]) if on else ("", "")
            if found["table"] not in ("", table[1]):
                table = "", found["table"]
            return _Rule(kind, found["name"], table, statements[: last + 1], error.detail)
    return None


def _failing(statements: Sequence[str], name: str, word: str) -> int:
    """Return the place of the last statement that has most of the error in it: the rule's name, the rule's word."""

    def common(place: int) -> tuple[bool, bool, int]:
        named = any(unquoted(token) == name for token in words(statements[place]))
        return named, word in statements[place].upper(), place

    return max(range(len(statements)), key=common, default=-1)


def _counted(connection: "Connected", rule: _Rule, *, show_values: bool) -> Count | None:
    from psycopg.sql import SQL, Identifier

    schema, name, _ = rule.before(rule.table)
    found = connection.execute(_FIND_TABLE, [name, schema]).fetchone()
    if found is None:
        return None
    oid, table = found[0], Identifier(*found[1:])
    if rule.kind == "UNIQUE":
        return _duplicates(connection, rule, table, show_values=show_values)
    broken = _broken(connection, rule, oid)
    if broken is None:
        return None
    row = connection.execute(SQL("SELECT count(*) FROM {} t WHERE {}").format(table, SQL(broken))).fetchone()
    shown = None
    if show_values:
        keys = [key for (key,) in connection.execute(_PRIMARY_KEY, [oid])]
        one = connection.execute(SQL("SELECT to_jsonb(t) FROM {} t WHERE {} LIMIT 1").format(table, SQL(broken)))
        values: dict[str, Any] = (one.fetchone() or ({},))[0]
        shown = ", ".join(f"{key} = {value}" for key, value in values.items() if not keys or key in keys)
    return Count(row[0] if row else 0, row=shown)


def _broken(connection: "Connected", rule: _Rule, oid: int) -> str | None:
    """Return the condition, in SQL, that is true of the rows that break the rule."""
    from psycopg.sql import Identifier

    if rule.kind == "NULL":
        column = rule.sql_before(Identifier(rule.name).as_string())
        there = [name for (name,) in connection.execute(_COLUMNS, [oid])]
        return f"t.{column} IS NULL" if unquoted(column) in there else "true"
    definition = _definition(connection, rule, oid)
    if rule.kind == "CHECK" and (check := _CHECK.search(definition)):
        return f"NOT {rule.sql_before(_parenthesised(definition[check.end() :]))}"
    if rule.kind == "REFERENCES" and rule.key and (refers := _REFERENCES.search(definition)):
        return _orphaned(connection, rule, refers)
    return None


def _orphaned(connection: "Connected", rule: _Rule, refers: re.Match[str]) -> str | None:
    """Return the condition, in SQL, that is true of the rows whose foreign key finds nothing."""
    from psycopg.sql import Identifier

    schema, name, columns = rule.before(split_name(refers["table"]), refers["columns"] or "")
    found = connection.execute(_FIND_TABLE, [name, schema]).fetchone()
    if found is None:
        return None
    keys = connection.execute(_PRIMARY_KEY, [found[0]]).fetchall()
    columns = columns or ", ".join(Identifier(key).as_string() for (key,) in keys)
    mine = ", ".join(f"t.{column.strip()}" for column in rule.sql_before(rule.key).split(","))
    theirs = f"SELECT {columns} FROM {Identifier(*found[1:]).as_string()} r"  # noqa: S608 - quoted
    return f"num_nulls({mine}) = 0 AND ({mine}) NOT IN ({theirs} WHERE num_nulls({columns}) = 0)"


def _definition(connection: "Connected", rule: _Rule, oid: int) -> str:
    """Return the statement that makes the rule, or what the catalog has of an older one that was only validated."""
    for statement in reversed(rule.statements):
        from_name_on = "".join(dropwhile(lambda token: unquoted(token) != rule.name, tokens(statement)))
        if rule.kind in statement.upper() and (from_name_on or statement is rule.statements[-1]):
            return from_name_on or statement
    found = connection.execute(_CONSTRAINT, [oid, rule.name]).fetchone()
    return found[0] if found else ""


def _duplicates(connection: "Connected", rule: _Rule, table: Any, *, show_values: bool) -> Count | None:
    from psycopg.sql import SQL

    if not rule.key:
        return None
    keys, statement = rule.sql_before(rule.key), rule.statements[-1]
    where = _WHERE.search(statement)
    conditions = [f"({rule.sql_before(where[1])})"] if where else []
    if "NULLS NOT DISTINCT" not in " ".join(statement.upper().split()):
        conditions.append(f"num_nulls({keys}) = 0")
    groups = SQL("SELECT count(*) AS n FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1").format(
        table, SQL(" AND ".join(conditions) or "true"), SQL(keys)
    )
    found = connection.execute(
        SQL("SELECT count(*), coalesce(sum(n), 0)::bigint FROM ({}) g").format(groups)
    ).fetchone()
    return Count(found[1], found[0], rule.detail if show_values else None) if found else None


def _parenthesised(text: str) -> str:
    """Return the text up to the parenthesis that closes its first one."""
    depth, taken = 0, []
    for token in tokens(text):
        depth += {"(": 1, ")": -1}.get(token, 0)
        taken.append(token)
        if depth == 0:
            break
    return "".join(taken)
