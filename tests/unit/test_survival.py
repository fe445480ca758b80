"""What counts as lost, what of it was expected, and how it is said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonekit.errors import UsageError
from clonekit.rehearsal import tallies
from clonekit.rehearsal.changes import Change
from clonekit.rehearsal.survival import Fate, compare, parse_expected, unexpected
from clonekit.rehearsal.tallies import Column, Contents, Recount, Sequence, Table

ID = Column(1, "id", "integer", "int4", 3, f"{11:016x}", f"{12:016x}")
CODE = Column(2, "code", "text", "text", 3, f"{21:016x}", f"{22:016x}")
TENANT = Table(100, "public", "tenant", 100, "public.tenant", 8192, (1,), True, (ID, CODE), 3)
NUMBERS = Sequence(200, "public.numbers", "", 10, 1)


def held(*tables: Table, sequences: tuple[Sequence, ...] = (), objects: int = 0) -> Contents:
    return Contents(7, tables, sequences, objects, f"{objects:016x}")


def changed(table: Table, rows: int = 3, **code: object) -> Table:
    return replace(table, rows=rows, columns=(ID, replace(CODE, **code)))  # type: ignore[arg-type]


def lost(before: Contents, after: Contents, *expected: str) -> tuple[list[str], tuple[str, ...]]:
    verdict = unexpected(compare(before, after), parse_expected(expected))
    losses = [f"{fate.name} {change.kind}" for fate in verdict.lost for change in fate.changes if change.lost]
    return losses, verdict.unmet


REWRITTEN = held(changed(TENANT, sum="f" * 16))
DROPPED_COLUMN = held(replace(TENANT, columns=(ID,)))


@pytest.mark.parametrize(
    "pattern",
    [
        "public.tenant.code: rewritten",
        "public.tenant.code: dropped|rewritten",
        "public.tenant.code : dropped | rewritten",
        "public.tenant.code",
        "public.tenant: rewritten",
        "*.tenant",
        "public.*: rewritten",
    ],
)
def test_what_is_expected_is_passed_over(pattern: str) -> None:
    assert lost(held(TENANT), REWRITTEN, pattern) == ([], ())


@pytest.mark.parametrize(
    "pattern",
    ["public.tenant.code: dropped", "public.tenant.id", "tenant", "public.Tenant", "public.ten", "large objects"],
)
def test_what_is_expected_of_something_else_fails_and_is_told(pattern: str) -> None:
    assert lost(held(TENANT), REWRITTEN, pattern) == (["public.tenant rewritten"], (pattern,))


def test_an_expected_loss_is_a_change_that_is_told_all_the_same() -> None:
    (fate,) = unexpected(compare(held(TENANT), REWRITTEN), parse_expected(["public.tenant"])).fates
    assert (fate.state, str(fate)) == ("changed", "public.tenant (3 rows): column code: rewritten in at least 1 row.")


def test_an_expectation_may_use_the_names_before_and_after() -> None:
    after = held(replace(changed(TENANT, name="key", sum="f" * 16), name="client", tree="public.client"))
    for pattern in ("public.tenant.code", "public.tenant.key", "public.client.key: rewritten", "public.client"):
        assert lost(held(TENANT), after, pattern) == ([], ())


def test_only_the_loss_that_is_not_expected_fails() -> None:
    after = held(changed(TENANT, rows=2, values=1, sum="f" * 16))
    assert lost(held(TENANT), after, "public.tenant: rows") == (["public.tenant nulls"], ())
    assert lost(held(TENANT), after, "public.tenant: rows|nulls") == ([], ())


@pytest.mark.parametrize(
    "wrong", ["", " : rows", "public.tenant: gone", "public.tenant: rows|", "public.tenant: rows,nulls"]
)
def test_what_cant_be_an_expectation_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError, match=r"rehearse\.expected: '"):
        parse_expected([wrong])


def test_a_dropped_column_is_lost_unless_it_held_nothing_or_another_has_its_values() -> None:
    assert lost(held(TENANT), DROPPED_COLUMN) == (["public.tenant dropped"], ())
    assert lost(held(changed(TENANT, values=0, sum="0" * 16)), DROPPED_COLUMN) == ([], ())
    assert lost(held(TENANT), held(changed(TENANT, number=9, name="label"))) == ([], ())
    assert lost(held(TENANT), held(changed(TENANT, number=9, name="label", tied="0" * 16))) == (
        ["public.tenant rewritten"],
        (),
    )


def test_a_dropped_table_is_lost_unless_it_was_empty() -> None:
    assert lost(held(TENANT), held()) == (["public.tenant dropped"], ())
    assert lost(held(replace(TENANT, rows=0)), held()) == ([], ())


def test_a_migration_tools_own_rows_may_change_but_not_its_table_go() -> None:
    book = replace(TENANT, name="alembic_version", tree="public.alembic_version")
    assert lost(held(book), held(changed(book, rows=4, sum="f" * 16))) == ([], ())
    assert lost(held(book), held(changed(book, sum="f" * 16))) == ([], ())
    assert lost(held(book), held()) == (["public.alembic_version dropped"], ())
    keyless = replace(book, name="ragtime_migrations", tree="public.ragtime_migrations", unique=False)
    assert lost(held(keyless), held(changed(keyless, rows=4))) == ([], ())


def test_sequences_may_go_on_but_not_back() -> None:
    def after(**now: object) -> Contents:
        return held(sequences=(replace(NUMBERS, **now),))  # type: ignore[arg-type]

    before, down = held(sequences=(NUMBERS,)), replace(NUMBERS, increment=-1)
    assert lost(before, after(next=11)) == ([], ())
    assert lost(before, after(next=9, oid=5, title="public.digits")) == (["public.numbers dropped"], ())
    assert lost(before, after(next=9, oid=5)) == (["public.numbers behind"], ())
    assert lost(before, after(next=9), "public.numbers: behind") == ([], ())
    assert lost(held(sequences=(down,)), held(sequences=(replace(down, next=9),))) == ([], ())
    assert lost(before, held()) == (["public.numbers dropped"], ())
    owned = replace(NUMBERS, owner="public.tenant.id")
    assert lost(held(TENANT, sequences=(owned,)), held(TENANT)) == ([], ())


def test_large_objects_can_be_expected_to_go() -> None:
    assert lost(held(objects=3), held(objects=2)) == (["large objects dropped"], ())
    assert lost(held(objects=3), held(objects=2), "large objects") == ([], ())
    assert lost(held(), held(objects=2)) == ([], ())


def test_a_renamed_table_must_be_one_that_is_gone_and_one_that_is_new() -> None:
    new = replace(TENANT, oid=101, root=101, schema="app", name="client", tree="app.client")
    (fate,) = compare(held(TENANT), held(new), {"tenant": "client"})
    assert str(fate) == "public.tenant (3 rows): is app.client now; built anew."
    for wrong in ({"tenant": "clients"}, {"public.tenants": "client"}, {"app.tenant": "client"}):
        with pytest.raises(UsageError, match="--renamed"):
            compare(held(TENANT), held(new), wrong)


def test_a_renamed_table_of_which_there_are_several_is_asked_for_with_its_schema() -> None:
    other = replace(TENANT, oid=102, root=102, schema="side", tree="side.tenant")
    new = replace(TENANT, oid=101, root=101, name="client", tree="public.client")
    with pytest.raises(UsageError, match=r"'tenant' names public\.tenant and side\.tenant; write it with its schema"):
        compare(held(TENANT, other), held(new, other), {"tenant": "client"})
    fates = compare(held(TENANT, other), held(new, other), {"public.tenant": "client"})
    assert [(fate.name, fate.state) for fate in fates] == [("public.tenant", "changed"), ("side.tenant", "unchanged")]


def test_a_fate_is_one_sentence_and_json_without_sums() -> None:
    (fate,) = compare(held(TENANT), held(changed(TENANT, name="key", type="citext", sum="f" * 16)))
    assert str(fate) == (
        "public.tenant (3 rows): column code is key now; column key was text and is citext; "
        "column key: rewritten in at least 1 row."
    )
    assert fate.json() == {
        "name": "public.tenant",
        "now": "public.tenant",
        "rows": 3,
        "state": "lost",
        "changes": [
            {"kind": kind, "lost": kind == "rewritten", "columns": ["code", "key"], "rows": None, "text": text}
            for kind, text in (
                ("renamed", "column code is key now"),
                ("retyped", "column key was text and is citext"),
                ("rewritten", "column key: rewritten in at least 1 row"),
            )
        ],
    }


def test_a_recount_says_how_many_rows_and_clears_what_sums_leave_open() -> None:
    after = held(changed(TENANT, rows=5, values=4, sum="f" * 16))
    assert [fate.state for fate in compare(held(TENANT), after)] == ["lost"]
    (fate,) = compare(held(TENANT), after, recounts={100: Recount(0, 2, {"code": (0, 0, 0)})})
    assert (fate.state, str(fate)) == ("changed", "public.tenant (3 rows): 2 rows added.")
    (fate,) = compare(held(TENANT), after, recounts={100: Recount(1, 3, {"code": (1, 2, 3)})})
    assert [(change.kind, change.rows) for change in fate.changes if change.lost] == [
        ("rows", 1),
        ("nulls", 1),
        ("rewritten", 3),
    ]


def test_measurements_with_other_seeds_are_not_compared() -> None:
    with pytest.raises(ValueError, match="like the first"):
        compare(held(), replace(held(), seed=8))


def test_a_fate_with_nothing_lost_is_changed() -> None:
    assert Fate("public.t", "public.t", 1, (Change("added", "column x added"),)).state == "changed"


columns = st.builds(Column, st.integers(1, 9), st.text(max_size=3), st.text(max_size=3), st.just(""), st.integers(0, 9))
parts = st.lists(columns, max_size=4, unique_by=(lambda one: one.number, lambda one: one.name)).map(tuple)


@given(parts, st.integers(0, 9), st.booleans())
def test_what_did_not_change_is_unchanged_and_survives_its_json(own: tuple[Column, ...], rows: int, key: bool) -> None:
    numbers = tuple(column.number for column in own)
    table = Table(1, "s", "t", 1, "s.t", 0, numbers, key, own, rows)
    contents = Contents(3, (table,), (NUMBERS,), 1, "0" * 16)
    states = {fate.state for fate in compare(contents, tallies.parse(tallies.text(contents)))}
    assert states == {"unchanged"}


@pytest.mark.parametrize("wrong", ["", "[]", "{}", '{"tables": 1}', '{"tables": [{"oid": 1}], "sequences": []}'])
def test_what_is_no_measurement_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        tallies.parse(wrong)
