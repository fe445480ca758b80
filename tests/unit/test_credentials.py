"""The credentials JSON: the plan's cases, and bad input that must never show the secret."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonekit.aws.credentials import Credentials, parse_credentials, parse_login
from clonekit.errors import UsageError

SAMPLE = {"username": "u", "password": "p", "host": "h", "port": 5432, "dbname": "orcha"}
SECRET = "hunter2-do-not-print"
OVERRIDE = "ORCHA_LOCAL_DB_NAME_OVERRIDE"


def text(**changes: Any) -> str:
    values = {**SAMPLE, "password": SECRET, **changes}
    return json.dumps({key: value for key, value in values.items() if value is not ...})


def test_all_six_values_are_read() -> None:
    assert parse_credentials(json.dumps(SAMPLE), {}) == Credentials(
        url="jdbc:postgresql://h:5432/orcha", user="u", password="p", host="h", port=5432, dbname="orcha"
    )


def test_without_the_override_the_dbname_is_the_jsons() -> None:
    assert parse_credentials(json.dumps(SAMPLE), {"OTHER": "x"}).dbname == "orcha"


def test_the_override_replaces_the_dbname() -> None:
    assert parse_credentials(json.dumps(SAMPLE), {OVERRIDE: "orcha_prod_clone"}).dbname == "orcha_prod_clone"


def test_the_override_replaces_the_dbname_in_the_url() -> None:
    parsed = parse_credentials(json.dumps(SAMPLE), {OVERRIDE: "orcha_prod_clone"})
    assert parsed.url == "jdbc:postgresql://h:5432/orcha_prod_clone"


@pytest.mark.parametrize("blank", ["", " ", "\t\n"])
def test_a_blank_override_is_as_none(blank: str) -> None:
    parsed = parse_credentials(json.dumps(SAMPLE), {OVERRIDE: blank})
    assert (parsed.dbname, parsed.url) == ("orcha", "jdbc:postgresql://h:5432/orcha")


def test_the_override_variable_may_have_another_name() -> None:
    assert parse_credentials(json.dumps(SAMPLE), {"APP_DB": "x", OVERRIDE: "y"}, "APP_DB").dbname == "x"


def test_the_override_is_read_from_the_process_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OVERRIDE, "orcha_prod_clone")
    assert parse_credentials(json.dumps(SAMPLE)).dbname == "orcha_prod_clone"


def test_productions_reading_ignores_the_override(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OVERRIDE, "orcha_prod_clone")
    assert parse_credentials(json.dumps(SAMPLE), environ={}).dbname == "orcha"


def test_a_port_given_as_text_is_a_number() -> None:
    assert parse_credentials(text(port="6432"), {}).port == 6432


def test_other_keys_are_ignored() -> None:
    assert parse_credentials(text(engine="postgres"), {}).user == "u"


@pytest.mark.parametrize("password", [..., None, ""])
def test_a_missing_password_is_an_empty_one(password: Any) -> None:
    assert parse_credentials(text(password=password), {}).password == ""


def test_an_empty_password_is_no_password_for_the_server() -> None:
    assert parse_credentials(text(password=""), {}).server().password is None


def test_the_server_is_the_one_that_is_named() -> None:
    server = parse_credentials(text(), {}).server()
    assert (server.host, server.port, server.user, server.password) == ("h", 5432, "u", SECRET)


def test_the_password_is_not_in_the_credentials_text() -> None:
    assert SECRET not in repr(parse_credentials(text(), {}))


@pytest.mark.parametrize(
    "bad",
    ["", SECRET, f"{{{SECRET}", f'"{SECRET}"', f'["{SECRET}"]', "null", "12", "NaN", '{"a": ', "[" * 200_000],
    ids=["empty", "bare", "broken", "string", "list", "null", "number", "nan", "cut", "deep"],
)
def test_what_is_no_json_object_is_refused(bad: str) -> None:
    with pytest.raises(UsageError, match="not a JSON object") as refused:
        parse_credentials(bad, {})
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("key", ["username", "host", "port", "dbname"])
@pytest.mark.parametrize("value", [..., None, ""], ids=["absent", "null", "empty"])
def test_a_missing_key_is_named(key: str, value: Any) -> None:
    with pytest.raises(UsageError, match=f"lack {key}") as refused:
        parse_credentials(text(**{key: value}), {})
    assert SECRET not in str(refused.value)


def test_all_missing_keys_are_named_at_once() -> None:
    with pytest.raises(UsageError, match="lack username, host, port, dbname"):
        parse_credentials("{}", {})


@pytest.mark.parametrize("port", ["five", "5432x", "-1", 0, -5, 65536, 70000, True, 5432.5, [5432], {"a": 1}])
def test_a_port_that_is_none_is_refused(port: Any) -> None:
    with pytest.raises(UsageError, match="port") as refused:
        parse_credentials(text(port=port), {})
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("key", ["username", "host", "dbname"])
@pytest.mark.parametrize("value", [1, True, ["x"], {"x": SECRET}])
def test_a_value_that_must_be_text_is_refused(key: str, value: Any) -> None:
    with pytest.raises(UsageError, match="must be text") as refused:
        parse_credentials(text(**{key: value}), {})
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("password", [12345678, True, [SECRET], {"a": SECRET}])
def test_a_password_that_is_not_text_is_refused(password: Any) -> None:
    with pytest.raises(UsageError, match="password must be text") as refused:
        parse_credentials(text(password=password), {})
    assert SECRET not in str(refused.value)
    assert "12345678" not in str(refused.value)


@pytest.mark.parametrize("bad", ["\0", "\ud800"])
@pytest.mark.parametrize("key", ["username", "password", "dbname"])
def test_a_login_that_no_server_can_be_told_is_refused(key: str, bad: str) -> None:
    with pytest.raises(UsageError, match="does not take") as refused:
        parse_login(text(**{key: f"{SECRET}{bad}"}))
    assert SECRET not in str(refused.value)


@given(st.text())
def test_any_text_gives_credentials_or_a_usage_error(anything: str) -> None:
    with suppress(UsageError):
        assert isinstance(parse_credentials(anything, {}), Credentials)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4)


@given(
    st.dictionaries(st.sampled_from(["username", "host", "port", "dbname", "more"]), JSON),
    st.text(st.characters(min_codepoint=0x100, exclude_categories=["Cs"]), min_size=3),
)
def test_no_error_holds_any_part_of_the_password(values: dict[str, Any], password: str) -> None:
    try:
        parse_credentials(json.dumps({**values, "password": password}), {})
    except UsageError as error:
        assert not set(password) & set(str(error))  # the messages themselves are ASCII
