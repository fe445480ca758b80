"""What only the servers' versions cause is told apart from what somebody changed."""

import pytest

from clonekit.schema import reports, verdicts
from clonekit.schema.classes import Sort
from clonekit.schema.differences import Change, Difference
from clonekit.schema.verdicts import Options
from clonekit.schema.versions import caused


def changed(kind: str, name: str, a: str, b: str) -> Difference:
    return Difference(Change.CHANGED, kind, "-", name, a, b)


VERSION = changed("EXTENSION VERSION", "citext", "1.6", "1.8")
AT_DEFAULT = changed("EXTENSION DEFAULT", "citext", "1.6", "1.8")


def test_an_extension_that_has_each_servers_default_is_of_the_version() -> None:
    assert VERSION in caused([VERSION, AT_DEFAULT])


@pytest.mark.parametrize("change", [Change.ONLY_A, Change.ONLY_B])
def test_an_extension_that_has_one_servers_default_only_is_not(change: Change) -> None:
    one_side = Difference(change, "EXTENSION DEFAULT", "-", "citext", "1.6", "")
    assert caused([VERSION, one_side]) == []
    assert caused([VERSION, changed("EXTENSION DEFAULT", "hstore", "1.7", "1.8")]) == []


def test_an_extension_on_one_side_only_is_not() -> None:
    missing = Difference(Change.ONLY_A, "EXTENSION VERSION", "-", "citext", "1.6", "")
    assert caused([missing]) == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("SELECT p.one, p.two FROM p;", "SELECT one,\n two FROM p;"),
        ("SELECT one FROM f() p(one, two)", "SELECT p.one FROM f() p(one, two)"),
        ("SELECT p.p FROM s.p", "SELECT p FROM s.p"),
    ],
)
def test_a_member_that_is_the_same_but_for_tables_before_columns_is_of_the_version(a: str, b: str) -> None:
    member = changed("EXTENSION MEMBER", "x view v", a, b)
    assert caused([member]) == [member]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("SELECT p.one FROM p", "SELECT q.one FROM p"),
        ("SELECT p.one FROM p", "SELECT two FROM p"),
        ("SELECT p.one FROM p", "SELECT one"),
        ("SELECT one", "SELECT one FROM p"),
        ("SELECT 'p.one'", "SELECT 'one'"),
        ("", "SELECT one"),
        ("cost 1", "cost 4711"),
        ("cost 1.5", "cost 5"),
    ],
)
def test_any_other_change_of_a_member_is_not(a: str, b: str) -> None:
    assert caused([changed("EXTENSION MEMBER", "x view v", a, b)]) == []


def test_a_setting_that_looks_like_a_column_is_not() -> None:
    assert caused([changed("DATABASE SETTING", "x", "a.b", "b")]) == []


def judged(found: list[Difference], *, strict: bool = False) -> verdicts.Verdict:
    return verdicts.judge(found, [], Options(strict=strict), 0, [], {VERSION})


def test_what_the_version_causes_is_told_and_does_not_fail() -> None:
    verdict = judged([VERSION])
    assert (verdict.equal, [sort for sort, _ in verdict.harmless]) == (True, [Sort.SERVER_VERSION])
    assert "Not counted: 1 server-version (--strict counts them): extension citext (1.6, 1.8).\n" in reports.text(
        verdict, "a", "b"
    )


def test_with_strict_it_fails() -> None:
    assert not judged([VERSION], strict=True).equal


def test_another_difference_fails_beside_it() -> None:
    other = changed("EXTENSION VERSION", "hstore", "1.7", "1.8")
    assert [difference for _, difference in judged([VERSION, other]).failing] == [other]


def test_members_of_an_extension_of_another_version_are_told_by_that() -> None:
    member = changed("EXTENSION MEMBER", "citext function f()", "cost 1", "cost 2")
    assert judged([VERSION, member]).equal


def test_every_extension_is_named_and_of_the_rest_a_few() -> None:
    found = [changed("EXTENSION VERSION", f"e{number}", "1", "2") for number in range(9)]
    views = [changed("VIEW", f"v{number}", "1", "2") for number in range(9)]
    verdict = verdicts.judge([*found, *views], [], Options(), 0, [], {*found, *views})
    said = reports.text(verdict, "a", "b")
    assert "e0 (1, 2), extension e1" in said
    assert "extension e8 (1, 2), v0, v1, v2, v3, v4 and 4 more." in said
