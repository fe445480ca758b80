"""Count what became of a table's rows one by one, where the state before can still be read beside the one after."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from clonekit.output import Progress
from clonekit.postgres import databases
from clonekit.postgres.server import Server
from clonekit.rehearsal import survival
from clonekit.rehearsal.contents import hashed, listed, prepare, settle
from clonekit.rehearsal.survival import Fate
from clonekit.rehearsal.tallies import Contents, Recount, Table

if TYPE_CHECKING:
    from psycopg.sql import Composed, Identifier

    from clonekit.postgres.databases import Connected

_MOST_COLUMNS = 400  # three counts each: PostgreSQL has room for 1664 results
# Of a value before (b) and now (n), in a row that is on both sides.
_COUNTS = ("b.{0} IS NOT NULL AND n.{0} IS NULL", "b.{0} IS NULL AND n.{0} IS NOT NULL", "b.{0} <> n.{0}")


def compare(
    server: Server,
    earlier: str,
    dbname: str,
    before: Contents,
    after: Contents,
    renamed: Mapping[str, str] | None = None,
) -> list[Fate]:
    """Return what `survival.compare` does, with rows counted wherever sums show a loss and keys tell more.

    `earlier`: a database on the same server that is as `dbname` was at the first measurement.
    """
    fates = survival.compare(before, after, renamed)
    found = {fate.name: recount(server, earlier, dbname, fate, before.seed) for fate in fates if fate.match}
    return survival.compare(before, after, renamed, {name: one for name, one in found.items() if one})


def recount(server: Server, earlier: str, dbname: str, fate: Fate, seed: int) -> Recount | None:
    """Return what became of each row of a table, or None if its key can't tell.

    The hashes of the key and of the columns that differ are copied from `earlier` into a temporary table of `dbname`,
    which is gone afterwards. It takes about 30 bytes a row, and 8 for each column. `seed`: the measurements'.
    """
    match = fate.match
    if match is None or len(match.columns) > _MOST_COLUMNS:
        return None
    columns, keys = [*match.key, *match.columns], len(match.key)
    with (
        Progress(f"Recounting {fate.name}"),
        databases.connect(server, dbname) as now,
        now.transaction(force_rollback=True),
    ):
        settle(now)
        with databases.connect(server, earlier) as before, before.transaction():
            prepare(before)
            _copy(before, now, _hashes(match.before, [name for name, _ in columns], seed), len(columns))
        query = _joined(_hashes(match.after, [name for _, name in columns], seed), keys, len(columns))
        removed, added, *found = now.execute(query).fetchall()[0]
    fewer = sum(table.rows for table in match.before) - sum(table.rows for table in match.after)
    if removed - added != fewer:  # some keys are there more than once now
        return None
    counts = zip(found[::3], found[1::3], found[2::3], strict=True)
    return Recount(removed, added, {name: of for (_, name), of in zip(match.columns, counts, strict=True)})


def _hashes(parts: Iterable[Table], names: Sequence[str], seed: int) -> "Composed":
    """Return the query for the hashes of these columns of every row, called h0, h1, ..."""
    from psycopg.sql import SQL, Identifier

    selects = []
    for table in parts:
        known = {column.name: column for column in table.columns}
        columns = [SQL("{} AS {}").format(hashed(known[name], seed), _nth(n)) for n, name in enumerate(names)]
        selects.append(SQL("SELECT {} FROM ONLY {}").format(listed(columns), Identifier(table.schema, table.name)))
    return SQL(" UNION ALL ").join(selects)


def _copy(before: "Connected", now: "Connected", query: "Composed", number: int) -> None:
    from psycopg.sql import SQL

    columns = listed(SQL("{} bigint").format(_nth(n)) for n in range(number))
    now.execute(SQL("CREATE TEMPORARY TABLE earlier ({}) ON COMMIT DROP").format(columns))
    reading = SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(query)
    with before.cursor().copy(reading) as out, now.cursor().copy("COPY earlier FROM STDIN (FORMAT binary)") as into:
        for block in out:
            into.write(block)
    now.execute("ANALYZE earlier")


def _joined(query: "Composed", keys: int, number: int) -> "Composed":
    """Return the query for the rows removed and added, and for each column nulled, filled and rewritten."""
    from psycopg.sql import SQL

    filtered = SQL("count(*) FILTER (WHERE {})")
    counts = [filtered.format(SQL(side)) for side in ("n.h0 IS NULL", "b.h0 IS NULL")]
    for n in range(keys, number):
        counts += [filtered.format(SQL(f"b.h0 = n.h0 AND {count}").format(_nth(n))) for count in _COUNTS]
    key = listed(map(_nth, range(keys)))
    return SQL("SELECT {} FROM earlier AS b FULL JOIN ({}) AS n USING ({})").format(listed(counts), query, key)


def _nth(number: int) -> "Identifier":
    from psycopg.sql import Identifier

    return Identifier(f"h{number}")
