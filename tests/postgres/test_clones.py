"""Pristine states and resets: always what pg_restore alone makes, and never half of anything."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from clonekit import names, sides
from clonekit.errors import DatabaseError, DumpError, Interrupted
from clonekit.postgres import clones, commands, copying, databases, dumps, loading, restoring
from clonekit.postgres.clients import Client
from clonekit.postgres.clones import Pristine
from clonekit.postgres.copying import Way
from clonekit.postgres.server import Server
from clonekit.processes import run
from tests.postgres import Database, beside, rows
from tests.waiting import until

EVERYTHING = """
    CREATE EXTENSION vector; CREATE EXTENSION pg_trgm;
    CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
    CREATE TABLE word (mark text); INSERT INTO word VALUES ('new');
    CREATE TABLE person (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE, mood mood, n positive,
        twice int GENERATED ALWAYS AS (n * 2) STORED, body jsonb, v vector(3));
    INSERT INTO person (name, mood, n, body, v) SELECT md5(g::text), 'ok', g, jsonb_build_object('g', g), ARRAY[g, 1, 2]
        FROM generate_series(1, 500) g;
    CREATE INDEX ON person USING hnsw (v vector_l2_ops); CREATE INDEX ON person USING gin (body);
    CREATE TABLE child (id int PRIMARY KEY, person bigint REFERENCES person);
    INSERT INTO child SELECT g, g FROM generate_series(1, 100) g;
    CREATE TABLE parts (id int) PARTITION BY RANGE (id);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (9); INSERT INTO parts VALUES (1);
    CREATE SEQUENCE counter START 5; SELECT nextval('counter'), nextval('counter');
    CREATE MATERIALIZED VIEW moods AS SELECT mood, count(*) FROM person GROUP BY mood;
    SELECT lo_from_bytea(4711, 'large'); COMMENT ON LARGE OBJECT 4711 IS 'an object';
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER touched BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch();
    ALTER TABLE person ENABLE ROW LEVEL SECURITY; CREATE POLICY all_of_them ON person USING (n > 0);
    COMMENT ON TABLE person IS 'it''s a person';
"""
OF_THE_DATABASE = """
    SELECT shobj_description(d.oid, 'pg_database'), datacl::text, datconnlimit, datallowconn, datistemplate,
        pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype, (
            SELECT array_agg(s::text ORDER BY s::text) FROM pg_db_role_setting, unnest(setconfig) s
            WHERE setdatabase = d.oid)
    FROM pg_database d WHERE datname = current_database()
"""
CONTENTS = """
    SELECT format('SELECT %1$L, count(*)::text, sum(hashtextextended(t::text, 0))::text FROM %1$s t', oid::regclass)
    FROM pg_class WHERE relkind IN ('r', 'm') AND relnamespace = 'public'::regnamespace ORDER BY oid::regclass::text
"""
MORE_CONTENTS = """
    SELECT 'sequence ' || sequencename, coalesce(last_value::text, ''), increment_by::text FROM pg_sequences
    UNION ALL SELECT 'object ' || oid, encode(lo_get(oid), 'hex'), obj_description(oid, 'pg_largeobject')
        FROM pg_largeobject_metadata
    UNION ALL SELECT 'extension ' || extname, extversion, extconfig::text FROM pg_extension ORDER BY 1
