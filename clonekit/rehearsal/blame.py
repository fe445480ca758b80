"""Whose fault a difference of the migrated clone from a fresh database is: the migration's, or older drift. Pure."""

import re
from collections.abc import Mapping

from clonekit.rehearsal.rehearsals import Blame, SchemaDifference
from clonekit.schema.classes import Sort
from clonekit.schema.differences import Difference
from clonekit.schema.verdicts import Verdict

Titles = set[tuple[str, str]]  # an object's type and title


def blamed(gate: Verdict, drift: Titles | None, renamed: Mapping[str, str]) -> list[SchemaDifference]:
    """Return the gate's differences with whose fault each is, those that fail the gate first.

    `drift` is what differed before the migration, between the clone and a database at production's own revision (None:
    there was none to compare with). The migration may have renamed what drifted: `renamed` says how, old to new.
    """
    before = drift | {(kind, _renamed(title, renamed)) for kind, title in drift} if drift is not None else None
    found = [_told(_blame(one, before), sort, one) for sort, one in gate.failing]
    return found + [_told(Blame.COSMETIC, sort, one) for sort, one in gate.harmless]


def drifted(verdict: Verdict) -> Titles:
    """Return the objects on which the clone and a database at production's own revision did not agree."""
    return {(each.kind, _words(each.title)) for _, each in (*verdict.failing, *verdict.harmless)}


def _blame(difference: Difference, before: Titles | None) -> Blame:
    if before is None:
        return Blame.UNKNOWN
    return Blame.DRIFT if (difference.kind, _words(difference.title)) in before else Blame.MIGRATION


def _words(title: str) -> str:
    return title.replace('"', "")


def _renamed(title: str, renamed: Mapping[str, str]) -> str:
    """Return the title as it reads after the renames; longer names first, so that none is taken for part of one."""
    names = sorted(renamed, key=len, reverse=True)
    if not names:
        return title
    either = "|".join(map(re.escape, names))
    return re.sub(rf"(?<![\w.])(?:{either})(?!\w)", lambda found: renamed[found[0]], title)


def _told(blame: Blame, sort: Sort, one: Difference) -> SchemaDifference:
    texts = (one.kind, one.schema, one.name, one.title, one.definition_a, one.definition_b)
    return SchemaDifference(blame, sort, one.change, *texts)
