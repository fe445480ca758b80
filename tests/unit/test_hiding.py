"""A password that was typed is in no text that is printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonekit.hiding import hidden


@pytest.mark.parametrize(
    "argument",
    [
        "postgresql://me:correct@far/shop",
        "POSTGRES://me:correct@far/shop",
        "postgres:/me:correct@far/shop",
        "jdbc:postgresql://far/shop?user=me&password=correct",
        "--a=postgresql://me:correct@far/shop",
        "postgresql://me:x@correct@far/shop",
        "postgresql://me:x/correct@far/shop",
        "host=far password=correct",
        "host=far PASSWORD = 'x correct'",
        "postgresql://far/shop?sslpassword=correct",
        'postgresql://me:it\'s "x"\\correct@far/shop',
    ],
)
def test_a_password_in_an_argument_is_hidden(argument: str) -> None:
    for text in (f"No idea what {argument!r} is!", f"There is no {argument}.", f"argv: {[argument, 1]!r}"):
        assert "correct" in text
        assert "correct" not in hidden(text, ["inv", argument])


@pytest.mark.parametrize("argument", ["orcha_fresh", "a:b", "me@far", "/a/b:c", "--password", "postgresql://me@far/x"])
def test_an_argument_without_a_password_stays(argument: str) -> None:
    assert hidden(f"No idea what {argument!r} is!", [argument]) == f"No idea what {argument!r} is!"


@given(st.text(min_size=1), st.sampled_from(["{}", "{!r}", "[{!r}, 1]"]))
def test_whatever_the_password_is_it_is_hidden(password: str, form: str) -> None:
    uri = f"postgresql://me:{password}@far/shop"
    shown = hidden(form.format(uri), [uri]).replace('"', "'")  # Python's quotes depend on the text
    assert shown == form.format("postgresql://me:***@far/shop")