"""


@pytest.fixture
def name(server: Server, database: Database) -> Iterator[str]:
    """A clone from an earlier load, beside which everything is dropped afterwards."""
    made = database("CREATE TABLE word (mark text); INSERT INTO word VALUES ('old')")
    yield made
    clones.drop_all(server, made)


@pytest.fixture
def source(server: Server, database: Database) -> Iterator[str]:
    """A production with something of everything, and with settings of its own."""
    made = database(EVERYTHING)
    with databases.connect(server) as connection:
        for change in ('search_path = public, "$user"', "work_mem = '3MB'", "default_transaction_read_only = on"):
            connection.execute(f"ALTER DATABASE {made} SET {change}".encode())
        connection.execute(f"COMMENT ON DATABASE {made} IS 'it''s production'".encode())
    yield made
    with databases.connect(server) as connection:
        connection.execute(f"ALTER DATABASE {made} RESET ALL".encode())


@pytest.fixture
def dump(server: Server, client: Client, source: str, tmp_path: Path) -> Path:
    return dump_as("custom", server, client, source, tmp_path / "prod.dump")


def dump_as(form: str, server: Server, client: Client, source: str, path: Path) -> Path:
    argv = [str(client.program("pg_dump")), f"--format={form}", "--no-owner", f"--file={path}"]
    argv += [] if form == "plain" else ["--compress=1"]
    finished = run(
        [*argv, f"--dbname={commands.conninfo(server.parameters(source))}"], dumps.environment(server, source)
    )
    assert finished.code == 0, finished.stderr
    return path


def schema(server: Server, client: Client, dbname: str) -> str:
    argv = commands.dump_schema(client.program("pg_dump"), server.parameters(dbname))
    finished = run(argv, dumps.environment(server, dbname))
    assert finished.code == 0, finished.stderr
    return "\n".join(line for line in finished.stdout.split("\n") if "restrict " not in line)


def contents(server: Server, client: Client, dbname: str) -> tuple[Any, ...]:
    """Return all that is in a database: its schema, each table's rows as a sum, sequences, objects, extensions."""
    tables = [rows(server, dbname, query) for (query,) in rows(server, dbname, CONTENTS)]
    assert len(tables) == 5
    return schema(server, client, dbname), tables, rows(server, dbname, MORE_CONTENTS)


def of_the_database(server: Server, dbname: str) -> list[tuple[Any, ...]]:
    return rows(server, dbname, OF_THE_DATABASE)


def by_pg_restore_alone(server: Server, client: Client, dump: Path, dbname: str) -> None:
    argv = [
        str(client.program("pg_restore")),
        *commands.UNOWNED,
        f"--dbname={commands.conninfo(server.parameters(dbname))}",
    ]
    finished = run([*argv, str(dump)], dumps.environment(server, dbname))
    assert finished.code == 0, finished.stderr


def load(server: Server, dump: Path, name: str, *, force: bool = False) -> None:
    """Load as `db.load-clone` does."""
    known = clones.known(server, name, dump)
    if known.oid:
        clones.reset(server, name, known, force=force)
    else:
        clones.restore(server, name, dump, known, force=force)


def there(server: Server, name: str) -> Pristine:
    found = clones.pristine(server, name)
    assert found
    return found


def mark(server: Server, name: str) -> str:
    return str(rows(server, name, "SELECT mark FROM word")[0][0])


def spoil(server: Server, name: str) -> None:
    """Migrate: the clone is no more what was loaded."""
    with databases.connect(server, name) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute("DROP TABLE child; UPDATE word SET mark = 'spoilt'; CREATE TABLE migrated ()")


# --- every way to load makes the same database ------------------------------------------------------------------------


def first(server: Server, dump: Path, name: str) -> None:
    load(server, dump, name)


def again_by_copy(server: Server, dump: Path, name: str) -> None:
    load(server, dump, name)
    spoil(server, name)
    load(server, dump, name)


def again_by_spare(server: Server, dump: Path, name: str) -> None:
    load(server, dump, name)
    clones.make(server, name, there(server, name))
    spoil(server, name)
    load(server, dump, name)


def without_template(server: Server, dump: Path, name: str) -> None:
    loading.load(server, dump, name)


