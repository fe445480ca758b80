"""Watching real migrations on a real server: what they locked, rewrote and built, and how they failed."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest

from clonekit.errors import AppError, Interrupted
from clonekit.postgres import commands, databases, embedded
from clonekit.postgres.clients import Client
from clonekit.postgres.embedded import Embedded
from clonekit.postgres.server import Server
from clonekit.rehearsal import observing, serverlog
from clonekit.rehearsal.observations import Failure, Index, Observation, Table
from tests.postgres import Database, rows

SHOP = """
    CREATE TABLE owner (id int PRIMARY KEY);
    INSERT INTO owner SELECT generate_series(1, 10);
    CREATE TABLE item (id int PRIMARY KEY, owner int, name text, price int);
    INSERT INTO item SELECT g, g % 9 + 1, 'name ' || g % 50, g % 100 FROM generate_series(1, 1000) g;
    INSERT INTO item VALUES (1001, NULL, 'Bob Secret', -4711), (1002, 99, 'Bob Secret', 8), (1003, 99, NULL, 7);
    CREATE INDEX item_price ON item (price);
    ANALYZE;
    CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_sleep(0.1); RETURN $1; END';
"""
SEEN = "SELECT pg_sleep(0.3)"  # so that the sampler looks meanwhile
SURE = 0.1  # seconds of it that it sees on a busy machine, too
Migrate = Callable[..., Observation]


@pytest.fixture
def shop(database: Database) -> str:
    return database(SHOP)


@pytest.fixture
def migrate(server: Server, own: Embedded, shop: str) -> Migrate:
    """A maker of observations of these transactions, of a statement or several each; each is kept open for a moment."""

    def observe(*transactions: list[str], show_values: bool = False) -> Observation:
        with observing.observed(server, shop, own, show_values=show_values) as watch:
            try:
                for transaction in transactions:
                    send(server, shop, "BEGIN", *transaction, SEEN, "COMMIT")
            except psycopg.Error:
                pass
        return watch.observation

    return observe


@pytest.fixture(scope="module")
def unchanged(server: Server) -> Iterator[str]:
    """A shop in which nothing that is tried succeeds, for many tests."""
    databases.create(server, "unchanged_shop")
    send(server, "unchanged_shop", SHOP)
    yield "unchanged_shop"
    databases.discard(server, "unchanged_shop")


@pytest.fixture
def fail(server: Server, own: Embedded, unchanged: str) -> Migrate:
    """A maker of observations of what fails."""

    def observe(*statements: str, show_values: bool = False) -> Observation:
        with observing.observed(server, unchanged, own, show_values=show_values) as watch, pytest.raises(psycopg.Error):
            send(server, unchanged, *statements)
        return watch.observation

    return observe


def send(server: Server, dbname: str, *statements: str) -> None:
    """Send statements one by one, as a migration tool does: without clonekit's translation of errors."""
    with databases.login(server, dbname, "the tool") as connection:
        for statement in statements:
            connection.execute(statement.encode())


def table(seen: Observation, name: str) -> Table:
    (found,) = [each for each in seen.tables if each.name == name]
    return found


def names(indexes: list[Index]) -> list[tuple[str, bool]]:
    return sorted((index.name, index.rebuilt) for index in indexes)


def failure(seen: Observation) -> Failure:
    assert seen.failure
    return seen.failure


# --- Locks and rewrites -----------------------------------------------------------------------------------------------


def test_a_column_of_another_type_rewrites_the_table_and_blocks_everybody(migrate: Migrate) -> None:
    seen = migrate(["ALTER TABLE item ALTER price TYPE bigint"])

    item = table(seen, "item")
    assert (item.lock, item.blocks) == ("ACCESS EXCLUSIVE", "blocks reads and writes")
    assert item.rewritten
    assert item.rows == 1003
    assert item.held == item.reads_blocked == item.writes_blocked >= SURE
    assert item.says.startswith("`item` (1,003 rows): blocks reads and writes for ")
    assert "; rewritten, " in item.says
    assert seen.statements[(item.statement or 0) - 1].text == "ALTER TABLE item ALTER price TYPE bigint"
    assert ("item_pkey", True) in names(seen.indexes)
    assert "item_price" in [index.name for index in seen.indexes]


