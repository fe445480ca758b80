"""What a migration did, in the words of those who run production. Pure."""

from clonekit import names
from clonekit.rehearsal.observations import LARGE_BYTES, Failure, Index, Table

_THOUSAND, _TEN = 1000, 10


def say(table: Table) -> str:
    """Return what happened to a table as a sentence: `tenant` (1.2 M rows): blocks reads and writes for 38 s; ..."""
    was = f" (was `{table.was}`)" if table.was else ""
    sizes = f"{'+' if table.growth >= 0 else '-'}{names.size(abs(table.growth))}"
    weaker = table.writes_blocked - table.reads_blocked
    said = [
        f"{table.blocks} for {seconds(table.held)}" if table.lock else "",
        f"blocks writes for {seconds(table.writes_blocked)} in all" if table.reads_blocked and weaker >= 0.1 else "",  # noqa: PLR2004
        f"rewritten, {sizes}" if table.rewritten else sizes if table.growth >= LARGE_BYTES else "",
        "emptied" if table.emptied else "",
        "dropped" if table.dropped else "",
        f"read whole {table.scans} times" if table.scans > 1 else "read whole once" if table.scans else "",
    ]
    return f"`{table.name}`{was} ({'a view' if table.is_view else rows(table.rows)}): {'; '.join(filter(None, said))}"


def say_index(index: Index) -> str:
    """Return what happened to an index as a sentence."""
    built = "rebuilt" if index.rebuilt else "built"
    return f"`{index.name}` on `{index.table}` ({rows(index.rows)}): {built}, {names.size(index.bytes)}"


def say_failure(failure: Failure) -> str:
    """Return why it failed, and for how many rows, as a sentence."""
    like_it = ""
    if failure.keys is not None:
        like_it = f"; {failure.keys:,} keys are there more than once, in {rows(failure.like_it)}"
    elif failure.like_it is not None:
        like_it = f"; {rows(failure.like_it)} like it"
    return f"{failure.message} (SQLSTATE {failure.sqlstate}){like_it}: {failure.statement}"


def rows(number: int | None) -> str:
    """Return a number of rows as a person says it.

    >>> rows(1), rows(9999), rows(1_234_567), rows(None)
    ('1 row', '9,999 rows', '1.2 M rows', 'rows not counted')
    """
    if number is None:
        return "rows not counted"
    if number < _TEN * _THOUSAND:
        return f"{number:,} row{'s' * (number != 1)}"
    thousands = number / _THOUSAND
    return f"{thousands:.0f} k rows" if thousands < _THOUSAND else f"{thousands / _THOUSAND:.1f} M rows"


def seconds(number: float) -> str:
    """Return a time as a person says it.

    >>> seconds(0.0123), seconds(1.26), seconds(38.4)
    ('12 ms', '1.3 s', '38 s')
    """
    if number < 1:
        return f"{number * _THOUSAND:.0f} ms"
    return f"{number:.1f} s" if number < _TEN else names.duration(number)
