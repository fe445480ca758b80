"""Signals: once one has ended the work, no other one ends the clean-up by accident."""

import signal

import pytest

from clonekit import interrupts
from clonekit.errors import Interrupted
from clonekit.interrupts import _Cleaning


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_one_between_two_clean_ups_waits(listening: None, second: signal.Signals) -> None:
    with pytest.raises(Interrupted):
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(second)
    assert _Cleaning.pending == second


def test_a_second_press_a_while_later_ends_the_clean_up(listening: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Interrupted):
        signal.raise_signal(signal.SIGINT)
    monkeypatch.setattr(_Cleaning, "pressed", _Cleaning.pressed - 2)
    with pytest.raises(Interrupted):
        signal.raise_signal(signal.SIGINT)


def test_when_all_is_told_none_is_taken(listening: None) -> None:
    interrupts.ignore()
    signal.raise_signal(signal.SIGINT)
