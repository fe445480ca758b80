"""What became of the data: two measurements of a database compared, and what was expected to go. Pure.

A renamed table, column or schema is the same one, as is a table that was rebuilt under the same name or under one that
`--renamed` names, and rows that moved between partitions of a table. Lost is what fails a rehearsal unless it is
expected, of one of these kinds:

    dropped     a table with rows, or a column with values, whose values no new column has
    rows        rows are fewer; or there are more, and what became of the older ones is not to be told from sums
    nulls       values are null now
    rewritten   values are other ones, or in other rows than before; or nulls have values now, and what became of the
                older values is not to be told from sums
    behind      a sequence gives numbers that it has given before

Not lost: what held nothing; a type that gives the same text (`varchar` to `text`, `int` to `bigint`, `numeric(8, 2)` to
`numeric`); rows in a migration tool's own tables. `tallies.Recount` tells what sums do not.

`rehearse.expected` is a list of texts, `<pattern>: <kind>|<kind>` or `<pattern>` for every kind. The pattern is
`schema.table` (with all its columns), `schema.table.column`, `schema.sequence` or `large objects`, by the name before
or after; `*` stands for any text.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from clonekit import tallies
from clonekit.errors import UsageError
from clonekit.tallies import Column, Contents, Recount, Table

KINDS = ("dropped", "rows", "nulls", "rewritten", "behind")
LARGE_OBJECTS = "large objects"
# In which tools record what they have done; a migration changes them, whatever else it does.
_OF_TOOLS = {"alembic_version", "django_migrations", "flyway_schema_history", "schema_migrations", "knex_migrations"}
_OF_TOOLS |= {"knex_migrations_lock", "databasechangelog", "databasechangeloglock", "_prisma_migrations"}
_OF_TOOLS |= {"_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock", "ar_internal_metadata", "sqitch"}


@dataclass(frozen=True)
class Change:
    """One thing that happened to a table or a column."""

    kind: str
    text: str
    lost: bool = False
    columns: tuple[str, ...] = ()  # its name before and now; none: the whole table
    rows: int | None = None  # how many rows, if that is known


@dataclass(frozen=True)
class Match:
    """What to read to have a table's rows recounted: the parts before and after, the key, and columns that differ."""

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
    """What was lost and not expected (only that is in these fates), and the expectations that nothing has met."""

    lost: tuple[Fate, ...]
    unmet: tuple[str, ...]


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
    """Return what was lost though nobody expected it, and what was expected and is not lost."""
    lost, met = [], set()
    for fate in fates:
        losses = [change for change in fate.changes if change.lost]
        met |= {one for one in expected for change in losses if one.covers(fate, change)}
        rest = tuple(change for change in losses if not any(one.covers(fate, change) for one in expected))
        if rest:
            lost.append(Fate(fate.name, fate.now, fate.rows, rest, fate.match))
    return Verdict(tuple(lost), tuple(one.text for one in expected if one not in met))


def compare(
    before: Contents,
    after: Contents,
    renamed: Mapping[str, str] | None = None,
    recounts: Mapping[str, Recount] | None = None,
) -> list[Fate]:
    """Return what became of every table, of sequences that lost something, and of large objects that changed.

    `renamed`: tables that were rebuilt under another name, old to new, with or without the schema; UsageError if one
    is not there. `recounts`: by the fate's name.
    """
    if before.seed != after.seed:
        raise ValueError("the second measurement must be made like the first")
    pairs = _pairs(before.tables, after.tables, renamed or {})
    fates = sorted((_fate(*pair, recounts) for pair in pairs), key=lambda fate: fate.name)
    return [*fates, *_sequences(before, after, fates), *_large_objects(before, after)]


# Which tables are the same --------------------------------------------------------------------------------------------

_Named = Callable[[Table], str | int | None]
_Said = Callable[[Column], Any]
_Unit = tuple[Table, ...]  # a table, or those partitions of one that are compared together; none: it is not there
_Pair = tuple[_Unit, _Unit]


def _pairs(before: Sequence[Table], after: Sequence[Table], renamed: Mapping[str, str]) -> list[_Pair]:
    """Pair tables by OID, also those that were attached or detached whole; what is left by the table it is part of."""
    now = {table.oid: table for table in after}
    pairs: list[_Pair] = []
    for old in before:
        new = now.get(old.oid)
        if new and not any(_is_called(old, name) for name in renamed):
            plain = not old.is_part and not new.is_part
            whole = old.root != new.root and _fate((old,), (new,)).state != "lost"
            pairs += [((old,), (new,))] if plain or whole else []
    done = {table.oid for pair in pairs for unit in pair for table in unit}
    olds, news = (_units(table for table in tables if table.oid not in done) for tables in (before, after))
    named = {_only(olds, old): _only(news, new) for old, new in renamed.items()}
    pairs += _taken(olds, news, lambda old: named.get(old.tree), lambda new: new.tree)
    pairs += _taken(olds, news, lambda old: old.root, lambda new: new.root)
    pairs += _taken(olds, news, lambda old: old.tree, lambda new: new.tree)
    return [*pairs, *((old, ()) for old in olds), *(((), new) for new in news)]


