"""Databases of a real server: awkward names, sessions in the way, and swapping without loss."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from clonekit.errors import DatabaseError, Interrupted, UsageError
from clonekit.postgres import databases
from clonekit.postgres.server import Server

Database = Callable[..., str]
AWKWARD = [
    'x"; drop database y; --',
    "it's",
    " with  spaces ",
    "ünïcøde 東京",
    "-U",
    "x" * 63,
    "%s {} \\",
    "a=b host=c",
    "a\nb",
]


def names(server: Server) -> set[str]:
    with databases.connect(server) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()}


def execute(server: Server, dbname: str, statement: Any) -> list[tuple[Any, ...]]:
    with databases.connect(server, dbname) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def session(server: Server, dbname: str, application: str) -> Iterator[None]:
    with databases.connect(server, dbname) as connection:
        connection.execute(SQL("SET application_name = {}").format(application))
        yield


# --- looking ----------------------------------------------------------------------------------------------------------


def test_the_servers_major_version_is_asked(server: Server) -> None:
    assert databases.major(server) == 18


def test_a_database_is_there_or_not(server: Server, database: Database) -> None:
    name = database()
    assert databases.exists(server, name)
    assert not databases.exists(server, f"{name}_not")


def test_a_needed_database_that_is_missing_is_named_with_its_server(server: Server) -> None:
    with pytest.raises(DatabaseError, match=f"There is no database 'typo' on {server}"):
        databases.require(server, "typo")


def test_an_unknown_database_is_one_sentence(server: Server) -> None:
    with pytest.raises(DatabaseError, match="does not exist") as failed, databases.connect(server, "typo"):
        pass
    assert "\n" not in str(failed.value)


def test_an_unreachable_server_is_one_sentence_with_what_to_do(server: Server) -> None:
    with pytest.raises(DatabaseError, match=r"127\.0\.0\.1:1, .*inv dev\.up") as failed:
        databases.major(replace(server, port=1))
    assert "\n" not in str(failed.value)


def test_a_login_that_a_signal_ends_is_closed_before_anything_is_cleaned_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(steps: Any, **_: Any) -> None:
        next(steps)
        raise Interrupted(signal.SIGTERM)

    monkeypatch.setattr("psycopg.waiting.wait_conn", interrupted)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        try:
            databases.login(Server("127.0.0.1", listener.getsockname()[1], "postgres"), "postgres")
        except Interrupted:  # as long as that is known, whatever it went through is kept
            login, _ = listener.accept()
            login.settimeout(5)
            with login:
                assert login.recv(1000) == b""


def test_an_unknown_host_is_a_database_error(server: Server) -> None:
    with pytest.raises(DatabaseError, match=r"no-such-host\.invalid"):
        databases.major(replace(server, host="no-such-host.invalid"))


def test_a_wrong_password_is_told_without_it_and_without_starting_advice(server: Server) -> None:
    with pytest.raises(DatabaseError, match="password authentication failed") as failed:
        databases.major(replace(server, password="hunter2"))
    assert "hunter2" not in str(failed.value)
    assert "dev.up" not in str(failed.value)


def test_a_servers_message_cannot_drive_the_terminal(server: Server) -> None:
    with pytest.raises(DatabaseError) as failed:
        databases.require(server, "\x1b[2J")
    assert "\x1b" not in str(failed.value)


def test_an_error_inside_a_connection_becomes_ours(server: Server) -> None:
    with pytest.raises(DatabaseError, match="division by zero"):
        execute(server, databases.MAINTENANCE_DB, "SELECT 1/0")


# --- creating and dropping --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_name_is_created_and_dropped_and_nothing_else_is_touched(
    name: str, server: Server, database: Database
) -> None:
    database(name="y")
    before = names(server)
    databases.create(server, name)
    assert names(server) == before | {name}
    assert databases.drop(server, name)
    assert names(server) == before


def test_a_new_database_is_utf8_and_empty_whatever_template1_holds(server: Server, database: Database) -> None:
    execute(server, "template1", "CREATE TABLE local_junk ()")
    try:
        name = database()
    finally:
        execute(server, "template1", "DROP TABLE local_junk")
    assert execute(server, name, "SELECT to_regclass('local_junk'), getdatabaseencoding()") == [(None, "UTF8")]


def test_a_database_that_exists_is_not_created_again(server: Server, database: Database) -> None:
    with pytest.raises(DatabaseError, match="already exists"):
        databases.create(server, database())


def test_dropping_a_missing_database_is_fine(server: Server) -> None:
    assert not databases.drop(server, "was_never_there")


def test_a_used_database_is_not_dropped_and_its_sessions_are_named(server: Server, database: Database) -> None:
    name = database()
    with (
        session(server, name, "my app"),
        pytest.raises(DatabaseError, match=rf"'{name}' is in use by my app \(pid \d+\)"),
    ):
        databases.drop(server, name)
    assert databases.exists(server, name)


def test_a_session_that_is_just_leaving_is_not_in_the_way(server: Server, database: Database) -> None:
    name = database()
    leaving = threading.Timer(0.2, databases.login(server, name).close)
    leaving.start()
    assert databases.drop(server, name)
    leaving.join()


def test_a_session_without_a_name_is_a_client(server: Server, database: Database) -> None:
    name = database()
    with session(server, name, ""):
        assert [text.split(" (")[0] for text in databases.sessions(server, name)] == ["a client"]


def test_sessions_of_other_databases_do_not_count(server: Server, database: Database) -> None:
    name = database()
    with session(server, database(), "elsewhere"):
        assert databases.sessions(server, name) == []


# --- replacing --------------------------------------------------------------------------------------------------------


def test_a_replaced_database_is_the_new_one(server: Server, database: Database) -> None:
    name = database("CREATE TABLE old ()")
    with databases.replacing(server, name) as building:
        execute(server, building, "CREATE TABLE new ()")
    assert execute(server, name, "SELECT to_regclass('old'), to_regclass('new')") == [(None, "new")]


def test_nothing_else_is_left_of_a_replacement(server: Server, database: Database) -> None:
    name = database()
    before = names(server)
    with databases.replacing(server, name):
        pass
    assert names(server) == before


def test_a_missing_database_can_be_replaced_too(server: Server, database: Database) -> None:
    name = database()
    databases.drop(server, name)
    with databases.replacing(server, name):
        pass
    assert databases.exists(server, name)


@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_name_is_replaced_and_nothing_else_is_touched(name: str, server: Server, database: Database) -> None:
    database(name="y")
    database(name=name)
    before = names(server)
    with databases.replacing(server, name) as building:
        execute(server, building, "CREATE TABLE new ()")
    assert names(server) == before
    assert execute(server, name, "SELECT to_regclass('new')") == [("new",)]


@pytest.mark.parametrize("reason", [ValueError(), Interrupted(2)], ids=lambda reason: type(reason).__name__)
def test_after_an_error_the_old_one_is_as_it_was_and_the_new_one_is_gone(
    reason: BaseException, server: Server, database: Database
) -> None:
    name = database("CREATE TABLE old ()")
    before = names(server)
    with pytest.raises(type(reason)), databases.replacing(server, name):
        raise reason
    assert names(server) == before
    assert execute(server, name, "SELECT to_regclass('old')") == [("old",)]


def test_a_new_one_is_gone_if_a_signal_came_while_it_was_created(
    server: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(server: Server, name: str) -> None:
        create(server, name)
        raise Interrupted(signal.SIGTERM)

    name, create, before = database(), databases.create, names(server)
    monkeypatch.setattr(databases, "create", interrupted)
    with pytest.raises(Interrupted), databases.replacing(server, name):
        pass
    assert names(server) == before


def test_a_signal_cancels_what_the_server_does_for_us(server: Server, listening: None) -> None:
    sleeping = "SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(100)' AND state = 'active'"

    def send() -> None:
        while not databases.rows(server, sleeping):
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGTERM)

    sender = threading.Thread(target=send)
    sender.start()
    with pytest.raises(Interrupted):
        databases.rows(server, "SELECT pg_sleep(100)")
    sender.join()
    assert not databases.rows(server, sleeping)


def test_a_new_one_is_gone_after_an_error_even_if_it_is_used(server: Server, database: Database) -> None:
    name = database()
    before = names(server)
    with ExitStack() as held, pytest.raises(ValueError, match="stop"), databases.replacing(server, name) as building:
        held.enter_context(suppress(DatabaseError))  # its connection is ended by force
        held.enter_context(databases.connect(server, building))
        raise ValueError("stop")
    assert names(server) == before


def test_a_used_database_is_refused_before_anything_is_built(server: Server, database: Database) -> None:
    name = database()
    before = names(server)
    in_use = pytest.raises(DatabaseError, match="in use by my app")
    with session(server, name, "my app"), in_use, databases.replacing(server, name):
        pytest.fail("it was let in")
    assert names(server) == before


def test_what_a_task_of_another_folder_is_making_is_left_to_it(server: Server, database: Database) -> None:
    name = database()
    refused = pytest.raises(DatabaseError, match=rf"another folder or machine is making '{name}__building'.*again when")
    with databases.replacing(server, name) as building, session(server, building, "pg_restore"):
        databases.end_left(server, name)
        with refused, databases.replacing(server, name):
            pytest.fail("it was let in")
        assert databases.sessions(server, building)


def test_what_an_apps_command_left_at_work_is_in_the_way(server: Server, database: Database) -> None:
    name = database()
    in_use = pytest.raises(DatabaseError, match="__building' is in use by python")
    with session(server, database(name=f"{name}__building"), "python"), in_use, databases.replacing(server, name):
        pytest.fail("it was let in")


def test_a_database_that_became_used_meanwhile_is_kept(server: Server, database: Database) -> None:
    name = database("CREATE TABLE old ()")
    before = names(server)
    in_use = pytest.raises(DatabaseError, match="in use by late app")
    with ExitStack() as late, in_use, databases.replacing(server, name):
        late.enter_context(session(server, name, "late app"))
    assert names(server) == before
    assert execute(server, name, "SELECT to_regclass('old')") == [("old",)]


def test_without_a_password_it_says_where_one_belongs(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(**_parameters: Any) -> None:
        raise psycopg.OperationalError("connection failed: fe_sendauth: no password supplied")

    monkeypatch.setattr(psycopg, "connect", connect)
    with pytest.raises(DatabaseError, match=r"no password supplied\. Set PGPASSWORD"):
        databases.major(server)


def test_what_an_interrupted_run_left_is_replaced(server: Server, database: Database) -> None:
    name = database()
    for leftover in (f"{name}__building", f"{name}__replaced"):
        database("CREATE TABLE leftover ()", name=leftover)
    with databases.replacing(server, name):
        pass
    assert execute(server, name, "SELECT to_regclass('leftover')") == [(None,)]
    assert not {f"{name}__building", f"{name}__replaced"} & names(server)


def test_a_database_that_only_looks_alike_is_kept(server: Server, database: Database) -> None:
    name = database()
    alike = database(name=f"{name}_building")
    with databases.replacing(server, name):
        pass
    assert databases.exists(server, alike)


def test_names_are_quoted_as_psycopg_does(server: Server) -> None:
    assert Identifier(AWKWARD[0]).as_string() == '"x""; drop database y; --"'


def test_a_host_address_in_the_environment_does_not_lead_elsewhere(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.9")
    assert databases.major(server) == 18


def test_a_name_over_63_bytes_is_not_the_one_it_begins_with(server: Server, database: Callable[..., str]) -> None:
    database(name="x" * 63)
    assert not databases.exists(server, "x" * 70)


def test_a_uri_names_server_database_and_password(server: Server) -> None:
    found, name = databases.of_uri("postgresql://me:p%40ss@db.example:6432/x%20y?sslmode=require", server)
    assert (found.host, found.port, found.user, found.password, found.sslmode) == (
        "db.example",
        6432,
        "me",
        "p@ss",
        "require",
    )
    assert name == "x y"


@pytest.mark.parametrize("password", ["p@correct", "p/correct", "12/correct", "12/x@correct"])
def test_a_uri_whose_password_libpq_would_take_for_a_host_is_refused_without_it(server: Server, password: str) -> None:
    with pytest.raises(UsageError, match=r"must be written as %40 and %2F") as refused:
        databases.of_uri(f"postgresql://me:{password}@h/x", server)
    assert "correct" not in str(refused.value)


@pytest.mark.parametrize("uri", ["postgresql://h", "postgresql://h/x?options=-c", "postgresql://h:port/x"])
def test_a_uri_that_says_too_little_or_too_much_is_refused(server: Server, uri: str) -> None:
    with pytest.raises(UsageError, match="URI"):
        databases.of_uri(uri, server)
