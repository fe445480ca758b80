"""Plain SQL: its rows are what production's users have typed, and never run as statements."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from clonekit.errors import ClientError, DumpError
from clonekit.postgres import clients, loading
from clonekit.postgres.clients import Client
from clonekit.postgres.server import Server
from tests.postgres import Database, rows

EVIL = "x; CREATE TABLE public.evil (a int); COPY evil FROM PROGRAM 'echo 1'; --"
MADE = f"CREATE TABLE one (a text); INSERT INTO one VALUES ($${EVIL}$$), ('FROM stdin;')"
Scripted = Callable[..., Path]


@pytest.fixture
def scripted(server: Server, client: Client, database: Database, tmp_path: Path) -> Scripted:
    """A maker of plain dumps of a table with such a row; a broken one can't make the table."""

    def make(*flags: str, broken: bool) -> Path:
        argv = [str(client.program("pg_dump")), "--no-owner", *flags]
        dump = subprocess.run(argv, env=server.environment(database(MADE)), capture_output=True, check=True).stdout
        path = tmp_path / "plain.sql"
        path.write_bytes(dump.replace(b"a text", b"a not_there") if broken else dump)
        return path

    return make


@pytest.fixture
def old(client: Client, tmp_path: Path) -> Path:
    """Client programs with a psql as it was: after a COPY that failed it goes on with the next line."""
    folder = tmp_path / "old"
    folder.mkdir()
    for name in ("pg_dump", "pg_restore"):
        (folder / name).symlink_to(client.program(name))
    (folder / "psql").write_text(f"#!/bin/sh\nsed '/^COPY .*/s//SELECT none;/' | '{client.program('psql')}' \"$@\"\n")
    (folder / "psql").chmod(0o700)
    return folder


@pytest.mark.parametrize("flags", [(), ("--inserts",)])
def test_the_rows_of_a_table_that_could_not_be_made_are_neither_run_nor_told(
    flags: tuple[str, ...],
    scripted: Scripted,
    old: Path,
    server: Server,
    database: Database,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = database()
    with pytest.raises(DumpError, match="could not be restored"):
        loading.restore(server, scripted(*flags, broken=True), target, str(old))
    assert rows(server, target, "SELECT to_regclass('evil')") == [(None,)]
    assert "evil" not in capsys.readouterr().err


def test_a_psql_that_would_run_them_is_passed_over(
    scripted: Scripted, old: Path, server: Server, database: Database
) -> None:
    target = database()
    loading.restore(server, scripted(broken=False), target, str(old))
    assert rows(server, target, "SELECT a FROM one") == [(EVIL,), ("FROM stdin;",)]


def test_without_any_other_plain_sql_is_refused_and_archives_are_asked_for(
    scripted: Scripted, old: Path, server: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "folders", lambda _: iter([old]))
    with pytest.raises(ClientError, match=r"runs the rows of plain SQL as statements .* Dump with -Fc"):
        loading.restore(server, scripted(broken=False), database(), str(old))
