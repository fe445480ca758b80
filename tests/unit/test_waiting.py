"""Waiting: until it is so, can't become so, or takes too long; nothing here waits for long."""

from collections.abc import Callable

import pytest

from clonekit.errors import AwsError, Interrupted, LeftoverError
from clonekit.waiting import GONE, Pace, pause, until, until_gone

FAST = Pace(0, 60, "rds.restore_minutes")
NO_TIME = Pace(0, 0, "rds.restore_minutes")


def states(*values: str) -> Callable[[], str]:
    following = iter(values)
    return lambda: next(following)


def never(_: str) -> bool:
    return False


def test_it_ends_when_the_state_is_reached() -> None:
    until("Waiting", states("creating", "backing-up", "available"), FAST, "available", never)


def test_it_does_not_pause_when_the_state_is_there_at_once() -> None:
    until("Waiting", states("available"), Pace(3600, 3600, "x"), "available", never)


def test_it_fails_at_once_on_a_state_from_which_nothing_follows() -> None:
    with pytest.raises(AwsError, match="Waiting for x: the state is 'failed'"):
        until("Waiting for x", states("creating", "failed"), FAST, "available", "failed".__eq__)


def test_it_fails_when_the_time_is_up_by_naming_the_setting() -> None:
    with pytest.raises(AwsError, match=r"still 'creating' after 0 s, the limit that rds\.restore_minutes sets"):
        until("Waiting", lambda: "creating", NO_TIME, "available", never)


def test_it_looks_once_even_without_any_time() -> None:
    until("Waiting", states("available"), NO_TIME, "available", never)


def test_it_tells_each_new_state_once(capsys: pytest.CaptureFixture[str]) -> None:
    until("Waiting", states("creating", "creating", "backing-up", "available"), FAST, "available", never)
    told = capsys.readouterr().err
    assert (told.count("creating"), told.count("backing-up")) == (1, 1)


def test_it_writes_nothing_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    until("Waiting", states("creating", "available"), FAST, "available", never)
    assert capsys.readouterr().out == ""


def test_a_removal_ends_when_it_is_gone() -> None:
    until_gone("The thing", states("available", "deleting", GONE), FAST, "aws remove")


def test_a_removal_that_takes_too_long_is_a_leftover() -> None:
    with pytest.raises(LeftoverError, match="The thing could not be removed"):
        until_gone("The thing", lambda: "deleting", NO_TIME, "aws remove")


def test_a_removal_that_aws_refuses_is_a_leftover() -> None:
    def refuse() -> str:
        raise AwsError("AWS denied it.")

    with pytest.raises(LeftoverError, match="AWS denied it"):
        until_gone("The thing", refuse, FAST, "aws remove")


def test_a_leftover_comes_with_the_command_that_removes_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LeftoverError):
        until_gone("The thing", lambda: "deleting", NO_TIME, "aws remove thing")
    assert "aws remove thing" in capsys.readouterr().err


def test_an_interrupted_removal_says_the_command_and_stays_an_interruption(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt() -> str:
        raise Interrupted(2)

    with pytest.raises(Interrupted):
        until_gone("The thing", interrupt, FAST, "aws remove thing")
    assert "aws remove thing" in capsys.readouterr().err


def test_a_pause_ticks_at_its_beginning_and_its_end() -> None:
    ticks: list[int] = []
    pause(0.01, lambda: ticks.append(1))
    assert len(ticks) == 2
