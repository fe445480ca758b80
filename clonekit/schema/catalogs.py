"""What pg_dump does not show of a schema, asked from the catalogs: the query's argv, and its answer read. Pure.

`catalog.sql` says for each query what pg_dump does with the fact. The kinds of its rows:

    EXTENSION VERSION, EXTENSION CONFIGURATION, EXTENSION MEMBER    and what was altered on members by hand
    EXTENSION DEPENDENCY                            of aggregates and of a range type's own functions
    TYPE FUNCTION                                   a range type's own, altered or under another name than the type's
    EXTENSION DEFAULT                               those that have the version that the server installs
    DATABASE PROPERTY, DATABASE SETTING, ROLE IN DATABASE SETTING, SUBSCRIPTION STATE
    NOT READABLE                                                    what the role may not see, to be said
    OWNER, PRIVILEGES, DEFAULT PRIVILEGES                           for --privileges; pg_dump then prints the last, too
    INDEX STATE, INDEX STATISTICS, REPLICA IDENTITY, MATERIALIZED VIEW STATE, PARTITION STATE
    CONSTRAINT TRIGGER STATE, PARTITION TRIGGER, INHERITED CONSTRAINT STATE, INHERITED CONSTRAINT NAME
    INHERITED EXPRESSION                            of a generated column, where it is another than the parent's
    INHERITED COLUMN                                that is nullable, other than the parent's: before version 18
    SEQUENCE OWNER                                  where that is a column of an extension's table
    INHERITED PARTS                                                 for --schema, from a parent in another schema
    PUBLIC SCHEMA                                                   whether there is one
    COLUMN ORDER, NOT NULL                                          shown by pg_dump too, here to be told apart
    COMMENT, SECURITY LABEL                                         those that pg_dump leaves out
    SYSTEM SCHEMA OBJECT                                            what users made in pg_catalog or information_schema
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from clonekit.postgres import commands
from clonekit.schema import Entry, differences

_SCRIPT = Path(__file__).with_name("catalog.sql")
NOT_READABLE = "NOT READABLE"
_FIELDS = ("kind", "schema", "name", "definition")


def command(program: Path, parameters: Mapping[str, str | int]) -> list[str]:
    """Return the `psql` that prints a database's facts, one JSON object a line, and changes nothing."""
    return [str(program), "--no-psqlrc", f"--file={_SCRIPT}", f"--dbname={commands.conninfo(parameters)}"]


def differing(a: str, b: str) -> tuple[list[Entry], list[Entry]]:
    """Return the facts in two answers that the other one does not tell: reading thousands of equal ones takes time."""
    lines = ("", "") if a == b else differences.not_in_both(a.split("\n"), b.split("\n"))
    of_a, of_b = (parse("\n".join(Counter(its).elements())) for its in lines)
    return of_a, of_b


def unreadable(*texts: str) -> list[str]:
    """Return what could not be compared because the role that asked may not see it."""
    found = {line for text in texts for line in text.split("\n") if line.startswith(f'{{"kind":"{NOT_READABLE}"')}
    return sorted(entry.name for entry in parse("\n".join(found)))


def parse(text: str) -> list[Entry]:
    """Return the facts that psql printed, in its order; ValueError, with a sentence, if a line is none of them.

    >>> parse('{"kind": "EXTENSION VERSION", "schema": "-", "name": "citext", "definition": "1.6"}')[0].definition
    '1.6'
    """
    return [_entry(line) for line in text.split("\n") if line]  # not splitlines: JSON leaves U+2028 as it is


def _entry(line: str) -> Entry:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    values = [row.get(field) for field in _FIELDS] if isinstance(row, dict) else []
    kind, schema, name, definition = values if len(values) == len(_FIELDS) else [None] * len(_FIELDS)
    if not (
        isinstance(kind, str) and isinstance(schema, str) and isinstance(name, str) and isinstance(definition, str)
    ):
        raise ValueError(f"The catalogs' answer has a line that can't be read: {line[:60]!r}")
    return Entry(kind=kind, schema=schema, name=name, definition=definition)
