"""Where do the catalogs hold a change? Copies of one template have equal object identifiers: rows can be compared."""

from typing import Any

from clonekit.postgres import databases
from clonekit.postgres.server import Server

from . import comparer

_VOLATILE_TABLES = {"pg_statistic", "pg_statistic_ext_data", "pg_depend", "pg_shdepend", "pg_largeobject"}
_FILTERS = {
    # A subscription is made anew in each copy, with another identifier; pg_dump shows its comment.
    "pg_description": "classoid <> 'pg_subscription'::regclass",
}
_OF_DATABASE = {
    "pg_database": "datname = current_database()",
    "pg_db_role_setting": "setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())",
    "pg_subscription": "subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())",
    "pg_shdescription": "(classoid, objoid) IN (SELECT 'pg_database'::regclass, oid FROM pg_database "
    "WHERE datname = current_database() UNION SELECT 'pg_subscription'::regclass, s.oid FROM pg_subscription AS s "
    "JOIN pg_database AS d ON d.oid = subdbid WHERE datname = current_database())",
}
_VOLATILE_COLUMNS = {
    "pg_class": {"relfrozenxid", "relminmxid", "relpages", "reltuples", "relallvisible", "relallfrozen", "relfilenode"},
    "pg_database": {"oid", "datname", "datfrozenxid", "datminmxid"},
    "pg_db_role_setting": {"setdatabase"},
    "pg_subscription": {"oid", "subdbid"},
    "pg_shdescription": {"objoid"},
}


def where(server: Server, a: str, b: str, *, privileges: bool = False) -> tuple[bool, list[str]]:
    """Return whether the plain text of pg_dump shows that `b` is not `a`, and which catalog columns differ.

    `+table` and `-table` say that a row was added or removed.
    """
    shown = not comparer.compare_text(server, a, b, privileges=privileges)[0]
    with databases.connect(server, a) as left, databases.connect(server, b) as right:
        sums = [_sums(left), _sums(right)]
        places: list[str] = []
        for table in sums[0]:
            if sums[0][table] != sums[1][table]:
                places += _columns(table, _rows(left, table), _rows(right, table))
    return shown, places


def _sums(connection: Any) -> dict[str, str]:
    names = "SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND "
    own = [name for (name,) in connection.execute(names + "NOT relisshared ORDER BY relname")]
    tables = [name for name in [*own, *_OF_DATABASE] if name not in _VOLATILE_TABLES]
    digest = "coalesce(md5(string_agg(r::text, '' ORDER BY r::text)), '')"
    query = " UNION ALL ".join(f"SELECT '{table}', {digest} FROM ({_select(table)}) AS x(r)" for table in tables)
    return dict(connection.execute(query).fetchall())


def _select(table: str) -> str:
    gone = "".join(f" - '{column}'" for column in sorted(_VOLATILE_COLUMNS.get(table, ())))
    return f"SELECT to_jsonb(t){gone} FROM pg_catalog.{table} AS t WHERE {(_FILTERS | _OF_DATABASE).get(table, 'true')}"


def _rows(connection: Any, table: str) -> dict[str, dict[str, Any]]:
    keys = "SELECT attname FROM pg_index, pg_attribute WHERE indrelid = %s::regclass AND indisprimary "
    key = [name for (name,) in connection.execute(keys + "AND attrelid = indrelid AND attnum = ANY (indkey)", [table])]
    rows = [row for (row,) in connection.execute(_select(table))]
    return {str([row.get(name) for name in key]): row for row in rows}


def _columns(table: str, left: dict[str, dict[str, Any]], right: dict[str, dict[str, Any]]) -> list[str]:
    removed = [f"-{table}"] if left.keys() - right.keys() else []
    added = [f"+{table}"] if right.keys() - left.keys() else []
    changed = {
        f"{table}.{column}"
        for key in left.keys() & right.keys()
        for column, value in left[key].items()
        if right[key][column] != value
    }
    return [*removed, *added, *sorted(changed)]
