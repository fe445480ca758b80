"""A comparison's verdict as text for people and as JSON for programs. Pure."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from clonekit.schema import differences
from clonekit.schema.classes import Sort
from clonekit.schema.differences import Difference
from clonekit.schema.verdicts import Verdict

_SHOWN = 5  # of what does not count


def text(verdict: Verdict, a: str, b: str) -> str:
    """Return everything but the verdict's last line: what differs, then what does not count or was not compared."""
    parts = [differences.render([difference for _, difference in verdict.failing], a, b)]
    parts += _listed("Probable unfinished renames:", verdict.renames)
    parts += _listed(f"These statements bring {a} nearer to {b}:", verdict.suggestions)
    return "\n".join([*filter(None, parts), *_notes(verdict)]) + "\n"


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    return ["\n".join([title, *(f"  {line}" for line in lines), ""])] if lines else []


def _notes(verdict: Verdict) -> list[str]:
    sorts = Counter(sort for sort, _ in verdict.failing if sort != Sort.DEFINITION)
    notes = [f"Of sort {sort}: {number} (--ignore {sort} passes over them)." for sort, number in sorts.items()]
    notes += [f"Ignored: {number} {sort} (--ignore {sort})." for sort, number in sorted(verdict.ignored.items())]
    for sort, number in Counter(sort for sort, _ in verdict.harmless).items():
        its = [difference for found, difference in verdict.harmless if found == sort]
        notes.append(f"Not counted: {number} {sort} (--strict counts them): {_some(its)}.")
    if verdict.reprinted:
        notes.append(f"Printed differently, but the same to PostgreSQL: {verdict.reprinted}.")
    return [*notes, f"Not compared: {'; '.join(verdict.not_compared)}."]


def _some(found: Sequence[Difference]) -> str:
    """Name the first few, and every extension of another version."""
    extensions = [difference for difference in found if difference.kind == "EXTENSION VERSION"]
    told = [f"extension {each.title} ({each.definition_a}, {each.definition_b})" for each in extensions]
    titles = [difference.title for difference in found if difference not in extensions]
    more = [f"{len(titles) - _SHOWN} more"] if len(titles) > _SHOWN else []
    return " and ".join([", ".join([*told, *titles[:_SHOWN]]), *more])


def last_line(verdict: Verdict, a: str, b: str) -> str:
    """Return the line that a script reads."""
    if verdict.equal:
        return f"OK: schemas match ({a} vs {b})"
    return f"DIFF: schemas differ ({a} vs {b}), objects: {len(verdict.failing)}"


def as_json(verdict: Verdict, a: str, b: str) -> str:
    """Return the verdict as the JSON that `schema-diff.schema.json` describes."""
    found: dict[str, Any] = {"equal": verdict.equal, "a": a, "b": b}
    for name, items in (("differences", verdict.failing), ("harmless", verdict.harmless)):
        found[name] = [
            {
                "sort": sort,
                "change": difference.change,
                "kind": difference.kind,
                "schema": difference.schema,
                "name": difference.name,
                "a": difference.definition_a,
                "b": difference.definition_b,
            }
            for sort, difference in items
        ]
    found |= {"ignored": verdict.ignored, "reprinted": verdict.reprinted, "not_compared": verdict.not_compared}
    found |= {"renames": verdict.renames, "suggestions": verdict.suggestions}
    return json.dumps(found, indent=2)