@pytest.mark.parametrize(("default", "rewrites"), [("'x'", False), ("now()", False), ("gen_random_uuid()", True)])
def test_a_new_column_rewrites_the_table_only_if_its_default_is_volatile(
    migrate: Migrate, default: str, rewrites: bool
) -> None:
    item = table(migrate([f"ALTER TABLE item ADD extra text DEFAULT {default}"]), "item")

    assert item.lock == "ACCESS EXCLUSIVE"
    assert item.rewritten == rewrites


def test_an_index_blocks_writes_while_it_is_built(migrate: Migrate) -> None:
    seen = migrate(["CREATE INDEX item_name ON item (name)"])

    item = table(seen, "item")
    assert (item.lock, item.blocks, item.reads_blocked, item.rewritten) == ("SHARE", "blocks writes", 0, False)
    assert item.writes_blocked >= SURE
    assert names(seen.indexes) == [("item_name", False)]
    assert seen.indexes[0].says.startswith("`item_name` on `item` (1,003 rows): built, ")


def test_an_index_built_concurrently_blocks_neither(server: Server, own: Embedded, shop: str) -> None:
    with observing.observed(server, shop, own) as watch:
        send(server, shop, "CREATE INDEX CONCURRENTLY slow_owner ON owner (slow(id))")

    owner = table(watch.observation, "owner")
    assert (owner.lock, owner.reads_blocked, owner.writes_blocked) == ("SHARE UPDATE EXCLUSIVE", 0, 0)
    assert owner.held >= 0.5
    assert names(watch.observation.indexes) == [("slow_owner", False)]


def test_a_constraint_validated_later_blocks_writes_only_while_it_is_added(migrate: Migrate) -> None:
    foreign_key = "ADD CONSTRAINT of_owner FOREIGN KEY (owner) REFERENCES owner"
    clean = "UPDATE item SET owner = NULL WHERE owner = 99"
    seen = migrate(
        [clean], [f"ALTER TABLE item {foreign_key} NOT VALID"], ["ALTER TABLE item VALIDATE CONSTRAINT of_owner"]
    )

    item = table(seen, "item")
    assert item.lock == "SHARE ROW EXCLUSIVE"
    assert item.reads_blocked == 0 < item.held == item.writes_blocked
    assert item.locks.keys() >= {"ROW EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE"}
    assert table(seen, "owner").lock == "SHARE ROW EXCLUSIVE"
    assert seen.transaction_count == 3


def test_a_renamed_table_is_named_as_at_the_end_and_as_before(migrate: Migrate) -> None:
    seen = migrate(
        ["ALTER TABLE item RENAME TO article", "CREATE SCHEMA goods", "ALTER TABLE article SET SCHEMA goods"]
    )

    article = table(seen, "goods.article")
    assert article.was == "item"
    assert "`goods.article` (was `item`) (1,003 rows): blocks reads and writes" in article.says


def test_an_update_blocks_only_its_rows_and_lets_the_table_grow(migrate: Migrate) -> None:
    item = table(migrate(["UPDATE item SET price = price + 1"]), "item")

    assert item.lock == "ROW EXCLUSIVE"
    assert (item.reads_blocked, item.writes_blocked, item.rewritten) == (0, 0, False)
    assert item.growth > 0


def test_a_dropped_table_an_emptied_one_and_an_unnamed_one(migrate: Migrate) -> None:
    seen = migrate(["DROP TABLE owner", "TRUNCATE item", "CREATE TABLE fresh (id int PRIMARY KEY)"])

    assert (table(seen, "owner").dropped, table(seen, "owner").lock) == (True, "ACCESS EXCLUSIVE")
    assert (table(seen, "item").emptied, table(seen, "item").rewritten) == (True, False)
    assert {each.name for each in seen.tables} == {"owner", "item"}  # what the migration made is nobody's yet
    assert seen.indexes == []


def test_an_index_that_is_dropped_blocks_who_reads_its_table(migrate: Migrate) -> None:
    assert table(migrate(["DROP INDEX item_price"]), "item").reads_blocked >= SURE


def test_what_would_hurt_most_comes_first(migrate: Migrate) -> None:
    seen = migrate(["LOCK TABLE owner IN ACCESS EXCLUSIVE MODE"], ["LOCK TABLE item IN SHARE MODE"])

    assert [(each.name, each.blocks) for each in seen.tables] == [
        ("item", "blocks writes"),  # of a hundred times as many rows
        ("owner", "blocks reads and writes"),
    ]


