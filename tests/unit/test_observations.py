"""What was seen, in words."""

import pytest

from clonekit.rehearsal import relations, sentences
from clonekit.rehearsal.observations import Failure, Table
from clonekit.rehearsal.relations import Relation, State
from clonekit.rehearsal.samples import BLOCKS, MODES, Hold
from clonekit.rehearsal.serverlog import Sent

DOCUMENTED_CONFLICTS = {  # with what a SELECT takes, and with what an INSERT, UPDATE or DELETE takes: chapter 13.3
    "ACCESS SHARE": (False, False),
    "ROW SHARE": (False, False),
    "ROW EXCLUSIVE": (False, False),
    "SHARE UPDATE EXCLUSIVE": (False, False),
    "SHARE": (False, True),
    "SHARE ROW EXCLUSIVE": (False, True),
    "EXCLUSIVE": (False, True),
    "ACCESS EXCLUSIVE": (True, True),
}


def relation(oid: int, name: str = "item", **facts: object) -> Relation:
    known = {"schema": "public", "kind": "r", "table": 0, "file": oid, "rows": 10, "heap": 8192, "bytes": 16384}
    return Relation(**{**known, "scans": 0, "scanned": 0, **facts, "oid": oid, "name": name})  # type: ignore[arg-type]


def state(*relations: Relation) -> State:
    return State({each.oid: each for each in relations}, 0, 0)


def hold(oid: int, mode: str, end: float = 3.0) -> Hold:
    return Hold(1, oid, {MODES.index(mode): (1.0, 1.0)}, end, end)


def only(before: State, after: State, *holds: Hold) -> Table:
    (table,) = relations.tables(before, after, holds, [])
    return table


@pytest.mark.parametrize("mode", MODES)
def test_what_a_lock_blocks_is_what_postgresql_documents(mode: str) -> None:
    table = only(state(relation(1)), state(relation(1)), hold(1, mode))

    assert (table.reads_blocked > 0, table.writes_blocked > 0) == DOCUMENTED_CONFLICTS[mode]
    assert (table.lock, table.held, table.blocks) == (mode, 2.0, BLOCKS[mode])
    assert str(table.blocks).startswith("blocks reads and writes") == DOCUMENTED_CONFLICTS[mode][0]


def test_a_sentence_says_all_that_happened() -> None:
    before = relation(1, "legal_entity", rows=1_200_000, bytes=590_000_000)
    after = relation(1, "tenant", file=2, rows=1_200_000, heap=900_000_000, bytes=1_000_000_000, scans=2)
    table = only(state(before), state(after), hold(1, "ACCESS EXCLUSIVE", end=39.4))

    assert sentences.say(table) == (
        "`tenant` (was `legal_entity`) (1.2 M rows): blocks reads and writes for 38 s; rewritten, +410.0 MB; "
        "read whole 2 times"
    )


def test_a_weaker_lock_held_longer_is_told_too() -> None:
    holds = hold(1, "SHARE", end=31.0), hold(1, "ACCESS EXCLUSIVE", end=1.5)

    said = sentences.say(only(state(relation(1)), state(relation(1)), *holds))
    assert said == "`item` (10 rows): blocks reads and writes for 500 ms; blocks writes for 30 s in all"


def test_much_growth_without_a_rewrite_is_told() -> None:
    table = only(state(relation(1)), state(relation(1, bytes=50_016_384)), hold(1, "ROW EXCLUSIVE"))

    assert sentences.say(table).endswith("writes only to the rows it changed for 2.0 s; +50.0 MB")


def test_a_table_that_nothing_happened_to_and_one_that_is_new_are_left_out() -> None:
    assert relations.tables(state(relation(1)), state(relation(1), relation(2)), [hold(2, "SHARE")], []) == []


def test_an_index_that_kept_its_file_was_not_built() -> None:
    old = relation(1), relation(2, "item_a", kind="i", table=1, file=7)
    new = relation(1), relation(3, "item_a", kind="i", table=1, file=7), relation(4, "item_b", kind="i", table=1)

    assert [index.name for index in relations.indexes(state(*old), state(*new))] == ["item_b"]


def test_two_statements_that_may_have_taken_a_lock_are_not_guessed_from() -> None:
    sent = [Sent(1, 1.0, 1.1, 1, "SELECT f()"), Sent(1, 1.2, 1.3, 1, "SELECT g()")]
    late = Hold(1, 1, {7: (1.3, 0.9)}, 1.3, 1.4)
    (table,) = relations.tables(state(relation(1)), state(relation(1)), [late], sent)
    assert table.statement is None

    sent[1].text = "ALTER TABLE item ADD a int"
    (table,) = relations.tables(state(relation(1)), state(relation(1)), [late], sent)
    assert table.statement == 2


def test_a_failure_says_how_many_are_like_it() -> None:
    failure = Failure("23505", 'could not create unique index "i"', "CREATE UNIQUE INDEX i ON a (b)", 12, 5)

    assert sentences.say_failure(failure) == (
        'could not create unique index "i" (SQLSTATE 23505); 5 keys are there more than once, in 12 rows: '
        "CREATE UNIQUE INDEX i ON a (b)"
    )
