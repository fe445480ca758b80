"""Count what became of a table's rows one by one, where the state before can still be read beside the one after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clonekit.output import Progress
from clonekit.postgres import databases
from clonekit.postgres.server import Server
from clonekit.rehearsal import changes, survival
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

    Where there is no such key, rows are compared as wholes, to know whether values stand in the same ones.

    `earlier`: a database on the same server that is as `dbname` was at the first measurement.
    """
    fates = survival.compare(before, after, renamed)
    found = {
        fate.match.before[0].oid: recount(server, earlier, dbname, fate, before.seed) for fate in fates if fate.match
    }
    fates = survival.compare(before, after, renamed, {oid: one for oid, one in found.items() if one})
    return [_tied(server, earlier, dbname, fate, before.seed) for fate in fates]


def _tied(server: Server, earlier: str, dbname: str, fate: Fate, seed: int) -> Fate:
    """Return the fate with an answer to whether values stand in the same rows."""
    match = fate.match
    if match is None:
        return fate
    names_before, names_now = zip(*match.columns, strict=True) if match.columns else ((), ())
    with Progress(f"Comparing the rows of {fate.name}"):
        before = _rows(server, earlier, _hashes(match.before, names_before, seed), len(names_before))
        now = _rows(server, dbname, _hashes(match.after, names_now, seed), len(names_now))
    answer = [] if before == now else [changes.MOVED]
    return replace(fate, changes=(*(one for one in fate.changes if one != changes.UNTIED), *answer))


def _rows(server: Server, dbname: str, query: "Composed", number: int) -> Any:
    """Return the sum over all rows of a hash of the row; an array's alone adds up to that of its columns' sums."""
    from psycopg.sql import SQL

    row = SQL("hashint8extended(hash_array_extended(ARRAY[{}]::bigint[], 0), 0)").format(
        listed(map(_nth, range(number)))
    )
    with databases.connect(server, dbname) as connection, connection.transaction():
        prepare(connection)
        return connection.execute(SQL("SELECT sum({}) FROM ({}) AS hashed").format(row, query)).fetchall()


def recount(server: Server, earlier: str, dbname: str, fate: Fate, seed: int) -> Recount | None:
    """Return what became of each row of a table, or None if it has no key that could tell.

    The hashes of the key and of the columns that differ are copied from `earlier` into a temporary table of `dbname`,
    which is gone afterwards. It takes about 30 bytes a row, and 8 for each column. `seed`: the measurements'.
    """
    match = fate.match
    if match is None or not match.key or len(match.columns) > _MOST_COLUMNS:
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