def test_a_lock_was_held_about_as_long_as_a_reader_waited(server: Server, own: Embedded, shop: str) -> None:
    waited: list[float] = []

    def read() -> None:
        with databases.connect(server, shop) as connection:
            began = time.monotonic()
            connection.execute("SELECT count(*) FROM item")
            waited.append(time.monotonic() - began)

    reader = threading.Thread(target=read)
    with (
        observing.observed(server, shop, own) as watch,
        databases.login(server, shop) as tool,
        tool.transaction(),
    ):
        tool.execute("ALTER TABLE item ADD extra int")
        reader.start()
        while not rows(server, shop, "SELECT FROM pg_locks WHERE NOT granted"):
            time.sleep(0.01)
        tool.execute("SELECT pg_sleep(1)")
    reader.join()

    held = table(watch.observation, "item").held
    assert held >= 0.5
    assert held == pytest.approx(waited[0], abs=1)  # a busy machine may be slow to start the one or wake the other


def test_whole_tables_read_are_told_if_they_are_large(server: Server, own: Embedded, database: Database) -> None:
    name = database("CREATE TABLE big AS SELECT g AS id, repeat('x', 1000) AS pad FROM generate_series(1, 12000) g")
    with observing.observed(server, name, own) as watch:
        send(server, name, "SET max_parallel_workers_per_gather = 0", *["SELECT count(*) FROM big"] * 2)

    big = table(watch.observation, "big")
    assert (big.scans, big.rows_scanned) == (2, 24000)
    assert big.says.endswith("read whole 2 times")


def test_growth_and_wal_are_measured(migrate: Migrate) -> None:
    seen = migrate(["ALTER TABLE item ADD pad text DEFAULT 'p' || repeat(gen_random_uuid()::text, 30)"])

    assert (seen.bytes_after or 0) - (seen.bytes_before or 0) >= table(seen, "item").growth > 500_000
    assert (seen.wal_bytes or 0) > 500_000


# --- Statements -------------------------------------------------------------------------------------------------------


def test_statements_come_in_order_with_their_transactions_and_without_values(migrate: Migrate) -> None:
    update = "UPDATE item SET name = 'Bob Secret' WHERE price = 4711 OR pg_sleep(0.00001) IS NULL -- for Bob"
    seen = migrate([update, "ALTER TABLE item ADD tax numeric(10, 2)"], ["CREATE TABLE bob (name text DEFAULT 'Bob')"])

    timed = [each for each in seen.statements if each.text not in ("BEGIN", "COMMIT")]  # which are mostly short
    assert [(each.transaction, each.text) for each in timed] == [
        (1, "UPDATE item SET name = '…' WHERE price = ? OR pg_sleep(?.?) IS NULL"),
        (1, "ALTER TABLE item ADD tax numeric(10, 2)"),
        (1, "SELECT pg_sleep(?.?)"),
        (2, "CREATE TABLE bob (name text DEFAULT '…')"),
        (2, "SELECT pg_sleep(?.?)"),
    ]
    assert [each.number for each in seen.statements] == [*range(1, len(seen.statements) + 1)]
    assert 0 <= seen.statements[0].at < seen.statements[-1].at <= seen.seconds
    assert timed[2].seconds >= 0.25
    text = json.dumps(seen.as_json())
    assert "Bob" not in text
    assert "4711" not in text
    assert "Bob Secret" in json.dumps(migrate([update], show_values=True).as_json())


def test_what_changes_the_schema_is_seen_however_quick_and_in_each_protocol(
    server: Server, own: Embedded, shop: str
) -> None:
    quick, slow = "ALTER TABLE item RENAME price TO cost", "ALTER TABLE owner ALTER id TYPE text USING slow(id::int)"
    with observing.observed(server, shop, own) as watch:
        for prepared in (False, True):
            with databases.login(server, shop, "the tool") as tool:
                tool.execute(quick.encode(), prepare=prepared)
                tool.execute(slow.encode(), prepare=prepared)
            send(server, shop, "ALTER TABLE item RENAME cost TO price")

    seen = [each for each in watch.observation.statements if each.text in (quick, slow)]
    assert [each.text for each in seen] == [quick, slow, quick, slow]
    assert all(each.seconds >= 0.9 for each in seen if each.text == slow)


