"""Comparing two schemas' objects, and the report of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonekit.schema import Entry, canonical, entries
from clonekit.schema.differences import Change, Difference, compare, render

KITCHEN = entries((Path(__file__).parents[1] / "data" / "schema" / "kitchen.sql").read_bytes().decode())


def table(name: str, columns: str = "a integer") -> Entry:
    return Entry("TABLE", "app", name, f"CREATE TABLE app.{name} (\n    {columns}\n);")


def index(name: str, column: str = "a") -> Entry:
    return Entry("INDEX", "app", name, f"CREATE INDEX {name} ON app.t USING btree ({column});")


def test_equal_schemas_have_no_differences() -> None:
    assert compare(KITCHEN, KITCHEN[::-1]) == []
    assert render([], "A", "B") == ""


def test_a_changed_object_is_one_difference() -> None:
    (found,) = compare([table("t")], [table("t", "a bigint")])
    assert found == Difference(
        Change.CHANGED, "TABLE", "app", "t", table("t").definition, table("t", "a bigint").definition
    )


def test_objects_of_one_side_are_told_apart() -> None:
    found = compare([table("t"), table("u")], [table("t"), index("i")])
    assert [(each.change, each.title) for each in found] == [("only in A", "app.u"), ("only in B", "app.i")]


def test_a_moved_tablespace_is_a_change() -> None:
    (found,) = compare([index("i")], [index("i")._replace(tablespace="slow")])
    assert found.definition_b == "SET default_tablespace = slow;\n" + found.definition_a


def test_a_reordered_column_is_a_change() -> None:
    assert compare([table("t", "a int,\n    b int")], [table("t", "b int,\n    a int")])[0].change == Change.CHANGED


def test_one_of_two_equal_entries_is_missed() -> None:
    assert [found.change for found in compare([table("t"), table("t")], [table("t")])] == [Change.ONLY_A]


def test_of_entries_with_one_identity_the_equal_are_matched_first() -> None:
    a = [table("t", "a integer"), table("t", "b integer")]
    b = [table("t", "b integer"), table("t", "c integer")]
    (found,) = compare(a, b)
    assert ("a integer" in found.definition_a, "c integer" in found.definition_b) == (True, True)


def test_differences_come_in_a_readable_order() -> None:
    kinds = [
        "COMMENT",
        "TRIGGER",
        "FUNCTION",
        "UNHEARD OF",
        "INDEX",
        "FK CONSTRAINT",
        "DEFAULT",
        "TABLE",
        "TYPE",
        "SCHEMA",
    ]
    found = compare([Entry(kind, "-", "x", "x;") for kind in kinds], [])
    shown = [
        "SCHEMA",
        "TYPE",
        "TABLE",
        "DEFAULT",
        "FK CONSTRAINT",
        "INDEX",
        "FUNCTION",
        "TRIGGER",
        "UNHEARD OF",
        "COMMENT",
    ]
    assert [each.kind for each in found] == shown


@given(st.lists(st.sampled_from(KITCHEN), max_size=6), st.lists(st.sampled_from(KITCHEN), max_size=6))
def test_no_difference_means_the_same_canonical_form(a: list[Entry], b: list[Entry]) -> None:
    assert (compare(a, b) == []) == (canonical(a) == canonical(b))


def test_the_report_counts_by_type_and_side() -> None:
    report = render(compare([table("t"), index("i")], [table("t", "b text"), index("j", "b")]), "A", "B")
    assert report.startswith(
        "       only in A  only in B  changed\n"
        "TABLE          0          0        1\n"
        "INDEX          1          1        0\n\n"
    )


def test_the_report_shows_a_long_objects_changed_lines_only() -> None:
    lines = [f"line {number}" for number in range(1000)]
    a, b = (Entry("FUNCTION", "app", "f()", "\n".join([*lines[:500], change, *lines[500:]])) for change in "ab")
    assert render(compare([a], [b]), "A", "B").split("\n\n", 1)[1] == (
        "FUNCTION app.f(): changed\n--- A\n+++ B\n@@ -498,7 +498,7 @@\n line 497\n line 498\n line 499\n-a\n+b\n"
        " line 500\n line 501\n line 502\n"
    )


def test_the_report_shows_blanks_and_carriage_returns_at_a_lines_end() -> None:
    a, b = (Entry("FUNCTION", "app", "f()", f"x{end}\ny") for end in (" \t", "\r"))
    assert "-x·→\n+x␍\n" in render(compare([a], [b]), "A", "B")


@pytest.mark.parametrize(
    ("kind", "schema", "name", "title"),
    [
        ("TABLE", "app", "t", "app.t"),
        ("CAST", "-", "CAST (integer AS app.t)", "(integer AS app.t)"),
        ("FK CONSTRAINT", "app", "t owned", "owned on app.t"),
        ("CONSTRAINT", "app", "two words key", "app.two words key"),
        ("DEFAULT", "app", "t id", "app.t.id"),
        ("PUBLICATION TABLE", "app", "news t", "app.t in news"),
        ("PUBLICATION TABLES IN SCHEMA", "app", "news app", "app in news"),
        ("COMMENT", "app", "TABLE t", "TABLE app.t"),
        ("COMMENT", "app", "TRIGGER touched ON t", "TRIGGER touched on app.t"),
        ("COMMENT", "app", "CONSTRAINT small ON DOMAIN d", "CONSTRAINT small on app.d"),
        ("COMMENT", "-", "CAST (integer AS app.t)", "CAST (integer AS app.t)"),
    ],
)
def test_titles_are_readable(kind: str, schema: str, name: str, title: str) -> None:
    assert Difference(Change.CHANGED, kind, schema, name, "a", "b").title == title
