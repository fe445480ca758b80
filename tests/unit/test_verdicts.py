"""What of the differences counts: nothing of a user's is passed over for looking like PostgreSQL's own."""

import pytest

from clonekit.schema import verdicts
from clonekit.schema.classes import Sort
from clonekit.schema.differences import Change, Difference
from clonekit.schema.verdicts import Options

STATE = 'ALTER TABLE app.people DISABLE TRIGGER "RI_ConstraintTrigger_a_16400";'


def kept(definition: str) -> bool:
    one = Difference(Change.ONLY_A, "TRIGGER", "app", "people posing", definition, "")
    return bool(verdicts.chosen([one], Options()))


def test_the_state_of_a_constraints_own_trigger_is_left_to_the_catalogs() -> None:
    assert not kept(STATE)


def test_a_trigger_whose_argument_looks_like_that_counts() -> None:
    assert kept(f"CREATE TRIGGER posing AFTER INSERT ON app.people EXECUTE FUNCTION app.touch('{STATE}');")


def sorts(*found: Difference, ignore: Sort) -> list[Sort]:
    verdict = verdicts.judge([*found], [], Options(ignore=frozenset({ignore})), 0, [])
    return [sort for sort, _ in verdict.failing]


def constraint(change: Change, kind: str, table: str, name: str, clause: str = "UNIQUE (a)") -> Difference:
    text = f"ALTER TABLE ONLY app.{table}\n    ADD CONSTRAINT {name} {clause};"
    sides = (text, "") if change == Change.ONLY_A else ("", text)
    return Difference(change, kind, "app", f"{table} {name}".replace('"', ""), *sides)


RENAMED = (constraint(Change.ONLY_A, "CONSTRAINT", '"t a"', "b"), constraint(Change.ONLY_B, "CONSTRAINT", '"t a"', "c"))


def test_a_renamed_constraint_is_passed_over_with_the_constraints_names() -> None:
    assert not sorts(*RENAMED, ignore=Sort.CONSTRAINT_NAMES)


def test_a_comment_on_what_one_side_lacks_is_not_said_again() -> None:
    cast = Difference(Change.ONLY_A, "CAST", "-", "CAST (app.a AS app.b)", "CREATE CAST ...;", "")
    comment = Difference(
        Change.ONLY_A, "COMMENT", "-", "CAST (app.a AS app.b)", "COMMENT ON CAST (app.a AS app.b) IS 'x';", ""
    )
    assert sorts(cast, comment, ignore=Sort.WHITESPACE) == [Sort.DEFINITION]


def test_members_of_another_version_are_not_told_whatever_the_extension_is_called() -> None:
    version = Difference(Change.CHANGED, "EXTENSION VERSION", "-", "uuid-ossp", "1.0", "1.1")
    member = Difference(Change.CHANGED, "EXTENSION MEMBER", "-", '"uuid-ossp" function uuid_nil()', "cost 1", "cost 2")
    assert sorts(version, member, ignore=Sort.EXTENSION_VERSIONS) == []


def test_checks_are_told_by_their_names_though_those_of_not_null_differ_too() -> None:
    text = "CREATE TABLE app.t (\n    a integer{},\n    CONSTRAINT {} CHECK ((a > 1))\n);"
    texts = text.format(" CONSTRAINT n NOT NULL", "x"), text.format(" NOT NULL", "y")
    assert not sorts(Difference(Change.CHANGED, "TABLE", "app", "t", *texts), ignore=Sort.CONSTRAINT_NAMES)


def test_a_constraint_of_another_type_under_the_old_name_is_not() -> None:
    new = constraint(Change.ONLY_B, "FK CONSTRAINT", '"t a"', "b", "FOREIGN KEY (a) REFERENCES app.other(id)")
    assert sorts(*RENAMED, new, ignore=Sort.CONSTRAINT_NAMES) == [Sort.DEFINITION]


def test_a_constraint_that_is_printed_under_the_same_title_is_not() -> None:
    other = constraint(Change.ONLY_A, "CONSTRAINT", "t", '"a b"')
    assert other.title == RENAMED[0].title
    assert sorts(*RENAMED, other, ignore=Sort.CONSTRAINT_NAMES) == [Sort.DEFINITION]


def test_a_comment_is_not_taken_for_that_of_a_renamed_constraint() -> None:
    pair = (constraint(Change.ONLY_A, "CONSTRAINT", "x", '"ON y"'), constraint(Change.ONLY_B, "CONSTRAINT", "x", "z"))
    comment = Difference(
        Change.ONLY_A, "COMMENT", "app", "CONSTRAINT x ON y", "COMMENT ON CONSTRAINT x ON app.y IS 'z';", ""
    )
    assert sorts(*pair, comment, ignore=Sort.CONSTRAINT_NAMES) == [Sort.COMMENTS]


@pytest.mark.parametrize(
    ("kind", "area", "name", "is_of_it"),
    [
        ("SCHEMA", "-", "my app", True),
        ("COMMENT", "-", 'SCHEMA "my app"', True),
        ("ACL", "-", 'SCHEMA "my app"', True),
        ("COMMENT", "-", "EXTENSION citext", False),
        ("TABLE", "my app", "people", True),
    ],
)
def test_what_is_on_a_schema_belongs_to_it(kind: str, area: str, name: str, is_of_it: bool) -> None:
    one = Difference(Change.ONLY_A, kind, area, name, "x", "")
    assert bool(verdicts.chosen([one], Options(schemas=("my app",)))) is is_of_it


def test_what_a_table_inherits_is_told_where_its_parents_schema_is_not_compared() -> None:
    one = Difference(Change.CHANGED, "INHERITED PARTS", "app", "heirs", "a integer", "a bigint")
    assert verdicts.chosen([one], Options(schemas=("app",))) == [one]
    assert verdicts.chosen([one], Options()) == []


def test_a_missing_public_schema_is_a_difference_of_that_schema() -> None:
    one = Difference(Change.ONLY_A, "PUBLIC SCHEMA", "-", "public", "present", "")
    assert verdicts.chosen([one], Options(schemas=("public",))) == [one]


@pytest.mark.parametrize(
    ("a", "b"), [("1e5", "1 e5"), ("@ -1", "@-1"), ('u & "x"', 'u&"x"'), ("b'1'", "b '1'"), ("x <- y", "x < - y")]
)
def test_a_blank_between_what_would_be_one_token_without_it_is_no_whitespace(a: str, b: str) -> None:
    text = "CREATE FUNCTION app.f() RETURNS void\n    LANGUAGE sql\n    AS $$SELECT {}$$;"
    one = Difference(Change.CHANGED, "FUNCTION", "app", "f()", text.format(a), text.format(b))
    assert sorts(one, ignore=Sort.WHITESPACE) == [Sort.DEFINITION]
