"""Which tables and columns of two measurements are the same ones. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from clonekit.errors import UsageError
from clonekit.rehearsal import tallies
from clonekit.rehearsal.tallies import Column, Table

Unit = tuple[Table, ...]  # a table, or the parts of one that are compared together; none: it is not there
Pair = tuple[Unit, Unit]
Columns = list[tuple[Column, Column]]
_Named = Callable[[Table], str | int | None]


def tables(before: Sequence[Table], after: Sequence[Table], renamed: Mapping[str, str]) -> list[Pair]:
    """Pair tables by OID, also those that were attached or detached whole; what is left by the table it is part of."""
    now = {table.oid: table for table in after}
    pairs: list[Pair] = []
    for old in before:
        new = now.get(old.oid)
        if new and not any(_is_called(old, name) for name in renamed):
            plain = not old.is_part and not new.is_part
            pairs += [((old,), (new,))] if plain or (old.root != new.root and _kept(old, new)) else []
    done = {table.oid for pair in pairs for unit in pair for table in unit}
    olds, news = (_units(table for table in side if table.oid not in done) for side in (before, after))
    named = {_only(olds, old): _only(news, new) for old, new in renamed.items()}
    pairs += _taken(olds, news, lambda old: named.get(old.tree), lambda new: new.tree)
    pairs += _taken(olds, news, lambda old: old.root, lambda new: new.root)
    pairs += _taken(olds, news, lambda old: old.tree, lambda new: new.tree)
    return [*pairs, *((old, ()) for old in olds), *(((), new) for new in news)]


def _kept(old: Table, new: Table) -> bool:
    """Return whether it has all that it had; columns that it also has now do not count."""
    held = [{column.number: (column.checksum, column.tied) for column in table.columns} for table in (old, new)]
    return old.rows == new.rows and held[0].items() <= held[1].items()


def _units(tables: Iterable[Table]) -> list[Unit]:
    units: dict[int, Unit] = {}
    for table in tables:
        units[table.root] = (*units.get(table.root, ()), table)
    return list(units.values())


def _taken(olds: list[Unit], news: list[Unit], of_old: _Named, of_new: _Named) -> list[Pair]:
    """Take from both lists, and return, the pairs of which the same can be said."""
    there = {of_new(new[0]): new for new in news}
    pairs = [(old, there[of_old(old[0])]) for old in olds if of_old(old[0]) in there]
    olds[:] = [old for old in olds if not any(old is one for one, _ in pairs)]
    news[:] = [new for new in news if not any(new is one for _, one in pairs)]
    return pairs


def _only(units: Iterable[Unit], name: str) -> str:
    found = [unit[0].tree for unit in units if _is_called(unit[0], name)]
    if len(found) > 1:
        raise UsageError(f"--renamed: {name!r} names {' and '.join(found)}; write it with its schema.")
    if not found:
        raise UsageError(f"--renamed: {name!r} names 0 of the tables that are not still what they were.")
    return found[0]


def _is_called(table: Table, name: str) -> bool:
    return name in (table.tree, table.tree.partition(".")[2])


def whole(unit: Unit, other: Unit) -> Table | None:
    """Return the parts of a table as one, but for one that was attached or detached as it is."""
    if {table.oid for table in unit} == {table.oid for table in other} and unit[0].root != other[0].root:
        return unit[0]
    return tallies.added_up(unit) if unit and unit[0].is_part else next(iter(unit), None)


def columns(old: Table, new: Table) -> Columns:
    """Pair columns: by number in the same table, else by name, else by what they hold.

    In the same table one value in every row proves nothing: a new column has its default, a renamed one its number.
    """
    same = old.oid == new.oid != 0

    def held(column: Column) -> object:
        may_be_default = same and column.constant and column.values == old.rows
        return column.checksum if column.values and not may_be_default else (column.name,)

    pairs: Columns = []
    ways: list[Callable[[Column], object]] = [lambda column: column.number] if same else []
    ways += [lambda column: column.name, held]
    olds, news = list(old.columns), list(new.columns)
    for way in ways:
        there = {way(column): column for column in reversed(news)}
        for column in list(olds):
            if found := there.pop(way(column), None):
                pairs.append((column, found))
                olds.remove(column)
                news.remove(found)
    return pairs


def key(old: Table, new: Table, pairs: Columns) -> Columns:
    """Return the key's columns before and now, if it is the same key; else nothing."""
    of_old = {x.number: (x, y) for x, y in pairs}
    both = [of_old[number] for number in old.key if number in of_old]
    same = [y.number for _, y in both] == list(new.key) and len(both) == len(old.key)
    return both if same else []
