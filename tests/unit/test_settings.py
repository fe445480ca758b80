"""The settings: the plan's defaults, and one line for whatever is wrong."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonekit import settings
from clonekit.errors import UsageError
from clonekit.settings import Settings

ROOT = Path("/project")


def read(config: dict[str, Any] | None = None, environ: dict[str, str] | None = None) -> Settings:
    return settings.read(config or {}, environ or {}, ROOT)


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("aws", "profile", "orcha-prod"),
        ("aws", "region", "eu-central-1"),
        ("aws", "account", ""),
        ("rds", "source", "v1-orcha-db"),
        ("rds", "instance_class", "db.t4g.small"),
        ("rds", "freshness_hours", 24),
        ("rds", "poll_seconds", 15),
        ("rds", "restore_minutes", 90),
        ("rds", "storage_type", ""),
        ("rds", "sslmode", "require"),
        ("ssm", "bastion", "v1-orcha-app"),
        ("ssm", "credentials_parameter", "/v1-orcha/db-credentials"),
        ("ssm", "local_port", 25432),
        ("local", "clone_db", "orcha_prod_clone"),
        ("local", "fresh_db", "orcha_fresh"),
        ("app", "override_env", "ORCHA_LOCAL_DB_NAME_OVERRIDE"),
    ],
)
def test_a_default_is_the_plans(section: str, key: str, value: object) -> None:
    assert getattr(getattr(read(), section), key) == value


def test_the_defaults_that_invoke_gets_read_back_as_the_defaults() -> None:
    assert read(dict(settings.defaults())) == Settings(root=ROOT)


def test_the_defaults_that_invoke_gets_are_all_text_so_that_it_casts_nothing() -> None:
    values = [value for section in settings.defaults().values() for value in section.values()]
    assert {type(value) for value in values} == {str}


def test_dumps_and_state_lie_in_the_project() -> None:
    assert (read().dump_dir, read().state_dir) == (ROOT / "dump", ROOT / ".clonekit")


def test_the_environments_text_becomes_a_number() -> None:
    found = read({"rds": {"freshness_hours": "1.5", "poll_seconds": "0"}, "ssm": {"local_port": "7000"}})
    assert (found.rds.freshness_hours, found.rds.poll_seconds, found.ssm.local_port) == (1.5, 0, 7000)


def test_the_files_numbers_are_taken() -> None:
    found = read({"rds": {"freshness_hours": 6}, "local": {"port": 5433}})
    assert (found.rds.freshness_hours, found.local.port) == (6, 5433)


def test_one_key_leaves_the_others_at_their_defaults() -> None:
    assert read({"aws": {"profile": ""}}).aws.region == "eu-central-1"


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("rds", "freshness_hours", "soon"),
        ("rds", "freshness_hours", ""),
        ("rds", "freshness_hours", -1),
        ("rds", "freshness_hours", "nan"),
        ("rds", "freshness_hours", "inf"),
        ("rds", "expiry_hours", "1e9"),
        ("rds", "freshness_hours", True),
        ("rds", "poll_seconds", None),
        ("rds", "restore_minutes", [90]),
        ("ssm", "local_port", 1.5),
        ("ssm", "local_port", "1.5"),
        ("local", "port", "five"),
        ("aws", "account", 123456789012),
        ("aws", "profile", None),
        ("rds", "source", ["a"]),
        ("app", "migrate", False),
    ],
)
def test_a_value_of_the_wrong_type_is_one_line_naming_the_key(section: str, key: str, value: object) -> None:
    with pytest.raises(UsageError, match=rf"^{section}\.{key} must be ") as refused:
        read({section: {key: value}})
    assert "\n" not in str(refused.value)


def test_an_account_number_without_quotes_is_told_to_take_quotes() -> None:
    with pytest.raises(UsageError, match="write it in quotes"):
        read({"aws": {"account": 123456789012}})


@pytest.mark.parametrize("section", list(settings.SECTIONS))
def test_an_unknown_key_is_one_line_naming_it_and_the_known_ones(section: str) -> None:
    known = ", ".join(settings.defaults()[section])
    with pytest.raises(UsageError, match=rf"Unknown setting {section}\.typo; known are: {known}\.$"):
        read({section: {"typo": "x"}})


@pytest.mark.parametrize("value", ["x", 3, None, ["profile"]])
def test_a_section_that_is_no_section_is_named(value: object) -> None:
    with pytest.raises(UsageError, match="The setting rds must be a section"):
        read({"rds": value})


@pytest.mark.parametrize(
    "variable", ["INVOKE_RDS_FRESHNES_HOURS", "INVOKE_AWS_REGIONS", "INVOKE_LOCAL_X", "INVOKE_APP_", "INVOKE_SSM"]
)
def test_an_unknown_variable_of_ours_is_refused_by_name(variable: str) -> None:
    with pytest.raises(UsageError, match=f"Unknown setting {variable}: "):
        read(environ={variable: "x"})


@pytest.mark.parametrize("variable", ["INVOKE_RDS_FRESHNESS_HOURS", "INVOKE_RUN_ECHO", "INVOKE_TASKS", "RDS_TYPO"])
def test_known_and_foreign_variables_are_let_pass(variable: str) -> None:
    assert read(environ={variable: "x"}) == Settings(root=ROOT)


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"])
def test_each_sslmode_of_libpq_is_taken(mode: str) -> None:
    assert read({"rds": {"sslmode": mode}}).rds.sslmode == mode


@pytest.mark.parametrize("mode", ["", "required", "REQUIRE"])
def test_any_other_sslmode_is_refused(mode: str) -> None:
    with pytest.raises(UsageError, match=r"^rds\.sslmode must be one of "):
        read({"rds": {"sslmode": mode}})


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.integers())))
def test_any_value_converts_to_a_sound_number_or_is_a_usage_error(value: object) -> None:
    try:
        number = settings.convert("--freshness-hours", value, float)
    except UsageError as error:
        assert str(error).startswith("--freshness-hours must be a number")
    else:
        assert 0 <= number <= 1_000_000


@pytest.mark.parametrize("key", ["ssm.local_port", "local.port"])
def test_a_port_beyond_65535_is_refused(key: str) -> None:
    section, name = key.split(".")
    with pytest.raises(UsageError, match=key):
        settings.read({section: {name: 70000}}, {}, Path())
