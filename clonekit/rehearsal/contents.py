"""Measure what a database holds: one pass over each table, in one snapshot, by a few connections side by side.

Read is what a table's owner put there: ordinary tables, logged or not, and the leaves of partitioned ones, without
temporary and foreign tables, materialized views, and virtual generated columns, which store nothing.
"""

import secrets
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from clonekit.names import size
from clonekit.output import Progress
from clonekit.postgres import databases
from clonekit.postgres.server import Server
from clonekit.rehearsal import tallies
from clonekit.rehearsal.tallies import Column, Contents, Table

if TYPE_CHECKING:
    from psycopg.sql import Composable, Composed

    from clonekit.postgres.databases import Connected

_WORKERS = 4  # connections; the server may add workers of its own to each
_AT_ONCE = 400  # columns in one statement: PostgreSQL has room for 1664 results, and each column takes four
# Whatever the database, the role or the client say: in these, a value has one text.
_SESSION = {
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "lc_monetary": "C",
    "quote_all_identifiers": "off",
    "search_path": "pg_catalog",
    "row_security": "off",  # an error instead of a part of the rows
    "jit": "off",
    "work_mem": "64MB",  # rows are recounted by a hash join
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "transaction_timeout": "0",
}
# The text of a value is its type's, but for these: 1.50 is 1.5; a moment is the same with and without its zone; what
# names an object by its OID is not changed by a rename.
_FORMS = {"numeric": "trim_scale({})", "timestamptz": "{}::timestamp"}
_TABLES = """
    SELECT c.oid, n.nspname, c.relname, root.oid, root_schema.nspname || '.' || root.relname, pg_table_size(c.oid),
        (SELECT (indkey::int2[])[0:indnkeyatts - 1] FROM pg_index
            WHERE indrelid = c.oid AND indisunique AND indisvalid AND indimmediate AND indpred IS NULL
                AND indexprs IS NULL AND NOT EXISTS (SELECT FROM pg_attribute
                    WHERE attrelid = c.oid AND attnum = ANY (indkey) AND NOT attnotnull)
            ORDER BY indisprimary DESC, indexrelid LIMIT 1),
        (SELECT json_agg(json_build_array(attnum, attname, format_type(atttypid, atttypmod),
                CASE WHEN b.typnamespace = 'pg_catalog'::regnamespace THEN b.typname ELSE '' END,
                attgenerated <> '') ORDER BY attnum)
            FROM pg_attribute JOIN pg_type AS t ON t.oid = atttypid
                JOIN pg_type AS b ON b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
            WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated <> 'v')
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_class AS root ON root.oid = CASE WHEN c.relispartition THEN pg_partition_root(c.oid) ELSE c.oid END
        JOIN pg_namespace AS root_schema ON root_schema.oid = root.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    ORDER BY pg_table_size(c.oid) DESC
"""
_SEQUENCES = """
    SELECT seqrelid, n.nspname, c.relname, seqincrement, seqcycle,
        (SELECT ownn.nspname || '.' || own.relname || '.' || attname FROM (
                SELECT refobjid, refobjsubid, 1 FROM pg_depend WHERE classid = 'pg_class'::regclass
                    AND objid = seqrelid AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
                UNION ALL SELECT adrelid, adnum, 2 FROM pg_depend JOIN pg_attrdef AS f ON f.oid = objid
                    WHERE classid = 'pg_attrdef'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = seqrelid
            ) AS numbered (relation, number, rank) JOIN pg_attribute ON attrelid = relation AND attnum = number
            JOIN pg_class AS own ON own.oid = relation JOIN pg_namespace AS ownn ON ownn.oid = own.relnamespace
            ORDER BY rank, relation, number LIMIT 1)
    FROM pg_sequence JOIN pg_class AS c ON c.oid = seqrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relpersistence <> 't' ORDER BY 2, 3
"""
_LARGE_OBJECTS = """
    SELECT sum(hashtextextended(data::text, hashint8extended(pageno, hashint8extended(loid::bigint, %s))))
    FROM pg_largeobject
"""