def test_a_migration_of_nothing_but_the_shortest_statements_has_its_time(
    server: Server, own: Embedded, shop: str
) -> None:
    with observing.observed(server, shop, own) as watch:
        send(server, shop, *["SELECT 1"] * 3000)

    seen = watch.observation
    assert seen.seconds > 0
    assert "Statements under 1 ms that change no schema are neither listed nor counted." in seen.limits
    assert not any("did not log" in limit for limit in seen.limits)


def test_the_parameters_of_statements_are_not_logged(server: Server, own: Embedded, shop: str) -> None:
    with observing.observed(server, shop, own, show_values=True) as watch, databases.login(server, shop) as tool:
        tool.execute("UPDATE item SET name = %s FROM pg_sleep(0.1) WHERE id = %s", ["Parameter Secret", 1])

    (statement,) = [each.text for each in watch.observation.statements if each.text.startswith("UPDATE")]
    assert statement == "UPDATE item SET name = $1 FROM pg_sleep(0.1) WHERE id = $2"
    assert "Parameter Secret" not in own.log.read_text()


def test_only_the_slowest_are_kept_and_all_are_counted(server: Server, own: Embedded, shop: str) -> None:
    with observing.observed(server, shop, own, slowest=2) as watch:
        send(server, shop, *["SELECT pg_sleep(0.01)"] * 20, "SELECT pg_sleep(0.2)", "SELECT slow(1)")

    seen = watch.observation
    assert [each.text for each in seen.statements] == ["SELECT pg_sleep(?.?)", "SELECT slow(?)"]
    assert seen.statement_count == 22
    assert seen.statement_seconds >= 0.25


def test_a_script_run_by_psql_is_seen(server: Server, own: Embedded, shop: str, client: Client) -> None:
    argv = commands.psql(client.program("psql"), server.parameters(shop), None, batch=True)
    script = f"BEGIN;\nALTER TABLE item\n\tALTER price TYPE bigint;\n{SEEN};\nCOMMIT;\n"
    with observing.observed(server, shop, own) as watch:
        environ = {**os.environ, **server.environment(shop)}
        subprocess.run(argv, env=environ, input=script.encode(), check=True)

    assert table(watch.observation, "item").rewritten
    assert "ALTER TABLE item ALTER price TYPE bigint" in [each.text for each in watch.observation.statements]


# --- Failures ---------------------------------------------------------------------------------------------------------

FAILURES = [
    ("ALTER TABLE item ALTER owner SET NOT NULL", "23502", 1, None),
    ("ALTER TABLE item ADD extra int NOT NULL", "23502", 1003, None),
    ("ALTER TABLE item ADD CONSTRAINT fair CHECK (price >= (0)) NOT VALID, VALIDATE CONSTRAINT fair", "23514", 1, None),
    ("ALTER TABLE item ADD CHECK (price < 98)", "23514", 20, None),
    ("CREATE UNIQUE INDEX ON item (lower(name)) WHERE id > 1000", "23505", 2, 1),
    ("ALTER TABLE ONLY item ADD UNIQUE (name)", "23505", 1002, 51),
    ("ALTER TABLE item DROP CONSTRAINT item_pkey, ADD PRIMARY KEY (price)", "23505", 1002, 100),
    ("ALTER TABLE public.item ADD FOREIGN KEY (owner) REFERENCES owner", "23503", 2, None),
    ("ALTER TABLE item ADD CONSTRAINT f FOREIGN KEY (owner) REFERENCES owner (id)", "23503", 2, None),
]


@pytest.mark.parametrize(("statement", "sqlstate", "like_it", "keys"), FAILURES)
def test_a_broken_rule_says_how_many_rows_break_it(
    fail: Migrate, statement: str, sqlstate: str, like_it: int | None, keys: int | None
) -> None:
    failed = failure(fail("BEGIN", "SELECT 1", statement))

    assert (failed.sqlstate, failed.statement) == (sqlstate, serverlog.masked(statement))
    assert (failed.like_it, failed.keys) == (like_it, keys)
    assert failed.row is None


def test_what_the_failed_transaction_had_renamed_is_counted_under_its_old_name(fail: Migrate) -> None:
    failed = failure(
        fail(
            "BEGIN",
            "ALTER TABLE item RENAME COLUMN owner TO keeper",
            "ALTER TABLE item RENAME TO article",
            "ALTER TABLE owner RENAME TO keeper",
            "ALTER TABLE article RENAME name TO title",
            "ALTER TABLE keeper RENAME id TO number",
            "ALTER TABLE article ADD FOREIGN KEY (keeper) REFERENCES keeper (number)",
        )
    )
    assert failed.like_it == 2

    failed = failure(
        fail("BEGIN", "ALTER TABLE item RENAME name TO title", "ALTER TABLE item ALTER title SET NOT NULL")
    )
    assert failed.like_it == 1


