"""What happened to a table and its columns, from the counts and sums of before and after. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from clonekit.rehearsal.matching import Columns
from clonekit.rehearsal.tallies import Column, Recount, Table

UNTOLD = "sums do not tell what became"


@dataclass(frozen=True)
class Change:
    """One thing that happened to a table or a column."""

    kind: str
    text: str
    lost: bool = False
    columns: tuple[str, ...] = ()  # its name before and now; none: the whole table
    rows: int | None = None  # how many rows, if that is known


MOVED = Change("rewritten", "values stand in other rows", True)
UNTIED = Change("untied", "its key is another one, so whether values stand in the same rows is not known")


def of_table(old: Table, new: Table, pairs: Columns, key: Columns, recount: Recount | None) -> Iterator[Change]:
    """Tell all that happened: to the table, its rows, the columns that are on both sides (`pairs`), and the others.

    `key` are the key's columns, if it is the same key before and now.
    """
    yield from _of_names(old, new)
    yield from _of_rows(old.rows, new.rows, recount)
    yield from _of_columns(old, new, pairs, key, recount)


def _of_names(old: Table, new: Table) -> Iterator[Change]:
    if old.title != new.title:
        yield Change("renamed", f"is {new.title} now")
    if old.oid != new.oid and old.root != new.root:
        yield Change("rebuilt", "built anew")


def _of_rows(before: int, now: int, recount: Recount | None) -> Iterator[Change]:
    removed, added = (recount.removed, recount.added) if recount else (max(0, before - now), max(0, now - before))
    if removed:
        said = "gone" if recount else f"fewer, and {UNTOLD} of the others" if now else "gone"
        yield Change("rows", f"{number(removed, 'row')} {said}", True, rows=removed)
    if added and (recount or not before):
        yield Change("added", f"{number(added, 'row')} added", rows=added)
    elif added:
        yield Change("rows", f"{number(added, 'row')} more, and {UNTOLD} of the older ones", True)


def _of_columns(old: Table, new: Table, pairs: Columns, key: Columns, recount: Recount | None) -> Iterator[Change]:
    """Tell what became of columns; sums tell of places only if every row's key is what it was."""
    tied = old.rows == new.rows and bool(key) and all(x.checksum == y.checksum for x, y in key)
    for x, y in pairs:
        yield from _of_definition(x, y)
        found = _counted(x, y, recount) if recount else _summed(x, y, new.rows - old.rows, tied=tied and old.unique)
        yield from (replace(one, lost=one.lost and not x.generated) for one in found)
    yield from _one_sided(old, new, pairs)
    if tied and not old.unique and any(x.tied != y.tied for x, y in pairs):
        yield MOVED
    if old.rows == new.rows > 1 and pairs and not tied and not recount:
        yield UNTIED


def _of_definition(old: Column, new: Column) -> Iterator[Change]:
    if old.name != new.name:
        yield Change("renamed", f"column {old.name} is {new.name} now", False, (old.name, new.name))
    if old.type != new.type:
        yield Change("retyped", f"column {new.name} was {old.type} and is {new.type}", False, (old.name, new.name))


def _counted(old: Column, new: Column, recount: Recount) -> Iterator[Change]:
    """Tell what a recount has found in a column."""
    counts = recount.columns.get(new.name, (0, 0, 0))
    said = (("nulls", "null now"), ("filled", "nulls filled"), ("rewritten", "rewritten"))
    for (kind, what), rows in zip(said, counts, strict=True):
        if rows:
            text = f"column {new.name}: {what} in {number(rows, 'row')}"
            yield Change(kind, text, kind != "filled", (old.name, new.name), rows)


def _summed(old: Column, new: Column, more: int, *, tied: bool) -> Iterator[Change]:
    """Tell what sums say of a column of a table that has so many `more` rows; `tied`: whether they tell of places."""
    nulled, filled = old.values - new.values - max(0, -more), new.values - old.values
    if nulled > 0:
        kind, said, rows = "nulls", f"null now in at least {number(nulled, 'row')}", nulled
    elif more == 0 and filled > 0:
        kind, said, rows = "rewritten", f"{number(filled, 'null')} filled, and {UNTOLD} of the other values", None
    elif more == 0 and old.sum != new.sum:
        kind, said, rows = "rewritten", "rewritten in at least 1 row", None
    elif tied and old.tied != new.tied:
        kind, said, rows = "rewritten", "values stand in other rows", None
    else:
        return
    yield Change(kind, f"column {new.name}: {said}", True, (old.name, new.name), rows)


def _one_sided(old: Table, new: Table, pairs: Columns) -> Iterator[Change]:
    kept, known = {x.number for x, _ in pairs}, {y.number for _, y in pairs}
    for column in old.columns:
        if column.number not in kept:
            said = f"column {column.name} dropped{'' if column.values else ', it held nothing'}"
            yield Change("dropped", said, column.values > 0 and not column.generated, (column.name,), column.values)
    for column in new.columns:
        if column.number not in known:
            yield Change("added", f"column {column.name} added", False, (column.name,))


def number(count: int, noun: str) -> str:
    """Return `1 row`, `2 rows`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
