"""No password of a schema is shown, and two different ones still make a difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonekit.schema import Entry
from clonekit.schema.masking import Mask

SECRET = "correct"


def mapping(options: str) -> Entry:
    return Entry("USER MAPPING", "-", "m", f"CREATE USER MAPPING FOR me SERVER far OPTIONS (\n    {options}\n);")


def subscription(connection: str) -> Entry:
    quoted = connection.replace("'", "''")
    return Entry("SUBSCRIPTION", "-", "s", f"CREATE SUBSCRIPTION s CONNECTION '{quoted}' PUBLICATION p;")


def setting(value: str) -> Entry:
    return Entry("DATABASE SETTING", "-", "app.x", value)


@pytest.mark.parametrize(
    "entry",
    [
        mapping(f"password '{SECRET}'"),
        mapping(f"password '{SECRET} ''horse'''"),
        mapping(f"password E'{SECRET}\\\\horse'"),
        mapping(f"\"API_Key\" '{SECRET}'"),
        mapping(f"passphrase '{SECRET}'"),
        mapping(f"\"pass word\" '{SECRET}'"),
        Entry(
            "FOREIGN TABLE", "app", "t", f"CREATE FOREIGN TABLE app.t () SERVER s OPTIONS (\n    token '{SECRET}'\n);"
        ),
        subscription(f"host=x password={SECRET} user=u"),
        subscription(f"host=x password = '{SECRET} horse' user=u"),
        subscription(f"host=x password='it\\'s {SECRET}' user=u"),
        subscription(f"host=x sslpassword=a\\ {SECRET}"),
        subscription(f"postgresql://u:{SECRET}@x/db"),
        subscription(f"postgresql://u@x/db?password={SECRET}"),
        setting(f"host=x password={SECRET}"),
        setting(f"postgresql://u:{SECRET}@x/db"),
    ],
    ids=lambda entry: entry.definition,
)
def test_a_password_does_not_show(entry: Entry) -> None:
    (hidden,) = Mask().hide([entry])
    assert SECRET not in hidden.definition
    assert "horse" not in hidden.definition
    assert "(hidden 1)" in hidden.definition


@pytest.mark.parametrize("entry", [mapping("\"user\" 'u'"), subscription("host=x user=u"), setting("on; E'x'")])
def test_what_holds_no_password_stays_as_it_is(entry: Entry) -> None:
    assert Mask().hide([entry]) == [entry]


def test_a_function_may_speak_of_passwords() -> None:
    entry = Entry("FUNCTION", "app", "f()", "CREATE FUNCTION app.f() AS 'password=correct';")
    assert Mask().hide([entry]) == [entry]


def test_a_checksum_becomes_a_number_which_is_equal_for_equal_ones() -> None:
    mask = Mask()
    sums = ["a" * 64, "b" * 64, "a" * 64]
    hidden = [entry.definition for entry in mask.hide([setting(f"(hidden, checksum {each})") for each in sums])]
    assert hidden == ["(hidden 1)", "(hidden 2)", "(hidden 1)"]


VALUES = st.text(st.sampled_from("ab'\\ =@:/(hidden1)"), max_size=8)


@given(VALUES, VALUES)
def test_two_passwords_are_equal_afterwards_if_and_only_if_they_were(one: str, other: str) -> None:
    mask = Mask()
    quoted = [mapping(f"password '{value.replace(chr(39), chr(39) * 2)}', b 'c'") for value in (one, other)]
    a, b = mask.hide(quoted)
    assert (a == b) == (one == other)


@given(VALUES, VALUES)
def test_two_connections_are_equal_afterwards_if_and_only_if_they_were(one: str, other: str) -> None:
    mask = Mask()
    a, b = mask.hide([subscription(f"password={value}") for value in (one, other)])
    assert (a == b) == (one == other)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (mapping(f"url 'https://u:{SECRET}@x'"), mapping("url 'https://u:(hidden 1)@x'")),
        (setting(f"https://u:{SECRET}@x"), setting("https://u:(hidden 1)@x")),
        (setting("(hidden, checksum ab)"), setting("(hidden 1)")),
    ],
)
def test_a_value_that_looks_like_a_mask_is_not_taken_for_the_masked_one(a: Entry, b: Entry) -> None:
    mask = Mask()
    assert mask.hide([a]) != mask.hide([b])