def test_the_statement_of_a_script_that_failed_is_found(fail: Migrate) -> None:
    script = "BEGIN; SELECT 'a;b'; ALTER TABLE item ALTER owner SET NOT NULL; ALTER TABLE item DROP owner; COMMIT"
    seen = fail(script)

    assert failure(seen).statement == "ALTER TABLE item ALTER owner SET NOT NULL"
    assert failure(seen).says == (
        'column "owner" of relation "item" contains null values (SQLSTATE 23502); 1 row like it: '
        "ALTER TABLE item ALTER owner SET NOT NULL"
    )
    seen = fail("SELECT 'a;b'; SELECT nonsense; SELECT 'Bob Secret'")
    assert failure(seen).statement == "SELECT nonsense"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("ALTER TABLE item ALTER name TYPE int USING name::int", 'invalid input syntax for type integer: "…"'),
        ("SELECT 'Bob Secret", 'unterminated quoted string at or near "…"'),
        ("SELECT make_date(id, 99, 1) FROM item", "date field value out of range: …"),
        (
            "DO $$BEGIN EXECUTE (SELECT format('DROP TABLE %I', name) FROM item WHERE name ~ 'Bob' LIMIT 1); END$$",
            "an error of the database's own code, whose text may hold values",
        ),
        (
            "DO $$BEGIN EXECUTE 'ALTER TABLE item ADD CHECK (id < 0)'; END$$",
            'check constraint "item_id_check" of relation "item" is violated by some row',
        ),
        ("DO $$BEGIN RAISE 'Bob Secret'; END$$", "an error of the database's own code, whose text may hold values"),
        (
            "INSERT INTO item VALUES (1001, 1, 'Bob Secret')",
            'duplicate key value violates unique constraint "item_pkey"',
        ),
    ],
)
def test_an_error_is_told_without_values(fail: Migrate, statement: str, said: str) -> None:
    seen = fail(statement)

    assert failure(seen).message == said
    assert "Bob" not in json.dumps(seen.as_json())


def test_the_row_that_failed_is_shown_if_values_are_asked_for(fail: Migrate) -> None:
    seen = fail("ALTER TABLE item ADD CHECK (price > 0 OR name <> 'Bob Secret')", show_values=True)
    assert failure(seen).row == "id = 1001"
    assert "'Bob Secret'" in failure(seen).statement

    seen = fail("CREATE UNIQUE INDEX ON item (name) WHERE id > 1000", show_values=True)
    assert failure(seen).row == "Key (name)=(Bob Secret) is duplicated."


# --- What it leaves behind, and what it can't see ---------------------------------------------------------------------

ALL_SETTINGS = (
    "SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = '{}')"
)


@pytest.mark.parametrize("ending", [None, AppError("The tool failed."), Interrupted(15)])
def test_the_databases_settings_are_as_before(
    server: Server, own: Embedded, shop: str, ending: BaseException | None
) -> None:
    for setting in ("log_min_duration_statement = 5000", "work_mem = '8MB'", "log_statement = 'mod'"):
        send(server, shop, f"ALTER DATABASE {shop} SET {setting}")
    before = rows(server, shop, ALL_SETTINGS.format(shop))

    try:
        with observing.observed(server, shop, own):
            assert rows(server, shop, "SHOW log_min_duration_statement") == [("1ms",)]
            if ending:
                raise ending
    except (AppError, Interrupted) as error:
        assert error is ending

    (after,) = rows(server, shop, ALL_SETTINGS.format(shop))
    assert sorted(after[0]) == sorted(before[0][0])


def test_a_database_without_settings_has_none_afterwards(server: Server, own: Embedded, shop: str) -> None:
    with observing.observed(server, shop, own):
        pass
    assert rows(server, shop, ALL_SETTINGS.format(shop)) == []


def test_what_was_seen_until_the_tool_failed_is_there(server: Server, own: Embedded, shop: str) -> None:
    with pytest.raises(AppError), observing.observed(server, shop, own) as watch:
        send(server, shop, "ALTER TABLE item RENAME TO article")
        raise AppError("The tool failed.")
    assert [each.text for each in watch.observation.statements] == ["ALTER TABLE item RENAME TO article"]


