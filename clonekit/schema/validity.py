"""A constraint that is NOT VALID on one side only, made one difference. Pure.

pg_dump prints a valid CHECK or NOT NULL within its table or domain, and one that is not valid by itself.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from clonekit.postgres.sqltext import IDENTIFIER, unquoted
from clonekit.schema.differences import Change, Difference
from clonekit.schema.tables import parse

_OWNERS = {"TABLE", "FOREIGN TABLE", "DOMAIN"}
_BY_ITSELF = re.compile(
    rf"(?P<valid>ALTER [\s\S]*\n    ADD (?P<clause>CONSTRAINT (?P<name>{IDENTIFIER})"
    rf" (?:CHECK [\s\S]*|NOT NULL (?P<column>{IDENTIFIER})))) NOT VALID;"
)


def joined(found: Iterable[Difference]) -> list[Difference]:
    """Return the differences with the two that such a constraint makes in one: that of the constraint.

    Its table or domain stays one only where it differs in something else, and then without the constraint.
    """
    result = list(found)
    owners = {(each.schema, each.name): place for place, each in enumerate(result) if _may_own(each)}
    for place, alone in enumerate(result):
        constraint = _BY_ITSELF.fullmatch(alone.definition_a or alone.definition_b)
        if alone.change == Change.CHANGED or not constraint:
            continue
        owner_place = owners.get((alone.schema, alone.name.removesuffix(f" {unquoted(constraint['name'])}")))
        side = "definition_b" if alone.change == Change.ONLY_A else "definition_a"
        owner = result[owner_place or 0]
        if owner_place is not None and (without := _without(getattr(owner, side), owner.name, constraint)):
            valid: dict[str, Any] = {side: f"{constraint['valid']};", "change": Change.CHANGED}
            shorter: dict[str, Any] = {side: without}
            result[place], result[owner_place] = replace(alone, **valid), replace(owner, **shorter)
    return [each for each in result if each.change != Change.CHANGED or each.definition_a != each.definition_b]


def _may_own(difference: Difference) -> bool:
    return difference.kind in _OWNERS and difference.change == Change.CHANGED


def _without(definition: str, owner: str, constraint: re.Match[str]) -> str:
    """Return a table's or domain's definition without this constraint; nothing if it is not there just so, and once."""
    table, clause = parse(definition), constraint["clause"]
    if column := constraint["column"]:
        is_default = unquoted(constraint["name"]) == f"{owner}_{unquoted(column)}_not_null"
        named = "" if is_default else f"CONSTRAINT {constraint['name']}"
        clauses, line = table.clauses.get(column, {}), f"\n    {table.columns.get(column, '')}"
        clause = f" {named} NOT NULL" if named else " NOT NULL"
        is_there = (
            clauses.get("NOT") == "NOT NULL" and clauses.get("CONSTRAINT", "") == named and line.count(clause) == 1
        )
        return definition.replace(line, line.replace(clause, ""), 1) if is_there else ""
    text = re.escape(clause)
    within = rf",\n    {text}(?=[,\n])|(?<=\()\n    {text}(?:,|(?=\n))|\n\t{text}(?=[\n;])"  # the last in a domain
    shorter, number = re.subn(within, "", definition)
    return shorter if number == 1 else ""