@dataclass
class _Crew:
    """The connections that read tables side by side, what is left to read, and what was read."""

    jobs: deque[Table]
    done: list[Table] = field(default_factory=list)
    connections: "list[Connected]" = field(default_factory=list)

    def next(self) -> Table | None:
        """Take what is to be read next."""
        with suppress(IndexError):
            return self.jobs.popleft()
        return None

    def give_up(self, futures: Sequence[Future[None]]) -> None:
        """Let every connection end what it is doing, also what it was just going to do."""
        from psycopg import Error

        self.jobs.clear()
        while wait(futures, timeout=0.1).not_done:
            for connection in self.connections:
                with suppress(Error):
                    connection.cancel_safe()


def measure(server: Server, dbname: str, like: Contents | None = None, workers: int = _WORKERS) -> Contents:
    """Return what the database holds at this moment.

    `like`: an earlier measurement, for one that can be compared with it. Raises DatabaseError if something can't be
    read; large objects need a superuser.
    """
    seed = like.seed if like else secrets.randbits(63)
    with databases.connect(server, dbname) as lead, lead.transaction(), Progress(f"Measuring {dbname}") as progress:
        prepare(lead)
        snapshot = lead.execute("SELECT pg_export_snapshot()").fetchall()[0][0]
        known = {name: table for table in (like.tables if like else ()) for name in (table.title, table.oid)}
        tables = [_keyed(table, known.get(table.oid) or known.get(table.title)) for table in _tables(lead)]
        crew = _Crew(deque(tables))
        with ThreadPoolExecutor(workers) as pool:
            each = range(min(workers, len(tables)))
            futures = [pool.submit(_work, server, dbname, snapshot, seed, crew) for _ in each]
            running = set(futures)
            try:
                large_objects = _large_objects(lead, seed)
                while running:
                    ended, running = wait(running, timeout=1, return_when=FIRST_EXCEPTION)
                    for future in ended:
                        future.result()
                    progress.update(_state(crew.done, tables))
            except BaseException:
                crew.give_up(futures)
                raise
        done = sorted(crew.done, key=lambda table: table.title)
        return Contents(seed, tuple(done), tuple(_sequences(lead)), *large_objects)


def _state(done: Sequence[Table], tables: Sequence[Table]) -> str:
    read, total = (size(sum(table.bytes for table in some)) for some in (done, tables))
    return f"reading, {len(done)} of {len(tables)} tables, {read} of {total}, {sum(table.rows for table in done)} rows"


def prepare(connection: "Connected", snapshot: str = "") -> None:
    """Let the open transaction see the snapshot, and values have their canonical text."""
    from psycopg.sql import SQL, Literal

    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    if snapshot:
        connection.execute(SQL("SET TRANSACTION SNAPSHOT {}").format(Literal(snapshot)))
    settle(connection)


def settle(connection: "Connected") -> None:
    """Let values have their canonical text in this session."""
    query = "SELECT set_config(name, wanted, false) FROM unnest(%s::text[], %s::text[]) AS w (name, wanted) "
    query += "JOIN pg_settings USING (name)"
    connection.execute(query.encode(), [list(_SESSION), list(_SESSION.values())])


def _tables(connection: "Connected") -> Iterable[Table]:
    for oid, schema, name, root, tree, taken, key, columns in connection.execute(_TABLES).fetchall():
        known = tuple(replace(Column(*column[:4]), generated=column[4]) for column in columns or [])
        numbers = tuple(key or (column.number for column in known))
        yield Table(oid, schema, name, root, tree, taken or 0, numbers, bool(key), known)


