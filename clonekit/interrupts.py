"""Signals: the first one ends the work, and while that is cleaned up only a second Ctrl-C ends the cleaning too."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from clonekit.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ONE_PRESS_SECONDS = 1.0  # a terminal and a wrapper script may both hand on one Ctrl-C


class _Cleaning:
    """Whether a clean-up runs, and whether and when Ctrl-C was pressed before."""

    depth = 0
    begun = False  # the work was ended by a signal: whatever follows, up to the end, is its clean-up
    pressed = 0.0  # when it was first pressed; 0: it was not
    pending = 0  # the first signal that came meanwhile
    held = 0  # the signal that came while none could be taken; -1: none may be taken now


def listen() -> None:
    """Turn signals into Interrupted from here on."""
    _Cleaning.begun = False
    for signum in _SIGNALS:
        signal.signal(signum, _interrupt)


def ignore() -> None:
    """Take no more signals: all is done that can be, and only the telling of it is left."""
    for signum in _SIGNALS:
        signal.signal(signum, signal.SIG_IGN)


def _interrupt(signum: int, _: object) -> None:
    if _Cleaning.held:
        _Cleaning.held = signum
        return
    now, is_press = time.monotonic(), signum == signal.SIGINT
    is_second = is_press and _Cleaning.pressed > 0 and now - _Cleaning.pressed > _ONE_PRESS_SECONDS
    if is_press:
        _Cleaning.pressed = _Cleaning.pressed or now
    if is_second or not (_Cleaning.depth or _Cleaning.begun):
        _Cleaning.begun = True
        raise Interrupted(signum)
    _Cleaning.pending = _Cleaning.pending or signum
    with suppress(OSError):  # not print: it may be what the signal interrupts, and it can't be entered twice
        os.write(2, b"Cleaning up. Another Ctrl-C stops waiting for that; what is left then is said.\n")


def raise_pending() -> None:
    """Raise the Interrupted of a signal that came while something was cleaned up at the end of work well done."""
    if _Cleaning.pending:
        raise Interrupted(_Cleaning.pending)


@contextmanager
def held() -> Iterator[None]:
    """Let a signal wait until this is left: an exception in the middle of a fork is lost, with a lock left locked.

    In another thread than the main one nothing is to be done: Python raises there, and only there, what a signal does.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _Cleaning.held = -1
    try:
        yield
    finally:
        came, _Cleaning.held = _Cleaning.held, 0
    if came > 0:
        _interrupt(came, None)


@contextmanager
def cleaning() -> Iterator[None]:
    """Let signals wait while what is inside cleans up; a second Ctrl-C is an Interrupted even here."""
    _Cleaning.depth += 1
    try:
        yield
    finally:
        _Cleaning.depth -= 1
