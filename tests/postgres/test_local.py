"""The developer's tasks on a real server: load, drop, build anew, migrate, psql."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clonekit import files, local, names, terminal
from clonekit.errors import AppError, DatabaseError, DumpError, UsageError
from clonekit.postgres import databases, dumps, embedded, manifests
from clonekit.postgres.clients import Client
from clonekit.postgres.manifests import Manifest
from clonekit.postgres.server import Server
from clonekit.settings import App, Local, Settings
from tests.others import other_task

Database = Callable[..., str]
WHO = "import os,sys; print(os.environ['PGDATABASE'], os.environ['ORCHA_LOCAL_DB_NAME_OVERRIDE'], *sys.argv[1:])"


@pytest.fixture
def settings(server: Server, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A project on our server, whose clone database is there and has one table."""
    monkeypatch.setenv("PGPASSWORD", server.password or "")
    clone = database("CREATE TABLE mark (word text); INSERT INTO mark VALUES ('old')")
    return Settings(local=Local(host=server.host, port=server.port, clone_db=clone, spares="0"), root=tmp_path)


@pytest.fixture
def dumped(server: Server, client: Client, database: Database, settings: Settings) -> Path:
    """A dump in the project's dump folder."""
    dumps.prepare_folder(settings.dump_dir)
    path = settings.dump_dir / "prod-20260424-093839.dump"
    dumps.write(client, server, database("CREATE TABLE mark (word text); INSERT INTO mark VALUES ('new')"), path)
    return path


def word(server: Server, dbname: str) -> str:
    with databases.connect(server, dbname) as connection:
        row = connection.execute("SELECT word FROM mark").fetchone()
    return row[0] if row else ""


def with_app(settings: Settings, **lines: str) -> Settings:
    return replace(settings, app=App(**lines))


def script(text: str) -> str:
    """Return an app command line that runs this Python text."""
    return f"{sys.executable} -c {text!r}" if "'" not in text else f'{sys.executable} -c "{text}"'


# --- load and drop ----------------------------------------------------------------------------------------------------


def test_the_newest_dump_is_loaded_as_the_clone(settings: Settings, dumped: Path, server: Server) -> None:
    assert local.load_clone(settings) == settings.local.clone_db
    assert word(server, settings.local.clone_db) == "new"


