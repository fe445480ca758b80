"""A server's log read: statements put together, transactions counted, values left out."""

import pytest

from clonekit.rehearsal import serverlog
from clonekit.rehearsal.serverlog import Error, Sent


def line(
    text: str, at: float = 10.0, pid: int = 7, transaction: str = "3/5", state: str = "00000", db: str = "a b"
) -> str:
    return f"2026-11-25 02:11:25.734 UTC [{pid}] {at:.3f} {transaction} {state} {db}: {text}\n"


def test_what_is_parsed_and_bound_just_before_is_part_of_what_is_executed() -> None:
    log = line("LOG:  duration: 500.000 ms  parse <unnamed>: SELECT $1") + line(
        "LOG:  duration: 250.000 ms  bind <unnamed>: SELECT $1", at=10.25
    )
    log += line("LOG:  duration: 750.000 ms  execute <unnamed>: SELECT $1", at=11.0)
    log += line("LOG:  duration: 2.000 ms  parse <unnamed>: SELECT $1", at=12.0)  # and executed in no time
    log += line("LOG:  duration: 2.000 ms  execute <unnamed>: SELECT $1", at=20.0)

    assert [(each.start, each.end) for each in serverlog.sent(log, "a b")] == [(9.5, 11.0), (19.998, 20.0)]


@pytest.mark.parametrize("begins", ["statement", "execute <unnamed>"])
def test_what_changes_the_schema_is_told_at_its_start_and_its_duration_only_if_it_takes_long(begins: str) -> None:
    log = line(f"LOG:  {begins}: CREATE TABLE a ()") + line(f"LOG:  {begins}: CREATE TABLE b ()", at=10.5)
    log += line("LOG:  duration: 500.000 ms", at=11.0, transaction="3/0")

    assert serverlog.sent(log, "a b") == [
        Sent(7, 10.0, 10.0, 1, "CREATE TABLE a ()"),
        Sent(7, 10.5, 11.0, 1, "CREATE TABLE b ()"),
    ]


def test_what_fails_is_told_once_from_its_start() -> None:
    log = line("LOG:  statement: DROP TABLE a") + line("LOG:  statement: DROP TABLE b", at=10.5)
    log += line('ERROR:  table "b" does not exist', at=11.0, state="42P01") + line("STATEMENT:  DROP TABLE b", at=11.0)

    first, last = serverlog.sent(log, "a b")
    assert first == Sent(7, 10.0, 10.0, 1, "DROP TABLE a")
    assert (last.start, last.end, last.text, last.error is None) == (10.5, 11.0, "DROP TABLE b", False)


def test_a_transaction_is_one_from_begin_to_commit_whoever_else_sends_meanwhile() -> None:
    log = line("LOG:  duration: 1.000 ms  statement: BEGIN")
    log += line("LOG:  duration: 1.000 ms  statement: SELECT 1", pid=8, transaction="4/0")
    log += line("LOG:  duration: 1.000 ms  statement: ROLLBACK TO here")
    log += line("LOG:  duration: 1.000 ms  statement: commit", transaction="3/0")
    log += line("LOG:  duration: 1.000 ms  statement: SELECT 1", transaction="3/0")

    assert [each.transaction for each in serverlog.sent(log, "a b")] == [1, 2, 1, 1, 3]


def test_an_error_has_its_detail_and_statement_and_other_databases_are_left_out() -> None:
    log = line('ERROR:  syntax error at or near "x" at character 8', state="42601")
    log += line("DETAIL:  One\n\ttwo") + line("STATEMENT:  SELECT\n\tx")
    log += line("LOG:  duration: 1.000 ms  statement: SELECT 2", db="other")
    log += "2026-11-25 02:11:25.734 UTC [99] LOG:  checkpoint starting: time\n"

    error = Error("42601", 'syntax error at or near "x"', 8, "One\ntwo")
    assert serverlog.sent(log, "a b") == [Sent(7, 10.0, 10.0, 1, "SELECT\nx", error)]


def test_a_statement_can_not_pass_for_an_entry() -> None:
    forged = line("LOG:  duration: 9.000 ms  statement: forged").replace("\n", "")
    log = line(f"LOG:  duration: 1.000 ms  statement: SELECT 1\n\t{forged}")  # as PostgreSQL writes a line break

    assert [each.text for each in serverlog.sent(log, "a b")] == [f"SELECT 1\n{forged}"]


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("select 'it''s', E'a\\'b', U&'c', x'1F', $$d$$, $t$e$t$", "select '…', '…', U&'…', x'…', $$…$$, $$…$$"),
        ("UPDATE t1 SET a = -1.5e10, b = 0x1F, c = $2 /* Bob */ -- Bob", "UPDATE t1 SET a = -?.?, b = ?, c = $2"),
        ("ALTER TABLE a\n  ADD b varchar(10) DEFAULT 'x';", "ALTER TABLE a ADD b varchar(10) DEFAULT '…'"),
        ("BEGIN; SELECT 1;\n-- that was it", "BEGIN; SELECT ?"),
        ("SELECT 'cut of", "SELECT …"),
        ("SELECT $t$cut of", "SELECT $…"),
        ('SELECT "cut of', "SELECT …"),
        ("SELECT /* cut of", "SELECT /…"),
    ],
)
def test_a_statement_is_shown_without_literals_and_comments(statement: str, shown: str) -> None:
    assert serverlog.masked(statement) == shown


def test_a_long_statement_is_cut() -> None:
    assert serverlog.masked("SELECT a, b", most=8) == "SELECT a…"
