"""Dumps: whole or not there, and loaded whole or not at all; with the real pg_dump and pg_restore."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clonekit import commands, databases, dumps, loading
from clonekit.clients import Client
from clonekit.errors import ClientError, DatabaseError, DumpError
from clonekit.processes import run
from clonekit.server import Server

Database = Callable[..., str]
PEOPLE = """
    CREATE TABLE people (id int PRIMARY KEY, name text);
    INSERT INTO people SELECT g, md5(g::text) FROM generate_series(1, 5000) g;
"""
NUMBER_OF_PEOPLE = 5000


def rows(server: Server, dbname: str, query: str) -> list[tuple[Any, ...]]:
    with databases.connect(server, dbname) as connection:
        return connection.execute(query.encode()).fetchall()


def people(server: Server, dbname: str) -> int:
    return int(rows(server, dbname, "SELECT count(*) FROM people")[0][0])


def untouched(server: Server, dbname: str) -> bool:
    """Whether this is still the database that `old` made, alone."""
    beside = rows(server, "postgres", "SELECT datname FROM pg_database WHERE datname ~ '__(building|replaced)$'")
    return rows(server, dbname, "SELECT mark FROM old") == [("precious",)] and beside == []


@pytest.fixture
def old(database: Database) -> str:
    """A clone from an earlier load."""
    return database("CREATE TABLE old (mark text); INSERT INTO old VALUES ('precious')")


@pytest.fixture
def dumped(server: Server, client: Client, database: Database, tmp_path: Path) -> Callable[[str], Path]:
    """A maker of dumps of a database that this script makes."""

    def make(script: str) -> Path:
        dumps.write(client, server, database(script), tmp_path / "made.dump")
        return tmp_path / "made.dump"

    return make


def fake_client(folder: Path, client: Client, script: str) -> Client:
    """Return the real programs but for a pg_dump that runs `script`, with the target in $file."""
    folder.mkdir()
    for name in ("pg_restore", "psql"):
        (folder / name).symlink_to(client.program(name))
    find = 'for word; do case "$word" in --file=*) file=${word#--file=};; esac; done'
    (folder / "pg_dump").write_text(f"#!/bin/sh\n{find}\n{script}\n")
    (folder / "pg_dump").chmod(0o755)
    return replace(client, folder=folder)


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_dump_is_private_and_alone(server: Server, client: Client, database: Database, tmp_path: Path) -> None:
    dumps.write(client, server, database(PEOPLE), tmp_path / "x.dump")
    assert [path.name for path in tmp_path.iterdir()] == ["x.dump"]
    assert (tmp_path / "x.dump").stat().st_mode & 0o777 == 0o600


def test_a_dump_is_private_whatever_the_umask(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    before = os.umask(0)
    try:
        dumps.write(client, server, database(), tmp_path / "x.dump")
    finally:
        os.umask(before)
    assert (tmp_path / "x.dump").stat().st_mode & 0o777 == 0o600


def test_a_dump_is_in_the_custom_format(dumped: Callable[[str], Path]) -> None:
    dumps.check(dumped(PEOPLE))


def test_a_dump_appears_only_when_it_is_whole(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    real, log, target = client.program("pg_dump"), tmp_path / "log", tmp_path / "x.dump"
    script = f'"{real}" "$@" || exit\n[ -e "{target}" ] && echo target >> "{log}"\nstat -c %a "$file" >> "{log}"'
    slow = fake_client(tmp_path / "bin", client, script)
    dumps.write(slow, server, database(PEOPLE), target)
    assert log.read_text() == "600\n"
    assert target.exists()


@pytest.mark.parametrize(
    "script",
    [
        'echo half > "$file"; echo "pg_dump: error: lost it" >&2; exit 1',
        'echo "pg_dump: error: lost it" >&2; kill -9 $$',
    ],
    ids=["error", "killed"],
)
def test_a_pg_dump_that_fails_leaves_nothing(
    script: str, server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "dump").mkdir()
    failing = fake_client(tmp_path / "bin", client, script)
    with pytest.raises(ClientError, match="pg_dump failed: pg_dump: error: lost it"):
        dumps.write(failing, server, database(), tmp_path / "dump" / "x.dump")
    assert list((tmp_path / "dump").iterdir()) == []


def test_a_cut_dump_is_noticed_though_pg_dump_was_content(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "dump").mkdir()
    cutting = f'"{client.program("pg_dump")}" "$@" || exit\ntruncate -s -200 "$file"'
    with pytest.raises(DumpError, match="not whole"):
        dumps.write(
            fake_client(tmp_path / "bin", client, cutting), server, database(PEOPLE), tmp_path / "dump" / "x.dump"
        )
    assert list((tmp_path / "dump").iterdir()) == []


def test_a_missing_database_leaves_nothing(server: Server, client: Client, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="does not exist"):
        dumps.write(client, server, "typo", tmp_path / "x.dump")
    assert list(tmp_path.iterdir()) == []


def test_a_running_pg_dump_does_not_show_the_password(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    assert server.password
    looking = (
        f'tr "\\0" "\\n" < /proc/$$/cmdline > "{tmp_path}/argv"; tr "\\0" "\\n" < /proc/$$/environ > "{tmp_path}/env"'
    )
    real = f'exec "{client.program("pg_dump")}" "$@"'
    dumps.write(fake_client(tmp_path / "bin", client, f"{looking}\n{real}"), server, database(), tmp_path / "x.dump")
    assert server.password not in (tmp_path / "argv").read_text()
    assert f"PGPASSWORD={server.password}" in (tmp_path / "env").read_text().split("\n")


def test_the_users_variables_do_not_lead_pg_dump_elsewhere(
    server: Server, client: Client, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = database(PEOPLE)
    for variable, value in {"PGDATABASE": "typo", "PGPORT": "1", "PGUSER": "typo", "PGHOST": "typo"}.items():
        monkeypatch.setenv(variable, value)
    dumps.write(client, server, name, tmp_path / "x.dump")
    listing = run(commands.list_contents(client.program("pg_restore"), tmp_path / "x.dump"), os.environ).stdout
    assert f"dbname: {name}\n" in listing


def test_progress_goes_to_stderr_only(dumped: Callable[[str], Path], capfd: pytest.CaptureFixture[str]) -> None:
    dumped(PEOPLE)
    assert capfd.readouterr().out == ""


# --- finding ----------------------------------------------------------------------------------------------------------


def test_the_newest_dump_is_the_one_written_last(tmp_path: Path) -> None:
    for number, name in enumerate(["c.dump", "a.dump", "b.dump"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (number, number))
    (tmp_path / "later.txt").touch()
    (tmp_path / "folder.dump").mkdir()
    assert dumps.newest(tmp_path).name == "b.dump"


def test_a_dump_in_the_making_is_not_the_newest(tmp_path: Path) -> None:
    (tmp_path / "a.dump").touch()
    (tmp_path / "b.dump.part").touch()
    assert dumps.newest(tmp_path).name == "a.dump"


@pytest.mark.parametrize("folder", ["empty", "missing"])
def test_a_folder_without_dumps_is_told_with_how_to_make_one(folder: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DumpError, match=r"no \.dump file in .*inv db\.clone-prod"):
        dumps.newest(tmp_path / folder)


def test_a_dump_folder_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "dump").mkdir(mode=0o755)
    dumps.prepare_folder(tmp_path / "dump")
    assert (tmp_path / "dump").stat().st_mode & 0o777 == 0o700


def test_a_file_in_the_dump_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "dump").touch()
    with pytest.raises(DumpError, match="can't be used"):
        dumps.prepare_folder(tmp_path / "dump")


def test_a_missing_dump_is_told(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match=r"typo\.dump can't be read: No such file"):
        dumps.check(tmp_path / "typo.dump")


@pytest.mark.parametrize("content", [b"", b"PGD", b"SELECT 1;\n", b"\0" * 1000])
def test_what_is_no_dump_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(DumpError, match="not a dump in pg_dump's custom or directory format"):
        dumps.check(tmp_path / "x")


# --- loading ----------------------------------------------------------------------------------------------------------


def test_a_load_brings_all_rows(server: Server, database: Database, dumped: Callable[[str], Path]) -> None:
    target = database()
    loading.load(server, dumped(PEOPLE), target)
    assert people(server, target) == NUMBER_OF_PEOPLE


def test_a_load_makes_a_database_that_was_not_there(
    server: Server, database: Database, dumped: Callable[[str], Path]
) -> None:
    target = database()
    databases.drop(server, target)
    loading.load(server, dumped(PEOPLE), target)
    assert people(server, target) == NUMBER_OF_PEOPLE


def test_a_load_replaces_the_old_clone(server: Server, old: str, dumped: Callable[[str], Path]) -> None:
    loading.load(server, dumped(PEOPLE), old)
    assert rows(server, old, "SELECT to_regclass('old')") == [(None,)]


def test_a_load_can_be_repeated(server: Server, old: str, dumped: Callable[[str], Path]) -> None:
    path = dumped(PEOPLE)
    loading.load(server, path, old)
    loading.load(server, path, old)
    assert people(server, old) == NUMBER_OF_PEOPLE


@pytest.mark.parametrize("name", ['x"; drop database y; --', "it's", "ünïcøde 東京", "x" * 63, " a  b "])
def test_an_awkward_name_is_dumped_and_loaded_and_nothing_else_is_touched(
    name: str, server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    other = database("CREATE TABLE old (mark text); INSERT INTO old VALUES ('precious')", name="y")
    database(PEOPLE, name=name)
    dumps.write(client, server, name, tmp_path / "x.dump")
    loading.load(server, tmp_path / "x.dump", name)
    assert people(server, name) == NUMBER_OF_PEOPLE
    assert untouched(server, other)


def test_schemas_views_functions_and_vectors_arrive(
    server: Server, database: Database, dumped: Callable[[str], Path]
) -> None:
    target = database()
    path = dumped(
        """CREATE EXTENSION vector; CREATE SCHEMA "Odd ""schema"; CREATE TABLE "Odd ""schema"."T 1" (v vector(2));
        INSERT INTO "Odd ""schema"."T 1" VALUES ('[1,2]');
        CREATE FUNCTION twice(i int) RETURNS int LANGUAGE sql AS 'SELECT 2 * i';
        CREATE VIEW doubled AS SELECT twice(21) AS answer;
        CREATE TABLE parts (id int) PARTITION BY RANGE (id);
        CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (9); INSERT INTO parts VALUES (1)"""
    )
    loading.load(server, path, target)
    assert rows(server, target, 'SELECT v::text, answer, id FROM "Odd ""schema"."T 1", doubled, parts') == [
        ("[1,2]", 42, 1)
    ]


def test_a_policy_for_a_missing_role_is_listed_and_counted_and_the_load_succeeds(
    server: Server, database: Database, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policies = "CREATE POLICY {0}_1 ON people TO {0}; CREATE POLICY {0}_2 ON people TO {0}"
    source = database(f"CREATE ROLE reader; {PEOPLE}; {policies.format('reader')}")
    dumps.write(client, server, source, tmp_path / "x.dump")
    with databases.connect(server, source) as connection:
        connection.execute("DROP OWNED BY reader; DROP ROLE reader")
    target = database()
    loading.load(server, tmp_path / "x.dump", target)
    told = capsys.readouterr().err
    assert 'left out: POLICY people reader_1 postgres: role "reader" does not exist' in told
    assert "Left out because of a role that is not here: 2." in told
    assert people(server, target) == NUMBER_OF_PEOPLE


def test_an_unavailable_extension_that_nothing_needs_is_left_out(
    server: Server, database: Database, dumped: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = dumped(f"CREATE EXTENSION vector; {PEOPLE}")
    wanted, missing = (f"EXTENSION IF NOT EXISTS {name} WITH".encode() for name in ("vector", "vectoq"))
    path.write_bytes(path.read_bytes().replace(wanted, missing))
    target = database()
    loading.load(server, path, target)
    assert "Left out because of an extension that is not here: 2." in capsys.readouterr().err
    assert people(server, target) == NUMBER_OF_PEOPLE


def test_a_load_that_loses_a_table_keeps_the_old_clone(
    server: Server, old: str, dumped: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = dumped(f"CREATE EXTENSION vector; {PEOPLE}; CREATE TABLE embeddings (v vector(2))")
    wanted, missing = (f"EXTENSION IF NOT EXISTS {name} WITH".encode() for name in ("vector", "vectoq"))
    path.write_bytes(path.read_bytes().replace(wanted, missing))
    with pytest.raises(DumpError, match=r"2 objects of .* could not be restored"):
        loading.load(server, path, old)
    assert "LOST: TABLE embeddings postgres" in capsys.readouterr().err
    assert untouched(server, old)


def test_a_load_that_loses_rows_keeps_the_old_clone(server: Server, old: str, dumped: Callable[[str], Path]) -> None:
    path = dumped(
        """CREATE FUNCTION ok(i int) RETURNS bool LANGUAGE sql AS 'SELECT true';
        CREATE TABLE checked (id int CHECK (ok(id))); INSERT INTO checked VALUES (1);
        CREATE OR REPLACE FUNCTION ok(i int) RETURNS bool LANGUAGE sql AS 'SELECT false'"""
    )
    with pytest.raises(DumpError, match=r"1 objects of .* could not be restored"):
        loading.load(server, path, old)
    assert untouched(server, old)


@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_a_truncated_dump_keeps_the_old_clone(
    part: float, server: Server, old: str, dumped: Callable[[str], Path]
) -> None:
    path = dumped(PEOPLE)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(DumpError):
        loading.load(server, path, old)
    assert untouched(server, old)


@pytest.mark.parametrize("content", [b"", b"no dump", b"PGDMP", b"PGDMP" + b"\xff" * 500])
def test_what_is_no_dump_keeps_the_old_clone(content: bytes, server: Server, old: str, tmp_path: Path) -> None:
    (tmp_path / "x.dump").write_bytes(content)
    with pytest.raises(DumpError, match=r"x\.dump"):
        loading.load(server, tmp_path / "x.dump", old)
    assert untouched(server, old)


def test_a_used_clone_is_kept_and_its_sessions_named(server: Server, old: str, dumped: Callable[[str], Path]) -> None:
    path = dumped(PEOPLE)
    with (
        databases.connect(server, old),
        pytest.raises(DatabaseError, match=rf"'{old}' is in use by clonekit \(pid \d+\)"),
    ):
        loading.load(server, path, old)
    assert untouched(server, old)


def test_a_dump_is_read_by_the_first_client_that_can(
    server: Server, client: Client, database: Database, dumped: Callable[[str], Path], make_clients: Callable[..., Path]
) -> None:
    path, target = dumped(PEOPLE), database()
    blind = make_clients("blind", "18.0")
    (blind / "pg_restore").write_text('#!/bin/sh\necho "pg_restore: error: unsupported version (1.16)" >&2; exit 1\n')
    loading.load(server, path, target, str(blind))
    assert people(server, target) == NUMBER_OF_PEOPLE


def test_a_dump_that_no_client_can_read_is_told_with_what_the_last_one_said(
    server: Server,
    old: str,
    dumped: Callable[[str], Path],
    make_clients: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, blind = dumped(PEOPLE), make_clients("blind", "18.0")
    (blind / "pg_restore").write_text('#!/bin/sh\necho "pg_restore: error: unsupported version (9.9)" >&2; exit 1\n')
    monkeypatch.setattr("clonekit.clients.folders", lambda _: iter([blind]))
    with pytest.raises(DumpError, match=r"No client program can read .*unsupported version \(9\.9\)"):
        loading.load(server, path, old)
    assert untouched(server, old)


def test_a_pg_restore_that_is_killed_keeps_the_old_clone(
    server: Server, client: Client, old: str, dumped: Callable[[str], Path], tmp_path: Path
) -> None:
    path, folder = dumped(PEOPLE), tmp_path / "killed"
    folder.mkdir()
    for name in ("pg_dump", "psql"):
        (folder / name).symlink_to(client.program(name))
    script = f'#!/bin/sh\n[ "$1" = --list ] && exec "{client.program("pg_restore")}" "$@"\nkill -9 $$\n'
    (folder / "pg_restore").write_text(script)
    (folder / "pg_restore").chmod(0o755)
    with pytest.raises(DumpError, match="exit code -9"):
        loading.load(server, path, old, str(folder))
    assert untouched(server, old)


def test_a_real_pg_dump_does_not_show_the_password_while_it_runs(
    server: Server, client: Client, database: Database
) -> None:
    assert server.password
    name = database(PEOPLE)
    with databases.connect(server, name) as lock, lock.transaction():
        lock.execute("LOCK TABLE people IN ACCESS EXCLUSIVE MODE")  # pg_dump waits for it
        argv = commands.dump(client.program("pg_dump"), server.parameters(name), Path("/dev/null"))
        environ = {**os.environ, **server.environment(name)}
        with subprocess.Popen(argv, env=environ, stderr=subprocess.DEVNULL) as running:
            wait_for_pg_dump(server, name)
            shown = Path(f"/proc/{running.pid}/cmdline").read_text()
            running.kill()
    assert f"dbname='{name}'" in shown
    assert server.password not in shown


def wait_for_pg_dump(server: Server, name: str) -> None:
    deadline = time.monotonic() + 10
    while not any(session.startswith("pg_dump") for session in databases.sessions(server, name)):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_rows_that_name_a_missing_role_are_lost_and_not_left_out(
    server: Server, client: Client, database: Callable[..., str], tmp_path: Path
) -> None:
    source = database("CREATE ROLE gone; CREATE TABLE g (r regrole); INSERT INTO g VALUES ('gone')")
    dumps.write(client, server, source, tmp_path / "x.dump")
    with databases.connect(server, source) as connection:
        connection.execute("DELETE FROM g; DROP ROLE gone")
    with pytest.raises(DumpError, match="could not be restored"):
        loading.load(server, tmp_path / "x.dump", database())


def test_the_databases_settings_and_comment_are_loaded(
    server: Server, client: Client, database: Callable[..., str], tmp_path: Path
) -> None:
    source = database()
    with databases.connect(server) as connection:
        connection.execute(f"ALTER DATABASE {source} SET work_mem = '3MB'".encode())
        connection.execute(f"COMMENT ON DATABASE {source} IS 'it''s'".encode())
    dumps.write(client, server, source, tmp_path / "x.dump")
    target = database()
    loading.load(server, tmp_path / "x.dump", target)
    with databases.connect(server, target) as connection:
        row = connection.execute("SHOW work_mem").fetchone()
        comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        assert (row, connection.execute(comment).fetchone()) == (("3MB",), ("it's",))


def test_a_subscription_is_not_dumped(
    server: Server, client: Client, database: Callable[..., str], tmp_path: Path
) -> None:
    source = database(
        "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false, slot_name = NONE)"
    )
    try:
        dumps.write(client, server, source, tmp_path / "x.dump")
    finally:
        with databases.connect(server, source) as connection:
            connection.execute("DROP SUBSCRIPTION s")
    assert b"host=x" not in (tmp_path / "x.dump").read_bytes()
