"""Names, ages and sizes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonekit import names
from clonekit.errors import UsageError

NOW = datetime(2026, 4, 24, 9, 38, 39, tzinfo=UTC)  # the plan's own moment
NOON = datetime(2026, 4, 24, 12, tzinfo=UTC)
SOURCE = "v1-orcha-db"
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def test_the_clone_identifier_is_the_plans() -> None:
    assert names.clone_identifier(SOURCE, NOW) == "v1-orcha-db-clone-20260424093839"


def test_the_snapshot_identifier_is_told_apart_from_the_clones() -> None:
    assert names.snapshot_identifier(SOURCE, NOW) == "v1-orcha-db-clone-src-20260424093839"


def test_both_identifiers_begin_with_the_common_prefix() -> None:
    made = (names.clone_identifier(SOURCE, NOW), names.snapshot_identifier(SOURCE, NOW))
    assert all(name.startswith(names.clone_prefix(SOURCE)) for name in made)


def test_the_dump_is_named_after_the_session() -> None:
    assert names.dump_name(NOW) == "prod-20260424-093839.dump"


@pytest.mark.parametrize("hours", [-11, -5.5, 0, 2, 13])
def test_a_clock_in_any_zone_gives_the_same_identifier(hours: float) -> None:
    local = NOW.astimezone(timezone(timedelta(hours=hours)))
    assert names.clone_identifier(SOURCE, local) == "v1-orcha-db-clone-20260424093839"


@given(st.datetimes(min_value=datetime(2000, 1, 3), max_value=datetime(2100, 1, 1)), ZONES)  # noqa: DTZ001, RUF100
def test_the_dump_name_does_not_depend_on_the_zone(naive: datetime, zone: timezone) -> None:
    moment = naive.replace(tzinfo=UTC)
    assert names.dump_name(moment.astimezone(zone)) == names.dump_name(moment)


def test_an_identifier_of_63_characters_is_allowed() -> None:
    longest = "s" * (63 - len("-clone-20260424093839"))
    assert len(names.clone_identifier(longest, NOW)) == names.MAX_IDENTIFIER


def test_an_identifier_over_63_characters_is_refused_by_naming_the_setting() -> None:
    with pytest.raises(UsageError, match=r"rds\.source"):
        names.clone_identifier("s" * 43, NOW)


@pytest.mark.parametrize(
    ("created", "hours", "fresh"),
    [
        ("2026-04-24T11:00:00Z", 24, True),
        ("2026-04-23T13:00:00Z", 24, True),
        ("2026-04-23T10:59:00Z", 24, False),
        ("2026-04-24T07:00:00Z", 6, True),
        ("2026-04-24T05:00:00Z", 6, False),
    ],
)
def test_freshness_is_as_in_the_plans_cases(created: str, hours: float, fresh: bool) -> None:
    assert names.is_fresh(datetime.fromisoformat(created), NOON, hours) is fresh


@pytest.mark.parametrize(
    ("old", "fresh"),
    [
        (timedelta(hours=23, minutes=59), True),
        (timedelta(hours=24), True),
        (timedelta(hours=24, microseconds=1), False),
        (timedelta(hours=24, seconds=1), False),
        (timedelta(hours=24, minutes=59), False),  # the plan's whole hours called this 24
    ],
)
def test_freshness_compares_the_exact_age(old: timedelta, fresh: bool) -> None:
    assert names.is_fresh(NOON - old, NOON, 24) is fresh


def test_a_fraction_of_an_hour_counts() -> None:
    assert names.is_fresh(NOON - timedelta(minutes=29), NOON, 0.5)
    assert not names.is_fresh(NOON - timedelta(minutes=31), NOON, 0.5)


def test_zero_hours_make_every_older_snapshot_stale() -> None:
    assert not names.is_fresh(NOON - timedelta(microseconds=1), NOON, 0)


@given(st.timedeltas(timedelta(0), timedelta(days=3)), ZONES, ZONES)
def test_freshness_does_not_depend_on_either_zone(old: timedelta, here: timezone, there: timezone) -> None:
    expected = old <= timedelta(hours=24)
    assert names.is_fresh((NOON - old).astimezone(there), NOON.astimezone(here), 24) is expected


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min 0 s"),
        (3600, "1 h 0 min"),
        (12_000, "3 h 20 min"),
        (86_400, "1 day 0 h"),
        (187_200, "2 days 4 h"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert names.duration(seconds) == said


def test_an_age_is_the_time_in_between() -> None:
    assert names.age(NOW, NOW + timedelta(hours=3, minutes=20, seconds=7)) == "3 h 20 min"


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (3_400_000, "3.4 MB"), (2.5e9, "2.5 GB"), (7e15, "7000.0 TB")],
)
def test_a_size_is_said_in_powers_of_1000(number: float, said: str) -> None:
    assert names.size(number) == said


@pytest.mark.parametrize("name", ['x"; drop database y; --', "it's", " a b ", "ünïcode", "x" * 63, "ü" * 31])
def test_any_name_that_postgresql_takes_is_taken_as_it_is(name: str) -> None:
    assert names.check_database_name(name) == name


@pytest.mark.parametrize("name", ["x" * 64, "ü" * 32, "a\0b"])
def test_a_name_that_postgresql_would_cut_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="at most 63 bytes"):
        names.check_database_name(name)


@pytest.mark.parametrize("name", ["", " ", "\t\n"])
def test_an_empty_name_is_refused_by_saying_of_what(name: str) -> None:
    with pytest.raises(UsageError, match="name of the clone database is empty"):
        names.check_database_name(name, "clone database")


@given(st.text())
def test_printable_text_has_no_control_characters(text: str) -> None:
    shown = names.printable(text)
    assert len(shown) == len(text)
    assert not [c for c in shown if c not in "\n\t" and (ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0)]


def test_printable_text_keeps_letters_of_any_script() -> None:
    assert names.printable("Zürich 東京\n\tok") == "Zürich 東京\n\tok"


def test_a_limit_beyond_all_time_makes_everything_fresh() -> None:
    now = datetime(2026, 4, 24, tzinfo=UTC)
    assert names.is_fresh(now, now, 1e12)


def test_a_database_name_that_is_no_text_is_refused() -> None:
    with pytest.raises(UsageError):
        names.check_database_name("\udcff")
