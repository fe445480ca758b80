"""Our own server hurries while a dump is loaded, and is as before afterwards; nobody else's is ever touched."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clonekit import local
from clonekit.errors import DatabaseError, DumpError
from clonekit.postgres import databases, dumps, embedded, haste, loading
from clonekit.postgres.clients import Client
from clonekit.postgres.server import Server
from clonekit.settings import Local, Settings

from . import PEOPLE, Database, people, rows, untouched

STATE = """
    SELECT name, setting, source, sourcefile, pending_restart FROM pg_settings
    UNION ALL SELECT 'database ' || setdatabase, setconfig::text, setrole::text, '', false FROM pg_db_role_setting
    UNION ALL SELECT 'file ' || name, pg_read_file(name), '', '', false
        FROM unnest(ARRAY['postgresql.auto.conf', 'postgresql.conf', 'pg_hba.conf']) name
    UNION ALL SELECT 'role ' || rolname, rolconfig::text, '', '', rolsuper FROM pg_roles
    ORDER BY 1, 2
"""
STARTED = "SELECT pg_postmaster_start_time()::text"


@pytest.fixture(autouse=True)
def every_dump_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_LARGE", 0)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A project with its own server."""
    settings = Settings(local=Local(spares="0"), root=tmp_path_factory.mktemp("project"))
    try:
        local.up(settings)
        yield settings
    finally:
        local.down(settings)


@pytest.fixture
def ours(project: Settings) -> Iterator[Server]:
    """The project's own server."""
    yield local.server(project)
    local.drop_clone(project, everything=True)


@pytest.fixture
def dump(server: Server, client: Client, database: Database, tmp_path: Path) -> Path:
    """A dump with a setting and a comment of the database's own."""
    source = database(PEOPLE)
    with databases.connect(server) as connection:
        connection.execute(f"ALTER DATABASE {source} SET work_mem = '3MB'".encode())
        connection.execute(f"COMMENT ON DATABASE {source} IS 'production'".encode())
    return dumps.write(client, server, source, tmp_path / "prod.dump")


