"""A constraint that is NOT VALID on one side only is one difference, and hides no other."""

import pytest

from clonekit.schema.differences import Change, Difference
from clonekit.schema.validity import joined

CHECK = "CONSTRAINT sane CHECK ((a > 0))"
OTHER = "CONSTRAINT x CHECK (b)"
NOT_NULL = "CONSTRAINT given NOT NULL"


def table(*items: str) -> str:
    return "CREATE TABLE app.t (\n" + ",\n".join(f"    {item}" for item in items) + "\n);"


def owner(a: str, b: str, kind: str = "TABLE") -> Difference:
    return Difference(Change.CHANGED, kind, "app", "t", a, b)


def alone(clause: str, name: str, on: str = "TABLE", kind: str = "CHECK CONSTRAINT") -> Difference:
    definition = f"ALTER {on} app.t\n    ADD {clause} NOT VALID;"
    return Difference(Change.ONLY_B, kind, "app", f"t {name}", "", definition)


def of_columns(name: str = "given") -> Difference:
    return alone(f"CONSTRAINT {name} NOT NULL a", name, kind="CONSTRAINT")


@pytest.mark.parametrize(
    ("a", "b", "by_itself"),
    [
        (table("a integer", CHECK), table("a integer"), alone(CHECK, "sane")),
        (table("a integer", CHECK, OTHER), table("a integer", OTHER), alone(CHECK, "sane")),
        (table(CHECK), "CREATE TABLE app.t (\n);", alone(CHECK, "sane")),
        (table(f"a integer DEFAULT 1 {NOT_NULL}", "b date"), table("a integer DEFAULT 1", "b date"), of_columns()),
        (table("a integer NOT NULL"), table("a integer"), of_columns("t_a_not_null")),
    ],
)  # fmt: skip
def test_a_table_and_its_constraint_are_one_difference(a: str, b: str, by_itself: Difference) -> None:
    (found,) = joined([owner(a, b), by_itself])
    assert (found.change, found.name) == (Change.CHANGED, by_itself.name)
    assert found.definition_a == found.definition_b.replace(" NOT VALID", "")


def test_so_are_they_the_other_way_round() -> None:
    there = alone(CHECK, "sane")
    by_itself = Difference(Change.ONLY_A, there.kind, "app", there.name, there.definition_b, "")
    (found,) = joined([owner(table("a integer"), table("a integer", CHECK)), by_itself])
    assert found.definition_b == found.definition_a.replace(" NOT VALID", "")


def test_so_are_a_domain_and_its_constraint() -> None:
    domain = "CREATE DOMAIN app.t AS integer"
    (found,) = joined([owner(f"{domain}\n\t{CHECK};", f"{domain};", "DOMAIN"), alone(CHECK, "sane", "DOMAIN")])
    assert found.kind == "CHECK CONSTRAINT"


def test_what_else_differs_in_the_table_stays_a_difference() -> None:
    found = joined([owner(table("a integer", CHECK), table("a bigint")), alone(CHECK, "sane")])
    assert [each.kind for each in found] == ["TABLE", "CHECK CONSTRAINT"]
    assert (found[0].definition_a, found[0].definition_b) == (table("a integer"), table("a bigint"))


@pytest.mark.parametrize(
    ("a", "b", "by_itself"),
    [
        (table("a integer", CHECK.replace("0", "1")), table("a integer"), alone(CHECK, "sane")),
        (table("a integer", CHECK.replace("sane", "mad")), table("a integer"), alone(CHECK, "sane")),
        (table("a integer NOT NULL"), table("a integer"), of_columns()),
        (table(f"a integer {NOT_NULL}"), table("a integer"), of_columns("t_a_not_null")),
        (table("a integer", f"b integer {NOT_NULL}"), table("a integer", "b integer"), of_columns()),
        (table("a text DEFAULT 'x NOT NULL'"), table("a text DEFAULT 'x'"), of_columns("t_a_not_null")),
        (table("a text DEFAULT 'x NOT NULL' NOT NULL"), table("a text"), of_columns("t_a_not_null")),
    ],
)  # fmt: skip
def test_what_is_not_the_same_constraint_is_left_alone(a: str, b: str, by_itself: Difference) -> None:
    found = [owner(a, b), by_itself]
    assert joined(found) == found


def test_a_table_of_that_name_in_another_schema_is_left_alone() -> None:
    there = alone(CHECK, "sane")
    elsewhere = Difference(there.change, there.kind, "other", there.name, "", there.definition_b)
    found = [owner(table("a integer", CHECK), table("a integer")), elsewhere]
    assert joined(found) == found


def test_a_table_on_one_side_only_is_left_alone() -> None:
    found = [Difference(Change.ONLY_B, "TABLE", "app", "t", "", table("a integer")), alone(CHECK, "sane")]
    assert joined(found) == found


def test_what_one_side_lacks_differs_even_if_its_definition_is_empty() -> None:
    found = [Difference(Change.ONLY_B, "DATABASE SETTING", "-", "application_name", "", "")]
    assert joined(found) == found
