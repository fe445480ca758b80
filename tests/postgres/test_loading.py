"""Dumps are loaded whole or not at all; with the real pg_dump, pg_restore and psql."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clonekit.errors import DatabaseError, DumpError
from clonekit.postgres import databases, dumps, loading
from clonekit.postgres.clients import Client
from clonekit.postgres.server import Server
from tests.postgres import NUMBER_OF_PEOPLE, PEOPLE, Database, people, rows, untouched


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


def test_a_client_that_does_not_know_the_dumps_compression_is_passed_over(
    server: Server, client: Client, database: Database, dumped: Callable[[str], Path], make_clients: Callable[..., Path]
) -> None:
    path, target = dumped(PEOPLE), database()
    blind = make_clients("blind", "18.0")
    warning = "pg_restore: warning: archive is compressed, but this installation does not support compression"
    (blind / "pg_restore").write_text(f'#!/bin/sh\necho "{warning}" >&2\nexec "{client.program("pg_restore")}" "$@"\n')
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
    monkeypatch.setattr("clonekit.postgres.clients.folders", lambda _: iter([blind]))
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
