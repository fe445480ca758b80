"""The text of a definition taken apart: its words, the names in it (quoted as written), what is in a table. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from clonekit.postgres.sqltext import tokens

Words = tuple[str, ...]
Name = tuple[str, str]  # a schema's and an object's

_DEPTH = {"(": 1, "[": 1, ")": -1, "]": -1}
_CLAUSES = {"DEFAULT", "GENERATED", "CONSTRAINT", "NOT", "COLLATE", "OPTIONS"}


@dataclass(frozen=True)
class Table:
    """A table's columns and constraints as written, and each column's clauses by their first word (none: the type)."""

    columns: dict[str, str]
    clauses: dict[str, dict[str, str]]
    constraints: dict[str, str]
    around: tuple[Words, Words]  # what precedes and follows them in the statement


@lru_cache(1 << 14)
def words(text: str) -> Words:
    """Return the tokens without white space; a name in a literal, as in `'app.t'::regclass`, in tokens of its own."""
    found = [token for token in tokens(text) if not token.isspace()]
    for place in [place - 3 for place, word in enumerate(found) if word == "regclass"][::-1]:
        if place >= 0 and found[place][0] == "'":
            found[place : place + 1] = ["'", *words(found[place][1:-1]), "'"]
    return tuple(found)


@lru_cache(1 << 14)
def vocabulary(text: str) -> frozenset[str]:
    """Return every word of a text that may be a name, those in literals and bodies too."""
    return frozenset(re.findall(r"\w+", text)) | frozenset(re.findall(r'"(?:[^"]|"")*"', text))


def dotted(found: Words) -> list[Name]:
    """Return the names that are written with a schema."""
    dots = [place for place, word in enumerate(found) if word == "."]
    return [(found[place - 1], found[place + 1]) for place in dots if 0 < place < len(found) - 1]


@lru_cache(1 << 14)
def parse(text: str) -> Table:
    """Take a table's definition apart; what has no columns in parentheses has none."""
    parts, depth, stage = [[""], [""], [""]], 0, 0
    for token in tokens(text):
        closes = token == ")" and depth == 1 and stage == 1
        depth += _DEPTH.get(token, 0)
        if (stage == 0 and token == "(") or closes:
            stage += 1
        elif stage == 1 and depth == 1 and token == ",":
            parts[1].append("")
        else:
            parts[stage][-1] += token
    items = [(words(item), item.strip()) for item in parts[1] if item.strip()]
    columns = {found[0]: item for found, item in items if found[0] != "CONSTRAINT"}
    clauses = {name: _clauses(item) for name, item in columns.items()}
    constraints = {found[1]: item for found, item in items if found[0] == "CONSTRAINT"}
    return Table(columns, clauses, constraints, (words(parts[0][0]), words(parts[2][0].partition(";")[0])))


def _clauses(column: str) -> dict[str, str]:
    clauses, current, depth = {"": ""}, "", 0
    for token in list(tokens(column))[1:]:
        depth += _DEPTH.get(token, 0)
        if depth == 0 and token in _CLAUSES and token not in clauses:
            current = token
        clauses[current] = clauses.get(current, "") + token
    return {first: clause.strip() for first, clause in clauses.items()}