def with_one_job(server: Server, dump: Path, name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("clonekit.postgres.loading.jobs", lambda: 1)
        loading.load(server, dump, name)


def copied(way: Way) -> Callable[[Server, Path, str], None]:
    def again(server: Server, dump: Path, name: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(copying, "ways", lambda *_, **__: [way])
            again_by_copy(server, dump, name)

    return again


PATHS = {
    "first": first,
    "reset by copy": again_by_copy,
    "reset by spare": again_by_spare,
    "without template": without_template,
    "one job": with_one_job,
    "wal_log": copied(Way("STRATEGY wal_log")),
    "file_copy": copied(Way("STRATEGY file_copy", "copy")),
    "file_copy by clone": copied(Way("STRATEGY file_copy", "clone")),
    "before version 15": copied(Way()),
}


@pytest.mark.parametrize("path", PATHS)
def test_each_way_to_load_makes_what_pg_restore_alone_makes(
    path: str, server: Server, client: Client, source: str, dump: Path, name: str
) -> None:
    alone = f"{name}__spare0_0"  # dropped with the rest
    databases.create(server, alone)
    by_pg_restore_alone(server, client, dump, alone)
    expected = contents(server, client, alone)
    PATHS[path](server, dump, name)
    assert contents(server, client, name) == expected
    assert contents(server, client, name) == contents(server, client, source)
    assert of_the_database(server, name) == of_the_database(server, source)


@pytest.mark.parametrize("form", ["directory", "plain", "plain.gz"])
def test_each_format_makes_the_same_database_and_can_be_reset_to(
    form: str, server: Server, client: Client, source: str, tmp_path: Path, name: str
) -> None:
    path = dump_as(form.removesuffix(".gz"), server, client, source, tmp_path / "prod")
    if form.endswith(".gz"):
        subprocess.run(["gzip", path], check=True)
        path = path.with_suffix(".gz")
    for _ in range(2):
        load(server, path, name)
        assert contents(server, client, name) == contents(server, client, source)
        spoil(server, name)


def test_a_copy_has_statistics_since_autovacuum_would_see_nothing_to_do_in_it(
    server: Server, dump: Path, name: str
) -> None:
    again_by_copy(server, dump, name)
    assert rows(server, name, "SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'person'") == [(True,)]


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_the_pristine_state_can_be_neither_entered_nor_changed(server: Server, dump: Path, name: str) -> None:
    load(server, dump, name)
    told = r"not currently accepting connections\. .* Use the clone itself, reset to it: inv db\.load-clone$"
    with pytest.raises(DatabaseError, match=told):
        rows(server, names.beside(name, "pristine"), "SELECT 1")
    with pytest.raises(DatabaseError, match=told):
        sides.sides(name, names.beside(name, "pristine"), server)
    flags = f"SELECT datistemplate, datallowconn FROM pg_database WHERE datname = '{name}__pristine'"
    assert rows(server, "postgres", flags) == [(True, False)]


def test_the_pristine_state_says_of_which_dump_it_is(server: Server, dump: Path, name: str) -> None:
    load(server, dump, name)
    assert there(server, name).sha256 == dumps.checksum(dump)
    assert there(server, name).loaded.endswith(" UTC")


def test_only_the_clone_and_its_pristine_state_are_left_of_a_load(server: Server, dump: Path, name: str) -> None:
    load(server, dump, name)
    clones.clear(server, name, 0)
    assert beside(server, name) == ["pristine"]


def test_a_dump_that_was_only_touched_or_moved_is_the_same(server: Server, dump: Path, name: str) -> None:
    load(server, dump, name)
    os.utime(dump, (1, 1))
    assert clones.known(server, name, dump.rename(dump.with_name("moved.dump"))).oid


def test_a_dump_that_looks_the_same_is_not_read_again(
    server: Server, dump: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(server, dump, name)
    monkeypatch.setattr(dumps, "checksum", lambda _: pytest.fail("it was read"))
    assert clones.known(server, name, dump).oid


def test_another_dump_is_restored_and_outdates_the_spares(
    server: Server, client: Client, database: Database, dump: Path, name: str, tmp_path: Path
) -> None:
    load(server, dump, name)
    outdated = clones.make(server, name, there(server, name))
    newer = database("CREATE TABLE word (mark text); INSERT INTO word VALUES ('newer')")
    load(server, dump_as("custom", server, client, newer, tmp_path / "newer.dump"), name)
    assert mark(server, name) == "newer"
    assert clones.ready(server, name, there(server, name)) == []
    clones.clear(server, name, 2)
    assert not databases.exists(server, outdated)


@pytest.mark.parametrize("comment", ["NULL", "'mine'", "'{}'", "'{\"clonekit\": {}}'", '\'{"clonekit": {"x": 1}}\''])
def test_a_pristine_state_that_does_not_say_what_it_is_is_made_anew(
    comment: str, server: Server, dump: Path, name: str
) -> None:
    load(server, dump, name)
    with databases.connect(server) as connection:
        connection.execute(f"COMMENT ON DATABASE {name}__pristine IS {comment}".encode())
    assert clones.pristine(server, name) is None
    load(server, dump, name)
    assert there(server, name)


def test_without_room_nothing_is_kept_and_the_clone_is_loaded(
    server: Server, dump: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(databases, "free_space", lambda _: 1000)
    load(server, dump, name)
    assert mark(server, name) == "new"
    assert clones.pristine(server, name) is None
    assert "No pristine state is kept" in capsys.readouterr().err


def test_a_damaged_dump_leaves_the_clone_its_pristine_state_and_its_spares(
    server: Server, dump: Path, name: str
) -> None:
    load(server, dump, name)
    spare = clones.make(server, name, there(server, name))
    before, kin = there(server, name), beside(server, name)
    dump.write_bytes(dump.read_bytes()[:-2000])
    with pytest.raises(DumpError):
        load(server, dump, name)
    assert (there(server, name), mark(server, name)) == (before, "new")
    assert [one for one in kin if not one.startswith("replaced")] == beside(server, name)
    assert spare in clones.ready(server, name, before)


@pytest.mark.parametrize("clone", ["x" * 63, "ü" * 31, "it's x\"; drop database y; --", "a\nb"])
def test_any_name_is_loaded_reset_and_cleared_and_no_other_database_is_touched(
    clone: str, server: Server, database: Database, dump: Path
) -> None:
    database(name=clone)
    before = [database(name="y"), database(name="x" * 62), database(name=f"{'x' * 20}__spare")]
    load(server, dump, clone)
    load(server, dump, clone)
    clones.clear(server, clone, 0)
    assert mark(server, clone) == "new"
    assert len(clones.drop_all(server, clone)) == 1
    assert all(databases.exists(server, name) for name in before)


@pytest.mark.parametrize("clone", ["shop", "größe", "ü" * 31])
def test_the_making_of_spares_is_stopped_whatever_the_clones_name(clone: str, server: Server) -> None:
    query = "SELECT FROM pg_stat_activity WHERE pid = %s"
    with databases.connect(server, application=clones.maker(clone)) as maker:
        clones.stop_making(server, clone)
        until(lambda: not databases.rows(server, query, str(maker.info.backend_pid)))


def test_a_copy_that_cannot_share_blocks_is_made_by_reading_and_writing(
    server: Server, dump: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(server, dump, name)
    monkeypatch.setattr(
        copying, "ways", lambda *_, **__: [Way("STRATEGY file_copy", "nonsense"), Way("STRATEGY wal_log")]
    )
    load(server, dump, name)
    assert mark(server, name) == "new"


def test_the_use_of_the_disk_is_told(server: Server, dump: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    load(server, dump, name)
    clones.show_use(server, name)
    assert f"On disk: {name} " in capsys.readouterr().err


# --- who is in the way ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loaded_before", [True, False])
def test_somebody_connected_is_named_and_keeps_the_clone(
    loaded_before: bool, server: Server, dump: Path, name: str
) -> None:
    if loaded_before:
        load(server, dump, name)
    with databases.connect(server, name, "the app") as app:
        with pytest.raises(DatabaseError, match=r"in use by the app \(pid \d+\).*--force"):
            load(server, dump, name)
        app.execute("SELECT 1")


@pytest.mark.parametrize("loaded_before", [True, False])
def test_force_ends_their_sessions(loaded_before: bool, server: Server, dump: Path, name: str) -> None:
    if loaded_before:
        load(server, dump, name)
    with pytest.raises(DatabaseError, match="terminating"), databases.connect(server, name, "the app") as app:
        load(server, dump, name, force=True)
        app.execute("SELECT 1")
    assert mark(server, name) == "new"


def test_force_ends_no_session_of_another_database(server: Server, database: Database, dump: Path, name: str) -> None:
    with databases.connect(server, database()) as other:
        load(server, dump, name, force=True)
        other.execute("SELECT 1")


# --- killed -----------------------------------------------------------------------------------------------------------


def killed_before(statement: int, work: Callable[[], None]) -> bool:
    """Do `work` in a process that is killed before its so-manieth statement; return whether it came that far."""
    child = os.fork()
    if child == 0:
        execute, count = psycopg.Connection.execute, [0]

        def counting(self: Any, *args: Any, **kwargs: Any) -> Any:
            count[0] += "pg_stat_activity" not in str(args)  # asked once a second while pg_restore runs
            if count[0] == statement:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(self, *args, **kwargs)

        psycopg.Connection.execute = counting  # type: ignore[method-assign]
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def all_is_well(server: Server, name: str, marks: tuple[str, str]) -> None:
    """Whatever happened: the clone is the old or the new one, whole, and so is the pristine state."""
    tables = rows(server, name, "SELECT count(*) FROM pg_class WHERE relname IN ('person', 'child')")[0][0]
    assert (mark(server, name), tables) in ((marks[0], 0), (marks[1], 2))
    assert databases.all_names(server).count(names.beside(name, "pristine")) <= 1


def once_nobody_is_left(server: Server, name: str) -> None:
    """Wait for the server to notice that a killed process is gone."""
    query = "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    until(lambda: not rows(server, "postgres", query))


def test_a_restore_killed_anywhere_leaves_the_old_clone_or_the_new_and_can_be_repeated(
    server: Server, client: Client, database: Database, dump: Path, name: str, tmp_path: Path
) -> None:
    older = dump_as("custom", server, client, database(_SMALL), tmp_path / "older.dump")
    statement, was_killed = 0, True
    while was_killed:
        statement += 1
        load(server, older, name)
        kept = there(server, name).sha256
        was_killed = killed_before(statement, lambda: load(server, dump, name))
        once_nobody_is_left(server, name)
        all_is_well(server, name, ("older", "new"))
        assert there(server, name).sha256 in (kept, dumps.checksum(dump))
        clones.clear(server, name, 0)
        load(server, dump, name)
        all_is_well(server, name, ("nothing", "new"))
        clones.clear(server, name, 0)
        assert beside(server, name) == ["pristine"]
    assert statement > 20


def test_the_pg_restore_that_a_killed_load_left_at_work_is_ended(
    server: Server, database: Database, dump: Path, name: str
) -> None:
    half_made = database(name=names.beside(name, "building"))
    with suppress(DatabaseError), databases.connect(server, half_made, "pg_restore") as left:
        load(server, dump, name)
        assert mark(server, name) == "new"
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")


@pytest.mark.parametrize("spares", [0, 1])
def test_a_reset_killed_anywhere_leaves_the_old_clone_or_the_new_and_can_be_repeated(
    spares: int, server: Server, dump: Path, name: str
) -> None:
    load(server, dump, name)
    statement, was_killed = 0, True
    while was_killed:
        statement += 1
        kept = there(server, name)
        for _ in range(spares):
            clones.make(server, name, kept)
        with databases.connect(server, name) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute("DROP TABLE child, person CASCADE; UPDATE word SET mark = 'spoilt'")
        was_killed = killed_before(statement, lambda: load(server, dump, name))
        once_nobody_is_left(server, name)
        all_is_well(server, name, ("spoilt", "new"))
        assert there(server, name) == kept
        load(server, dump, name)
        all_is_well(server, name, ("nothing", "new"))
        clones.clear(server, name, 0)
        assert beside(server, name) == ["pristine"]
    assert statement > 5


def test_a_copy_that_a_signal_ended_is_gone(
    server: Server, dump: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(text: str, dbname: str) -> list[str]:
        assert any(kind.startswith("making") for kind in beside(server, name))
        raise Interrupted(signal.SIGTERM)

    load(server, dump, name)
    monkeypatch.setattr(restoring, "database_settings", interrupted)
    with pytest.raises(Interrupted):
        clones.make(server, name, there(server, name))
    assert "making" not in "".join(beside(server, name))


def test_what_is_being_made_is_not_cleared_and_what_was_left_unfinished_is(
    server: Server, dump: Path, name: str, database: Database
) -> None:
    load(server, dump, name)
    with databases.connect(server) as maker:
        at_work, left = f"{name}__making{maker.info.backend_pid}", f"{name}__making1"
        database(name=at_work)
        database(name=left)
        clones.clear(server, name, 0)
        assert databases.exists(server, at_work)
        assert not databases.exists(server, left)


_SMALL = "CREATE TABLE word (mark text); INSERT INTO word VALUES ('older')"