def _units(tables: Iterable[Table]) -> list[_Unit]:
    units: dict[int, _Unit] = {}
    for table in tables:
        units[table.root] = (*units.get(table.root, ()), table)
    return list(units.values())


def _taken(olds: list[_Unit], news: list[_Unit], of_old: _Named, of_new: _Named) -> list[_Pair]:
    """Take from both lists, and return, the pairs of which the same can be said."""
    there = {of_new(new[0]): new for new in news}
    pairs = [(old, there[of_old(old[0])]) for old in olds if of_old(old[0]) in there]
    olds[:] = [old for old in olds if not any(old is one for one, _ in pairs)]
    news[:] = [new for new in news if not any(new is one for _, one in pairs)]
    return pairs


def _only(units: Iterable[_Unit], name: str) -> str:
    found = [unit[0].tree for unit in units if _is_called(unit[0], name)]
    if len(found) != 1:
        raise UsageError(f"--renamed: {name!r} names {len(found)} of the tables that are not still what they were.")
    return found[0]


def _is_called(table: Table, name: str) -> bool:
    return name in (table.tree, table.tree.partition(".")[2])


# What became of one table ---------------------------------------------------------------------------------------------


def _fate(old: _Unit, new: _Unit, recounts: Mapping[str, Recount] | None = None) -> Fate:
    b, a = _whole(old, new), _whole(new, old)
    if a is None or b is None:
        return _on_one_side(b, a)
    pairs = _columns(b, a)
    key = _key(b, a, pairs)
    recount = (recounts or {}).get(b.title)
    if recount and recount.removed == b.rows:  # no key is what it was: the rows may be, under other keys
        recount = None
    comparable = a.rows == b.rows and bool(key) and all(x.checksum == y.checksum for x, y in key)
    told = [*_of_names(b, a), *_of_rows(b.rows, a.rows, recount)]
    for pair in pairs:
        told += _of_definition(*pair)
        told += _counted(*pair, recount) if recount else _summed(*pair, a.rows - b.rows, tied=comparable and b.unique)
    told += _one_sided(b, a, pairs)
    if comparable and not b.unique and any(x.tied != y.tied for x, y in pairs):
        told.append(Change("rewritten", "values stand in other rows", True))
    if a.rows == b.rows > 1 and not comparable and not recount:
        told.append(Change("untied", "its key is another one, so whether values stand in the same rows is not known"))
    if b.name in _OF_TOOLS:
        told = [replace(change, lost=False) if change.kind in ("rows", "rewritten") else change for change in told]
    differ = tuple(
        (x.name, y.name) for x, y in pairs if (x.checksum, x.tied) != (y.checksum, y.tied) and (x, y) not in key
    )
    names = tuple((x.name, y.name) for x, y in key)
    match = Match(old, new, names, differ) if b.unique and a.unique and key else None
    return Fate(b.title, a.title, b.rows, tuple(told), match)


def _whole(unit: _Unit, other: _Unit) -> Table | None:
    """Return the parts of a table as one, but for one that was attached or detached as it is."""
    if {table.oid for table in unit} == {table.oid for table in other} and unit[0].root != other[0].root:
        return unit[0]
    return tallies.added_up(unit) if unit and unit[0].is_part else next(iter(unit), None)


def _on_one_side(old: Table | None, new: Table | None) -> Fate:
    if old:
        change = Change("dropped", f"dropped{' with its rows' if old.rows else ', it was empty'}", old.rows > 0)
        return Fate(old.title, "", old.rows, (change,))
    assert new  # noqa: S101 - one of them is there
    return Fate(new.title, new.title, None, (Change("added", f"new, with {_number(new.rows, 'row')}"),))


def _columns(old: Table, new: Table) -> list[tuple[Column, Column]]:
    """Pair columns: by number in the same table, else by name, else by what they hold."""
    pairs: list[tuple[Column, Column]] = []
    ways: list[_Said] = [lambda column: column.number] if old.oid == new.oid != 0 else []
    ways += [lambda column: column.name, lambda column: column.checksum if column.values else (column.name,)]
    olds, news = list(old.columns), list(new.columns)
    for way in ways:
        there = {way(column): column for column in reversed(news)}
        for column in list(olds):
            if found := there.pop(way(column), None):
                pairs.append((column, found))
                olds.remove(column)
                news.remove(found)
    return pairs


def _key(old: Table, new: Table, pairs: Iterable[tuple[Column, Column]]) -> list[tuple[Column, Column]]:
    """Return the key's columns before and now, if it is the same key; else nothing."""
    of_old = {x.number: (x, y) for x, y in pairs}
    key = [of_old[number] for number in old.key if number in of_old]
    return key if [y.number for _, y in key] == list(new.key) and len(key) == len(old.key) else []