def test_a_load_says_which_dump_how_old_and_how_to_use_it(
    settings: Settings, dumped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local.load_clone(settings)
    told = capsys.readouterr()
    assert f"Loading {dumped}" in told.err
    assert "s ago) as" in told.err
    assert f"export ORCHA_LOCAL_DB_NAME_OVERRIDE={settings.local.clone_db}" in told.err
    assert told.out == ""


def test_a_load_and_a_reset_say_which_ways_out_of_it_a_clone_has(
    settings: Settings, server: Server, client: Client, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    source = database(
        "CREATE EXTENSION postgres_fdw; CREATE SERVER ledger FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'far')"
    )
    dump = dumps.write(client, server, source, settings.root / "linked.dump")
    try:
        for _ in range(2):
            local.load_clone(settings, str(dump))
            assert "Its foreign servers are production's: ledger." in capsys.readouterr().err
    finally:
        local.drop_clone(settings, everything=True)


def test_a_dump_that_is_not_the_one_of_its_manifest_keeps_the_old_clone(
    settings: Settings, dumped: Path, server: Server
) -> None:
    other = Manifest("0" * 64, 1, "r", "s", "d", "n", "a", "t", "18.6")
    manifests.path_of(dumped).write_text(manifests.text(other))
    with pytest.raises(DumpError, match="damaged or replaced since"):
        local.load_clone(settings)
    assert word(server, settings.local.clone_db) == "old"


@pytest.mark.parametrize("missing", ["", "typo.dump"])
def test_a_missing_dump_keeps_the_old_clone(missing: str, settings: Settings, server: Server) -> None:
    with pytest.raises(DumpError):
        local.load_clone(settings, missing)
    assert word(server, settings.local.clone_db) == "old"


def test_a_clone_name_over_63_bytes_is_refused(settings: Settings, dumped: Path) -> None:
    long = replace(settings, local=replace(settings.local, clone_db="ü" * 32))
    with pytest.raises(UsageError, match="at most 63 bytes"):
        local.load_clone(long)


def test_the_clone_is_dropped(settings: Settings, server: Server) -> None:
    assert local.drop_clone(settings)
    assert not databases.exists(server, settings.local.clone_db)


def test_what_a_killed_task_has_left_beside_the_clone_is_told_when_it_is_dropped(
    settings: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    left = database(name=names.beside(settings.local.clone_db, "building"))
    local.drop_clone(settings)
    assert f"has left {left}; inv db.drop-clone --all drops that too." in capsys.readouterr().err
    assert left in local.drop_clone(settings, everything=True)


def test_a_missing_clone_is_fine_to_drop(settings: Settings) -> None:
    local.drop_clone(settings)
    assert not local.drop_clone(settings)


def test_dropping_a_name_over_63_bytes_is_refused(settings: Settings) -> None:
    with pytest.raises(UsageError, match="at most 63 bytes"):
        local.drop_clone(replace(settings, local=replace(settings.local, clone_db="x" * 64)))


def test_an_unreachable_server_is_one_sentence(settings: Settings, dumped: Path) -> None:
    gone = replace(settings, local=replace(settings.local, port=1))
    with pytest.raises(DatabaseError, match=r"inv dev\.up") as failed:
        local.load_clone(gone)
    assert "\n" not in str(failed.value)


# --- the app's commands -----------------------------------------------------------------------------------------------


def test_migrate_runs_on_the_clone_by_default(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    clone = settings.local.clone_db
    local.run_app(with_app(settings, migrate=script(WHO) + " {action}"), "migrate", "", action="up")
    assert capfd.readouterr().out == f"{clone} {clone} up\n"


def test_migrate_runs_on_the_database_that_the_override_names(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    other = database()
    monkeypatch.setenv("ORCHA_LOCAL_DB_NAME_OVERRIDE", f" {other} ")
    local.run_app(with_app(settings, migrate=script(WHO)), "migrate", "", action="up")
    assert capfd.readouterr().out == f"{other} {other}\n"


def test_migrate_runs_on_the_given_database_first(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ORCHA_LOCAL_DB_NAME_OVERRIDE", "not_this")
    other = database()
    local.run_app(with_app(settings, migrate=script(WHO)), "migrate", other, action="up")
    assert capfd.readouterr().out == f"{other} {other}\n"


def test_an_app_command_can_log_in_with_database_url_alone(settings: Settings) -> None:
    text = "import os,psycopg; url=os.environ.pop('DATABASE_URL'); psycopg.connect(url).execute('select 1 from mark')"
    local.run_app(with_app(settings, migrate=script(text)), "migrate", "", action="up")


def test_a_failing_app_command_is_told_with_code_and_database(settings: Settings) -> None:
    failing = with_app(settings, migrate=script("raise SystemExit(3)"))
    with pytest.raises(AppError, match=f"exit code 3 on the database '{settings.local.clone_db}'"):
        local.run_app(failing, "migrate", "", action="up")


def test_an_app_command_that_is_not_there_is_told(settings: Settings) -> None:
    with pytest.raises(AppError, match="'no-such-program' can't be started"):
        local.run_app(with_app(settings, migrate="no-such-program"), "migrate", "", action="up")


def test_an_app_command_that_is_not_set_is_told_by_its_setting(settings: Settings) -> None:
    with pytest.raises(UsageError, match=r"app\.migrate is not set"):
        local.run_app(settings, "migrate", "", action="up")


def test_a_missing_database_is_not_handed_to_the_app(settings: Settings) -> None:
    with pytest.raises(DatabaseError, match="There is no database 'typo'"):
        local.run_app(with_app(settings, migrate=script(WHO)), "migrate", "typo", action="up")


def fresh_settings(settings: Settings, name: str, text: str) -> Settings:
    return replace(settings, local=replace(settings.local, fresh_db=name), app=App(migrate=script(text)))


def test_fresh_is_built_by_the_migrations(settings: Settings, server: Server, database: Database) -> None:
    text = "import psycopg; psycopg.connect(autocommit=True).execute('create table mark as select 1 as word')"
    name = database("CREATE TABLE before ()")
    assert local.fresh(fresh_settings(settings, name, text)) == name
    with databases.connect(server, name) as connection:
        assert connection.execute("SELECT to_regclass('before'), to_regclass('mark')").fetchone() == (None, "mark")


def test_what_the_migrations_of_fresh_print_is_no_result(
    settings: Settings, database: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    local.fresh(fresh_settings(settings, database(), "print('Applying 0001')"))
    out, err = capfd.readouterr()
    assert (out, "Applying 0001" in err) == ("", True)


def test_fresh_keeps_the_old_one_if_a_migration_fails(settings: Settings, server: Server, database: Database) -> None:
    name = database("CREATE TABLE mark (word text); INSERT INTO mark VALUES ('old')")
    with pytest.raises(AppError):
        local.fresh(fresh_settings(settings, name, "raise SystemExit(1)"))
    assert word(server, name) == "old"


def test_seed_makes_the_development_database(settings: Settings, server: Server, database: Database) -> None:
    name = database()
    databases.drop(server, name)
    local.seed(with_app(settings, seed=script(WHO)), name)
    assert databases.exists(server, name)


# --- psql and logs ----------------------------------------------------------------------------------------------------


def test_psql_runs_a_command_on_the_clone(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    assert terminal.psql(settings, command="SELECT word FROM mark") == 0
    assert "old" in capfd.readouterr().out


def test_psqls_exit_code_comes_back(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    assert terminal.psql(settings, command="SELECT nonsense") != 0
    assert 'column "nonsense" does not exist' in capfd.readouterr().err


def test_psql_opens_an_awkward_name(settings: Settings, database: Database, capfd: pytest.CaptureFixture[str]) -> None:
    name = database(name="it's x\"; drop database y; --")
    terminal.psql(settings, name, "SELECT current_database()")
    assert name in capfd.readouterr().out


def test_psql_on_an_unknown_database_is_a_database_error(settings: Settings) -> None:
    with pytest.raises(DatabaseError, match="does not exist"):
        terminal.psql(settings, "typo", "SELECT 1")


def test_logs_without_a_server_of_ours_say_so(settings: Settings) -> None:
    with pytest.raises(DatabaseError, match=r"no log at .*dev\.up started no server here"):
        terminal.logs(settings, 10, follow=False)


def test_logs_print_the_last_lines(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    log = local.own_server(settings).log
    log.parent.mkdir(parents=True)
    log.write_text("a\nb\nc\n")
    assert terminal.logs(settings, 2, follow=False) == 0
    assert capfd.readouterr().out == "b\nc\n"


def test_what_a_statement_left_in_the_log_cannot_drive_the_terminal(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    log = local.own_server(settings).log
    log.parent.mkdir(parents=True)
    log.write_bytes(b"STATEMENT:  SELECT '\x1b[2J\x9b2J\xff'\n")
    terminal.logs(settings, 9, follow=False)
    printed = capfd.readouterr().out
    assert printed.startswith("STATEMENT:  SELECT '")
    assert not {"\x1b", "\x9b"} & set(printed)


# --- which server -----------------------------------------------------------------------------------------------------


def test_a_configured_server_is_neither_started_nor_stopped(settings: Settings, server: Server) -> None:
    assert str(local.up(settings)) == str(server)
    assert not local.down(settings)
    assert databases.major(server) == 18


def test_a_configured_server_that_does_not_answer_is_told(settings: Settings) -> None:
    with pytest.raises(DatabaseError):
        local.up(replace(settings, local=replace(settings.local, port=1)))


def test_without_any_configuration_it_is_the_usual_address(tmp_path: Path) -> None:
    assert str(local.server(Settings(root=tmp_path))) == "localhost:5432"


def test_an_own_server_starts_once_keeps_its_data_and_stops(tmp_path: Path) -> None:
    project: Any = Settings(root=tmp_path)
    try:
        started = local.up(project)
        assert local.up(project) == started
        databases.create(started, "kept")
        assert local.server(project) == started
        assert local.down(project)
        assert not local.down(project)
        assert databases.exists(local.up(project), "kept")
    finally:
        local.down(project)
    assert embedded.address(local.own_server(project)) is None


def test_an_own_server_keeps_its_password_to_itself(tmp_path: Path) -> None:
    own = embedded.Embedded(tmp_path)
    files.write_private(own.password_file, "secret")
    assert own.password_file.stat().st_mode & 0o777 == 0o600


def test_the_name_of_the_projects_folder_is_no_shells_to_read(tmp_path: Path) -> None:
    own = embedded.Embedded(tmp_path / 'it\'s $HOME, "`touch run`" \\ ü' / "postgres")
    try:
        here = embedded.start(own)
        embedded.restart(here, own, hurried=False)
        with databases.connect(here) as connection:
            assert connection.execute("SHOW data_directory").fetchone() == (str(own.data),)
        assert "ready to accept connections" in own.log.read_text()
    finally:
        embedded.stop(own)


def test_a_clone_is_there_even_if_nothing_can_be_made_ready_for_the_next(
    settings: Settings, dumped: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.state_dir.touch()
    local.load_clone(replace(settings, local=replace(settings.local, spares="1")))
    assert word(server, settings.local.clone_db) == "new"
    assert "No spare is made ready. The folder" in capsys.readouterr().err


# --- two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", [local.load_clone, local.drop_clone, local.fresh])
def test_what_another_task_is_at_work_on_is_left_alone(
    task: Callable[[Settings], Any], settings: Settings, dumped: Path, server: Server, database: Database
) -> None:
    name = settings.local.clone_db
    ours = settings
    if task is local.fresh:
        name = database("CREATE TABLE mark (word text); INSERT INTO mark VALUES ('old')")
        ours = fresh_settings(settings, name, "pass")
    with (
        other_task(settings.runs_dir, server, name) as pid,
        pytest.raises(DatabaseError, match=rf"inv rehearse \(process {pid}\) is at work"),
    ):
        task(ours)
    assert word(server, name) == "old"


@pytest.mark.parametrize("kind", ["migrate", "ingest", "seed"])
def test_the_app_does_not_work_on_what_another_task_is_at_work_on(
    kind: str, settings: Settings, server: Server
) -> None:
    name, ours = settings.local.clone_db, with_app(settings, **{kind: "touch nothing"})
    with (
        other_task(settings.runs_dir, server, name) as pid,
        pytest.raises(DatabaseError, match=rf"inv rehearse \(process {pid}\) is at work"),
    ):
        local.seed(ours, name) if kind == "seed" else local.run_app(ours, kind, "")
