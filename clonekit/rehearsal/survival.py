"""What became of the data: two measurements of a database compared, and what was expected to go. Pure.

A renamed table, column or schema is the same one, as is a table that was rebuilt under the same name or under one that
`--renamed` names, and rows that moved between partitions of a table. Lost is what fails a rehearsal unless it is
expected, of one of these kinds:

    dropped     a table with rows, or a column with values, whose values no new column has but by chance
    rows        rows are fewer; or there are more, and what became of the older ones is not to be told from sums
    nulls       values are null now
    rewritten   values are other ones, or in other rows than before; or nulls have values now, and what became of the
                older values is not to be told from sums
    behind      a sequence gives numbers that it has given before

Not lost: what held nothing; what was generated from other columns; a type that gives the same text (`varchar` to
`text`, `int` to `bigint`, `numeric(8, 2)` to `numeric`); rows in a migration tool's own tables. `tallies.Recount` tells
what sums do not.

`rehearse.expected` is a list of texts, `<pattern>: <kind>|<kind>` or `<pattern>` for every kind. The pattern is
`schema.table` (with all its columns), `schema.table.column`, `schema.sequence` or `large objects`, by the name before
or after; `*` stands for any text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from clonekit.errors import UsageError
from clonekit.rehearsal import changes, matching
from clonekit.rehearsal.changes import UNTOLD, Change, number
from clonekit.rehearsal.matching import Columns, Unit
from clonekit.rehearsal.tallies import Contents, Recount, Table

KINDS = ("dropped", "rows", "nulls", "rewritten", "behind")
_RECOUNTED = ("rows", "nulls", "rewritten")
LARGE_OBJECTS = "large objects"
# In which tools record what they have done; a migration changes them, whatever else it does.
_OF_TOOLS = {"alembic_version", "django_migrations", "flyway_schema_history", "schema_migrations", "knex_migrations"}
_OF_TOOLS |= {"knex_migrations_lock", "databasechangelog", "databasechangeloglock", "_prisma_migrations"}
_OF_TOOLS |= {"_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock", "ar_internal_metadata"}
_OF_TOOLS |= {"ragtime_migrations"}  # it has no key


@dataclass(frozen=True)
class Match:
    """What to read to have a table's rows recounted: the parts before and after, the key, and columns that differ.

    Without a key: those that hold the same, to be read row by row.
    """

    before: tuple[Table, ...]
    after: tuple[Table, ...]
    key: tuple[tuple[str, str], ...]  # names before and now
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Fate:
    """What became of one table, of a sequence that lost something, or of the large objects."""

    name: str  # as it was before; of a new table as it is now
    now: str  # empty: gone
    rows: int | None
    changes: tuple[Change, ...] = ()
    match: Match | None = field(default=None, repr=False)  # if a recount would tell more

    @property
    def state(self) -> str:
        """`unchanged`, `changed` or `lost`."""
        return "lost" if any(change.lost for change in self.changes) else "changed" if self.changes else "unchanged"

    def __str__(self) -> str:
        rows = "" if self.rows is None else f" ({self.rows} rows)"
        return f"{self.name}{rows}: {'; '.join(change.text for change in self.changes) or 'unchanged'}."

    def json(self) -> dict[str, Any]:
        """Return it as JSON has it: names and counts, without sums."""
        changes = [
            {"kind": c.kind, "lost": c.lost, "columns": list(c.columns), "rows": c.rows, "text": c.text}
            for c in self.changes
        ]
        return {"name": self.name, "now": self.now, "rows": self.rows, "state": self.state, "changes": changes}


@dataclass(frozen=True)
class Expected:
    """What may be lost."""

    text: str  # as it was written
    pattern: str
    kinds: tuple[str, ...]

    def covers(self, fate: Fate, change: Change) -> bool:
        """Return whether this loss is expected."""
        tables = [name for name in (fate.name, fate.now) if name]
        names = [*tables, *(f"{table}.{column}" for table in tables for column in change.columns)]
        return change.kind in self.kinds and any(fnmatchcase(name, self.pattern) for name in names)


@dataclass(frozen=True)
class Verdict:
    """The fates, in which an expected loss is none, and the expectations that nothing has met."""

    fates: tuple[Fate, ...]
    unmet: tuple[str, ...]

    @property
    def lost(self) -> list[Fate]:
        """What fails the rehearsal."""
        return [fate for fate in self.fates if fate.state == "lost"]


def parse_expected(lines: Iterable[str]) -> list[Expected]:
    """Return what `rehearse.expected` lists; UsageError for what it can't mean.

    >>> parse_expected(["public.tenant.code: dropped|rewritten"])[0].kinds
    ('dropped', 'rewritten')
    """
    return [_expected(line) for line in lines]


def _expected(line: str) -> Expected:
    pattern, _, kinds = line.partition(":")
    chosen = tuple(kind.strip() for kind in kinds.split("|")) if kinds.strip() else KINDS
    if not pattern.strip() or not set(chosen) <= set(KINDS):
        raise UsageError(
            f"rehearse.expected: {line!r} is none of `schema.table`, `schema.table.column`, `{LARGE_OBJECTS}`, "
            f"alone or with what is expected after a colon: {'|'.join(KINDS)}."
        )
    return Expected(line, pattern.strip(), chosen)


def unexpected(fates: Iterable[Fate], expected: Sequence[Expected]) -> Verdict:
    """Return what is still lost when what was expected is not, and what was expected in vain."""
    met: set[Expected] = set()
    judged = []
    for fate in fates:
        changes = []
        for change in fate.changes:
            by = {one for one in expected if change.lost and one.covers(fate, change)}
            changes.append(replace(change, lost=change.lost and not by))
            met |= by
        judged.append(replace(fate, changes=tuple(changes)))
    return Verdict(tuple(judged), tuple(one.text for one in expected if one not in met))


def compare(
    before: Contents,
    after: Contents,
    renamed: Mapping[str, str] | None = None,
    recounts: Mapping[int, Recount] | None = None,
) -> list[Fate]:
    """Return what became of every table, of sequences that lost something, and of large objects that changed.

    `renamed`: tables that were rebuilt under another name, old to new, with or without the schema; UsageError if one
    is not there. `recounts`: by the OID of the first part before; None: rows were not counted yet.
    """
    if before.seed != after.seed:
        raise ValueError("the second measurement must be made like the first")
    pairs = matching.tables(before.tables, after.tables, renamed or {})
    fates = sorted((_fate(*pair, recounts) for pair in pairs), key=lambda fate: fate.name)
    return [*fates, *_sequences(before, after, fates), *_large_objects(before, after)]


def _fate(old: Unit, new: Unit, recounts: Mapping[int, Recount] | None = None) -> Fate:
    b, a = matching.whole(old, new), matching.whole(new, old)
    if a is None or b is None:
        return _on_one_side(b, a)
    pairs = matching.columns(b, a)
    key = matching.key(b, a, pairs)
    recount = (recounts or {}).get(old[0].oid)
    if recount and recount.removed == b.rows:  # no key is what it was: the rows may be, under other keys
        recount = None
    told = list(changes.of_table(b, a, pairs, key, recount))
    if b.name in _OF_TOOLS:
        told = [replace(change, lost=False) if change.kind in ("rows", "rewritten") else change for change in told]
    fate = Fate(b.title, a.title, b.rows, tuple(told))
    if recounts is None and key and b.unique and any(change.lost and change.kind in _RECOUNTED for change in told):
        differ = [(x, y) for x, y in pairs if (x, y) not in key and (x.checksum, x.tied) != (y.checksum, y.tied)]
        return replace(fate, match=Match(old, new, _names(key), _names(differ)))
    if changes.UNTIED in told:
        return replace(fate, match=Match(old, new, (), _names([(x, y) for x, y in pairs if x.checksum == y.checksum])))
    return fate


def _names(pairs: Columns) -> tuple[tuple[str, str], ...]:
    return tuple((x.name, y.name) for x, y in pairs)


def _on_one_side(old: Table | None, new: Table | None) -> Fate:
    if old:
        change = Change("dropped", f"dropped{' with its rows' if old.rows else ', it was empty'}", old.rows > 0)
        return Fate(old.title, "", old.rows, (change,))
    assert new  # noqa: S101 - one of them is there
    return Fate(new.title, new.title, None, (Change("added", f"new, with {number(new.rows, 'row')}"),))


def _sequences(before: Contents, after: Contents, fates: Iterable[Fate]) -> Iterator[Fate]:
    """Tell of sequences that fell behind, or are gone and belonged to no column (whose fate tells more)."""
    now = {fate.name: fate.now for fate in fates}
    for fate in fates:
        named = [change.columns for change in fate.changes if change.kind == "renamed" and change.columns]
        now |= {f"{fate.name}.{old}": f"{fate.now}.{new}" for old, new in named}
    every = after.sequences
    by_oid, by_title, by_owner = ({getattr(one, of): one for one in every} for of in ("oid", "title", "owner"))
    for old in before.sequences:
        table, _, column = old.owner.rpartition(".")
        owner = now.get(old.owner) or f"{now.get(table, table)}.{column}"
        new = by_oid.get(old.oid) or by_title.get(old.title) or by_owner.get(owner)
        if new and (new.next - old.next) * old.increment < 0:
            text = f"gives {new.next} next, and would have given {old.next}"
            yield Fate(old.title, new.title, None, (Change("behind", text, True),))
        elif not new and not old.owner:
            yield Fate(old.title, "", None, (Change("dropped", "dropped", True),))


def _large_objects(before: Contents, after: Contents) -> Iterator[Fate]:
    fewer = before.large_objects - after.large_objects
    if fewer > 0:
        change = Change("dropped", f"{number(fewer, 'object')} fewer", True, rows=fewer)
    elif fewer and not before.large_objects:
        change = Change("added", f"{number(-fewer, 'object')} added")
    elif fewer:
        text = f"{number(-fewer, 'object')} more, and {UNTOLD} of the older ones"
        change = Change("rewritten", text, True)
    elif before.large_objects_sum != after.large_objects_sum:
        change = Change("rewritten", "other contents than before", True)
    else:
        return
    yield Fate(LARGE_OBJECTS, LARGE_OBJECTS, before.large_objects, (change,))