def _keyed(table: Table, earlier: Table | None) -> Table:
    """Return the table with the key that the earlier measurement took, if it still has those columns."""
    if earlier:
        same = earlier.oid == table.oid
        there = {column.number if same else column.name: column.number for column in table.columns}
        key = [there.get(column.number if same else column.name, 0) for column in earlier.key_columns]
        if all(key):
            return replace(table, key=tuple(key), unique=earlier.unique)
    return table


def _work(server: Server, dbname: str, snapshot: str, seed: int, crew: _Crew) -> None:
    with databases.connect(server, dbname) as connection, connection.transaction():
        crew.connections.append(connection)
        prepare(connection, snapshot)
        while table := crew.next():
            crew.done.append(_measured(connection, table, seed))


def _measured(connection: "Connected", table: Table, seed: int) -> Table:
    """Return the table with its counts and sums: one pass, unless it has very many columns."""
    columns: list[Column] = []
    rows = 0
    for start in range(0, max(1, len(table.columns)), _AT_ONCE):
        some = table.columns[start : start + _AT_ONCE]
        rows, *found = connection.execute(_statement(table, some, seed)).fetchall()[0]
        for column, values, total, tied, same in zip(some, *(found[n::4] for n in range(4)), strict=True):
            sums = tallies.sum_of(total), tallies.sum_of(tied)
            columns.append(replace(column, values=values, sum=sums[0], tied=sums[1], constant=bool(same)))
    return replace(table, rows=rows, columns=tuple(columns))


def _statement(table: Table, columns: Sequence[Column], seed: int) -> "Composed":
    """Return the query for a table's rows and, for each of these columns, values, sum, tied sum and whether it is one.

    `OFFSET 0` keeps PostgreSQL from hashing a value anew wherever the hash is used.
    """
    from psycopg.sql import SQL, Identifier

    own = {column.number: column for column in [*columns, *table.key_columns]}
    hashes = [SQL("{} AS {}").format(hashed(column, seed), Identifier(f"h{n}")) for n, column in own.items()]
    names = [Identifier(f"h{number}") for number in table.key]
    key = names[0] if len(names) == 1 else SQL("hash_array_extended(ARRAY[{}]::bigint[], 0)").format(listed(names))
    each = SQL("count({0}), sum({0}), sum(hashint8extended(k, {0})), min({0}) = max({0})")
    sums = [each.format(Identifier(f"h{column.number}")) for column in columns]
    return SQL(
        "SELECT {} FROM (SELECT *, {} AS k FROM (SELECT {} FROM ONLY {} OFFSET 0) AS hashed OFFSET 0) AS keyed"
    ).format(listed([SQL("count(*)"), *sums]), key, listed(hashes), Identifier(table.schema, table.name))


def hashed(column: Column, seed: int) -> "Composed":
    """Return the hash of a column's value; under a collation of its own, texts that differ could have the same."""
    from psycopg.sql import SQL, Identifier, Literal

    form = "{}::oid" if column.base.startswith("reg") else _FORMS.get(column.base, "{}")
    value = SQL(form).format(Identifier(column.name))
    return SQL('hashtextextended(({})::text COLLATE "C", {})').format(value, Literal(seed))


def listed(parts: "Iterable[Composable]") -> "Composed":
    """Return them with commas between."""
    from psycopg.sql import SQL

    return SQL(", ").join(parts)


def _large_objects(connection: "Connected", seed: int) -> tuple[int, str]:
    number = connection.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchall()[0][0]
    found = connection.execute(_LARGE_OBJECTS, [seed]).fetchall() if number else [(0,)]
    return number, tallies.sum_of(found[0][0])


def _sequences(connection: "Connected") -> Iterable[tallies.Sequence]:
    for oid, schema, name, increment, cycles, owner in connection.execute(_SEQUENCES).fetchall():
        query = databases.statement("SELECT last_value, is_called FROM {}.{}", schema, name)
        last, called = connection.execute(query).fetchall()[0]
        way = 0 if cycles else increment
        yield tallies.Sequence(oid, f"{schema}.{name}", owner or "", last + increment * called, way)