def test_a_log_that_is_not_ours_is_done_without(server: Server, shop: str) -> None:
    with observing.observed(server, shop) as watch:
        assert rows(server, shop, ALL_SETTINGS.format(shop)) == []
        send(server, shop, "BEGIN", "ALTER TABLE item ALTER price TYPE bigint", "SELECT pg_sleep(0.3), 'Bob'", "COMMIT")

    seen = watch.observation
    assert table(seen, "item").rewritten
    assert table(seen, "item").reads_blocked >= SURE
    assert "SELECT pg_sleep(?.?), '…'" in [each.text for each in seen.statements]
    assert any(limit.startswith("The server's log is not read.") for limit in seen.limits)


@pytest.mark.parametrize("fault", ["no server", "no database"])
def test_what_can_not_be_watched_does_not_stop_the_migration(server: Server, own: Embedded, fault: str) -> None:
    where = replace(server, port=1) if fault == "no server" else server
    ran = False
    with observing.observed(where, "not_there", own) as watch:
        ran = True

    assert ran
    assert any(limit.startswith("What the database held before is not known.") for limit in watch.observation.limits)
    json.dumps(watch.observation.as_json())


def test_others_sessions_are_not_the_tools(server: Server, own: Embedded, shop: str) -> None:
    with databases.login(server, shop) as other, observing.observed(server, shop, own) as watch, other.transaction():
        other.execute("LOCK TABLE owner")
        send(server, shop, SEEN)

    assert watch.observation.tables == []


def test_a_server_started_by_an_older_version_is_told(
    server: Server, own: Embedded, shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "LOG_PREFIX", "another")
    with observing.observed(server, shop, own) as watch:
        pass
    assert any("inv dev.down" in limit for limit in watch.observation.limits)


def test_a_table_that_was_never_analysed_is_counted_and_a_view_is_not(
    server: Server, own: Embedded, database: Database
) -> None:
    name = database("CREATE TABLE item AS SELECT generate_series(1, 7) AS id; CREATE VIEW items AS SELECT FROM item")
    with observing.observed(server, name, own) as watch:
        send(server, name, "BEGIN", "DROP VIEW items", "ALTER TABLE item ADD extra int", SEEN, "COMMIT")

    assert table(watch.observation, "item").says.startswith("`item` (7 rows): blocks reads and writes for ")
    assert table(watch.observation, "items").says.startswith("`items` (a view): blocks reads and writes for ")


def test_the_statement_that_took_a_lock_is_kept_though_it_was_quick(server: Server, own: Embedded, shop: str) -> None:
    with observing.observed(server, shop, own, slowest=1) as watch:
        send(server, shop, "BEGIN", "ALTER TABLE item ADD extra int", "SELECT pg_sleep(1)", "COMMIT")

    seen = watch.observation
    assert [each.text for each in seen.statements] == ["ALTER TABLE item ADD extra int", "SELECT pg_sleep(?)"]
    assert table(seen, "item").statement == seen.statements[0].number


def test_an_update_is_not_said_to_have_taken_the_lock_of_a_quick_lock_table_before_it(
    server: Server, own: Embedded, shop: str
) -> None:
    with observing.observed(server, shop, own) as watch:
        send(server, shop, "BEGIN", "LOCK TABLE item", "UPDATE item SET price = 1 FROM pg_sleep(0.3)", "COMMIT")

    item = table(watch.observation, "item")
    assert item.reads_blocked >= SURE
    texts = {each.number: each.text for each in watch.observation.statements}
    assert texts.get(item.statement or 0, "LOCK TABLE item") == "LOCK TABLE item"


def test_a_role_that_does_not_log_is_told(server: Server, own: Embedded, shop: str) -> None:
    quiet = replace(server, user="quiet", password="unused elsewhere")
    send(server, shop, "CREATE ROLE quiet LOGIN SUPERUSER PASSWORD 'unused elsewhere'")
    try:
        send(server, shop, "ALTER ROLE quiet SET log_min_duration_statement = -1")
        with observing.observed(server, shop, own) as watch:
            send(quiet, shop, SEEN)
    finally:
        send(server, shop, "DROP ROLE quiet")

    assert "Sessions that did not log what they ran, by settings of theirs: 1." in watch.observation.limits