@pytest.fixture
def levels(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The `wal_level` and `fsync` under which each dump was restored."""
    seen: list[str] = []
    restore = loading.restore

    def seeing(server: Server, *args: Any) -> str:
        query = "SELECT current_setting('wal_level') || ' ' || current_setting('fsync')"
        seen.append(rows(server, "postgres", query)[0][0])
        return restore(server, *args)

    monkeypatch.setattr(loading, "restore", seeing)
    return seen


def state(server: Server) -> list[tuple[Any, ...]]:
    """Return all settings of the server, its databases and its roles, and its configuration files."""
    return rows(server, "postgres", STATE)


def synced(project: Settings) -> bool:
    """Wait until all is on the disk."""
    while local.own_server(project).unsynced.exists():
        time.sleep(0.02)
    return True


def test_our_own_server_hurries_and_is_as_before_afterwards(
    ours: Server, project: Settings, dump: Path, levels: list[str]
) -> None:
    before, started = state(ours), rows(ours, "postgres", STARTED)
    local.load_clone(project, str(dump), template=False)
    assert people(ours, project.local.clone_db) == 5000
    local.drop_clone(project)  # it has a setting of its own
    assert levels == ["minimal off"]
    assert state(ours) == before
    assert rows(ours, "postgres", STARTED) != started
    assert synced(project)


def test_our_own_server_is_as_before_after_a_load_that_failed(ours: Server, project: Settings, dump: Path) -> None:
    before = state(ours)
    dump.write_bytes(dump.read_bytes()[:-2000])
    with pytest.raises(DumpError):
        local.load_clone(project, str(dump))
    assert state(ours) == before


def test_a_server_that_crashes_in_haste_loses_nothing(
    ours: Server, project: Settings, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = local.own_server(project)
    local.load_clone(project, str(dump))

    def killed(*_: Any) -> str:
        embedded._run(own, "pg_ctl", "stop", "-m", "immediate")  # as a crash: it has to recover
        raise DatabaseError("The server is gone.")

    monkeypatch.setattr(loading, "restore", killed)
    with pytest.raises(DatabaseError):  # what was begun can't be dropped
        local.load_clone(project, str(dump), template=False)
    assert own.unsynced.exists()
    again = local.up(project)
    assert not own.unsynced.exists()
    assert rows(again, "postgres", "SHOW fsync") == [("on",)]
    assert people(again, project.local.clone_db) == 5000


def test_a_server_is_synced_and_unmarked_when_it_is_stopped_in_haste(ours: Server, project: Settings) -> None:
    own = local.own_server(project)
    embedded.restart(ours, own, hurried=True)
    assert own.unsynced.exists()
    assert local.down(project)
    assert not own.unsynced.exists()
    local.up(project)


def test_what_was_not_brought_to_the_disk_is_at_the_next_chance(ours: Server, project: Settings) -> None:
    haste.settings(local.own_server(project).unsynced)  # of a process that was killed
    local.up(project)
    assert synced(project)
    assert rows(ours, "postgres", "SELECT 1") == [(1,)]


@pytest.mark.parametrize(("code", "stays"), [(0, False), (1, True)])
def test_the_mark_goes_if_syncing_went_well(code: int, stays: bool, tmp_path: Path) -> None:
    mark = tmp_path / "unsynced"
    haste.settings(mark)
    haste.main(mark, mark.read_text(), [sys.executable, "-c", f"raise SystemExit({code})"])
    assert mark.exists() is stays


def test_the_mark_of_a_later_load_stays_even_if_that_began_before_syncing_did(tmp_path: Path) -> None:
    mark = tmp_path / "unsynced"
    haste.settings(mark)
    first = mark.read_text()
    haste.settings(mark)
    haste.main(mark, first, [sys.executable, "-c", ""])
    assert mark.exists()


def test_a_server_is_not_trusted_after_the_machine_went_down_in_haste(ours: Server, project: Settings) -> None:
    own = local.own_server(project)
    local.down(project)
    own.unsynced.write_text("another-run-of-the-machine and a number")
    try:
        with pytest.raises(DatabaseError, match=f"may be damaged. Begin anew: rm -r {own.folder} && inv dev.up"):
            local.up(project)
        assert own.unsynced.exists()
    finally:
        own.unsynced.unlink()
        local.up(project)


def test_a_server_waits_for_the_disk_where_the_machine_does_not_tell_its_runs_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(haste, "_LINUX_BOOT", tmp_path / "missing")
    monkeypatch.setattr(haste, "_MACOS_BOOT", [str(tmp_path / "missing")])
    assert "fsync=off" not in haste.settings(tmp_path / "unsynced")
    assert not (tmp_path / "unsynced").exists()


def test_our_own_server_is_not_restarted_while_somebody_is_connected(
    ours: Server, project: Settings, dump: Path, levels: list[str]
) -> None:
    with databases.connect(ours) as somebody:
        local.load_clone(project, str(dump))
        somebody.execute("SELECT 1")
    assert levels == ["replica on"]


@pytest.mark.parametrize("times", [1, 2])
def test_a_server_that_is_not_ours_keeps_every_setting_of_its_own(
    times: int, server: Server, database: Database, dump: Path, project: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", server.password or "")
    clone, neighbour = database(), database("CREATE TABLE old (mark text); INSERT INTO old VALUES ('precious')")
    theirs = replace(project, local=Local(host=server.host, port=server.port, clone_db=clone, spares="0"))
    before, started = state(server), rows(server, "postgres", STARTED)
    for _ in range(times):
        local.load_clone(theirs, str(dump))
    assert people(server, clone) == 5000
    of_the_clone = "SELECT oid FROM pg_database WHERE datname IN (%s, %s)"
    oids = {f"database {oid}" for (oid,) in databases.rows(server, of_the_clone, clone, f"{clone}__pristine")}
    assert [row for row in state(server) if row[0] not in oids] == before
    assert rows(server, "postgres", STARTED) == started
    assert untouched(server, neighbour)
    local.drop_clone(theirs, everything=True)


def test_fresh_is_built_while_a_dump_is_loaded(ours: Server, project: Settings, dump: Path, tmp_path: Path) -> None:
    """The app is not connected at the moment when the server would be restarted: it would find none."""
    begun, go = tmp_path / "begun", tmp_path / "go"
    app = f"""
import pathlib, time, psycopg
pathlib.Path({str(begun)!r}).touch()
while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.02)
psycopg.connect(autocommit=True).execute('CREATE TABLE mark AS SELECT 1 AS word')
"""
    (tmp_path / "migrate.py").write_text(app)
    shutil.copy(Path(local.__file__).parents[1] / "tasks.py", project.root)
    environ = {**os.environ, "INVOKE_APP_MIGRATE": f"{sys.executable} {tmp_path / 'migrate.py'}"}
    started = rows(ours, "postgres", STARTED)
    with subprocess.Popen([sys.executable, "-m", "invoke", "db.fresh"], cwd=project.root, env=environ) as fresh:
        try:
            while not begun.exists():
                assert fresh.poll() is None
                time.sleep(0.02)
            local.load_clone(project, str(dump))
            assert people(ours, project.local.clone_db) == 5000
            assert rows(ours, "postgres", STARTED) == started
        finally:
            go.touch()
        assert fresh.wait() == 0
    assert rows(ours, project.local.fresh_db, "SELECT word FROM mark") == [(1,)]