def _of_names(old: Table, new: Table) -> Iterator[Change]:
    if old.title != new.title:
        yield Change("renamed", f"is {new.title} now")
    if old.oid != new.oid and old.root != new.root:
        yield Change("rebuilt", "built anew")


def _of_rows(before: int, now: int, recount: Recount | None) -> Iterator[Change]:
    removed, added = (recount.removed, recount.added) if recount else (max(0, before - now), max(0, now - before))
    if removed:
        yield Change("rows", f"{_number(removed, 'row')} {'gone' if recount else 'fewer'}", True, rows=removed)
    if added and (recount or not before):
        yield Change("added", f"{_number(added, 'row')} added", rows=added)
    elif added:
        yield Change("rows", f"{_number(added, 'row')} more, and sums do not tell what became of the older ones", True)


def _of_definition(old: Column, new: Column) -> Iterator[Change]:
    if old.name != new.name:
        yield Change("renamed", f"column {old.name} is {new.name} now", False, (old.name, new.name))
    if old.type != new.type:
        yield Change("retyped", f"column {new.name} was {old.type} and is {new.type}", False, (old.name, new.name))


def _counted(old: Column, new: Column, recount: Recount) -> Iterator[Change]:
    """Tell what a recount has found in a column."""
    nulled, filled, rewritten = recount.columns.get(new.name, (0, 0, 0))
    names = (old.name, new.name)
    if nulled:
        yield Change("nulls", f"column {new.name}: null now in {_number(nulled, 'row')}", True, names, nulled)
    if rewritten:
        yield Change(
            "rewritten", f"column {new.name}: rewritten in {_number(rewritten, 'row')}", True, names, rewritten
        )
    if filled:
        yield Change("filled", f"column {new.name}: nulls filled in {_number(filled, 'row')}", False, names, filled)


def _summed(old: Column, new: Column, more: int, *, tied: bool) -> Iterator[Change]:
    """Tell what sums say of a column of a table that has so many `more` rows; `tied`: whether they tell of places."""
    names, nulled = (old.name, new.name), old.values - new.values - max(0, -more)
    if nulled > 0:
        said = f"column {new.name}: null now in at least {_number(nulled, 'row')}"
        yield Change("nulls", said, True, names, nulled)
    elif more == 0 and new.values > old.values:
        said = (
            f"column {new.name}: {_number(-nulled, 'null')} filled, and sums do not tell whether the rest is as it was"
        )
        yield Change("rewritten", said, True, names)
    elif more == 0 and old.sum != new.sum:
        yield Change("rewritten", f"column {new.name}: rewritten in at least 1 row", True, names)
    elif more == 0 and tied and old.tied != new.tied:
        yield Change("rewritten", f"column {new.name}: values stand in other rows", True, names)


def _one_sided(old: Table, new: Table, pairs: Iterable[tuple[Column, Column]]) -> Iterator[Change]:
    kept, known = {x.number for x, _ in pairs}, {y.number for _, y in pairs}
    for column in old.columns:
        if column.number not in kept:
            said = f"column {column.name} dropped{'' if column.values else ', it held nothing'}"
            yield Change("dropped", said, column.values > 0, (column.name,), column.values)
    for column in new.columns:
        if column.number not in known:
            yield Change("added", f"column {column.name} added", False, (column.name,))


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


# Sequences and large objects ------------------------------------------------------------------------------------------


def _sequences(before: Contents, after: Contents, fates: Iterable[Fate]) -> Iterator[Fate]:
    """Tell of sequences that fell behind, or are gone and belonged to no column (whose fate tells more)."""
    now = {fate.name: fate.now for fate in fates}
    for old in before.sequences:
        table, _, column = old.owner.rpartition(".")
        owner = f"{now.get(table, table)}.{column}"
        new = next((one for one in after.sequences if one.oid == old.oid), None)
        new = new or next((one for one in after.sequences if one.title == old.title), None)
        new = new or next((one for one in after.sequences if old.owner and one.owner == owner), None)
        if new and (new.next - old.next) * old.increment < 0:
            text = f"gives {new.next} next, and would have given {old.next}"
            yield Fate(old.title, new.title, None, (Change("behind", text, True),))
        elif not new and not old.owner:
            yield Fate(old.title, "", None, (Change("dropped", "dropped", True),))


def _large_objects(before: Contents, after: Contents) -> Iterator[Fate]:
    fewer = before.large_objects - after.large_objects
    if fewer > 0:
        change = Change("dropped", f"{_number(fewer, 'object')} fewer", True, rows=fewer)
    elif fewer and not before.large_objects:
        change = Change("added", f"{_number(-fewer, 'object')} added")
    elif fewer:
        text = f"{_number(-fewer, 'object')} more, and sums do not tell what became of the older ones"
        change = Change("rewritten", text, True)
    elif before.large_objects_sum != after.large_objects_sum:
        change = Change("rewritten", "other contents than before", True)
    else:
        return
    yield Fate(LARGE_OBJECTS, LARGE_OBJECTS, before.large_objects, (change,))
