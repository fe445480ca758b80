"""How a dump is split: decided from the tables' sizes alone."""

import pytest

from clonekit.postgres import splitting
from clonekit.postgres.manifests import Facts
from clonekit.postgres.splitting import Course

MB, GB = 10**6, 10**9


def facts(*sizes: int, connections: int = 100) -> Facts:
    tables = [{"schema": "public", "name": f"t{number}", "rows": 1, "bytes": size} for number, size in enumerate(sizes)]
    return Facts(sum(sizes), "18.1", tables, connections)


# --- how many sessions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "number"),
    [
        ((), 1),
        ((5 * GB,), 1),
        ((0, 0, 0), 1),
        ((MB, MB, MB), 1),
        ((20 * MB,) * 3, 3),
        ((GB,) * 24, 8),
        ((5 * GB, *[GB] * 5), 4),
        ((71 * GB, *[GB] * 29), 3),
        ((99 * GB, GB), 1),
    ],
)
def test_auto_takes_as_many_sessions_as_help(sizes: tuple[int, ...], number: int) -> None:
    assert splitting.sessions("auto", facts(*sizes)) == number


def test_a_number_of_sessions_is_taken_as_it_is() -> None:
    assert splitting.sessions("5", facts(MB)) == 5


# --- how many jobs ----------------------------------------------------------------------------------------------------


def test_each_session_has_two_jobs() -> None:
    assert splitting.jobs(4, facts(*[GB] * 24)) == 8


def test_there_are_no_more_jobs_than_tables() -> None:
    assert splitting.jobs(4, facts(GB, GB, GB)) == 3


@pytest.mark.parametrize(("connections", "jobs"), [(20, 9), (10, 1), (0, 1)])
def test_there_are_no_more_jobs_than_the_server_lets_in(connections: int, jobs: int) -> None:
    assert splitting.jobs(8, facts(*[GB] * 24, connections=connections)) == jobs


def test_an_empty_database_has_one_job() -> None:
    assert splitting.jobs(1, facts()) == 1


# --- what is said of it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "form", "said"),
    [
        ("auto", "directory", "as many SSM tunnels as help, at most 8 (ssm.sessions)"),
        ("4", "directory", "4 SSM tunnels side by side (ssm.sessions)"),
        ("1", "directory", "an SSM tunnel"),
        ("auto", "custom", "an SSM tunnel (all that a single file can use)"),
        ("1", "custom", "an SSM tunnel"),
    ],
)
def test_the_plan_says_how_many_tunnels(wanted: str, form: str, said: str) -> None:
    assert splitting.planned(wanted, form) == said


def test_a_table_that_dominates_is_named_with_its_share() -> None:
    said = "`public.t1` is 71 % of the data: it decides how long the dump takes."
    assert splitting.dominating(facts(GB * 29, GB * 71)) == said


@pytest.mark.parametrize("sizes", [(), (GB, GB, GB), (MB, 1)])
def test_no_table_is_named_that_takes_less_than_the_others_or_no_time(sizes: tuple[int, ...]) -> None:
    assert splitting.dominating(facts(*sizes)) == ""


# --- how far it is ----------------------------------------------------------------------------------------------------


def course(jobs: int, *lines: str) -> str:
    made = Course(facts(75 * MB, 25 * MB), jobs, lambda _: None)
    for line in lines:
        made.note(f"pg_dump: {line}")
    return made.state(10 * MB, 20)


BEGUN = ('dumping contents of table "public.t0"', 'dumping contents of table "public.t1"')


def test_at_first_nothing_is_done() -> None:
    assert course(2) == "0 % of the data done, table 0 of 2, 10.0 MB written, 500.0 kB/s"


def test_tables_that_run_side_by_side_are_not_done() -> None:
    assert course(2, *BEGUN).startswith("0 % of the data done, table 2 of 2")


def test_a_table_that_has_ended_counts_by_its_size() -> None:
    assert course(2, *BEGUN, "finished item 7 TABLE DATA t1") == (
        "25 % of the data done, table 2 of 2, 10.0 MB written, 500.0 kB/s, about 1 min 0 s left"
    )


def test_one_job_has_ended_a_table_when_it_begins_the_next() -> None:
    assert course(1, *BEGUN).startswith("75 % of the data done")


@pytest.mark.parametrize("line", ["finished item 7 TABLE DATA other", "finished item 8 INDEX t0", "reading schemas"])
def test_what_else_pg_dump_says_changes_nothing(line: str) -> None:
    assert course(2, *BEGUN, line).startswith("0 % of the data done, table 2 of 2")


@pytest.mark.parametrize(
    "line", ["pg_dump: finished item 7 TABLE DATA t1", "pg_dump: pg_dump: finished item 7 TABLE DATA t1"]
)
def test_a_line_is_understood_into_which_another_job_has_written_its_start(line: str) -> None:
    assert course(2, *BEGUN, line).startswith("25 % of the data done")


def test_when_pg_dump_has_ended_well_all_is_done_whatever_was_heard() -> None:
    made = Course(facts(75 * MB, 25 * MB), 2, lambda _: None)
    made.finish()
    assert made.state(10 * MB, 20).startswith("100 % of the data done, table 2 of 2, 10.0 MB written")


def test_an_empty_database_has_a_state_too() -> None:
    assert Course(facts(), 1, lambda _: None).state(0, 0) == "0 % of the data done, table 0 of 0, 0 B written, 0 B/s"
