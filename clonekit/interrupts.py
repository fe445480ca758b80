"""Signals: the first one ends the work, and while that is cleaned up only an insistent Ctrl-C ends the cleaning too."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from clonekit.errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Cleaning:
    """Whether a clean-up runs, and whether Ctrl-C was pressed during it."""

    depth = 0
    warned = False
    pending = 0  # the first signal that came meanwhile
    held = 0  # the signal that came while none could be taken; -1: none may be taken now


def listen() -> None:
    """Turn signals into Interrupted from here on."""
    for signum in _SIGNALS:
        signal.signal(signum, _interrupt)


def _interrupt(signum: int, _: object) -> None:
    if _Cleaning.held:
        _Cleaning.held = signum
        return
    if not _Cleaning.depth or (signum == signal.SIGINT and _Cleaning.warned):
        raise Interrupted(signum)
    _Cleaning.pending = _Cleaning.pending or signum
    _Cleaning.warned = _Cleaning.warned or signum == signal.SIGINT
    with suppress(OSError):  # not print: it may be what the signal interrupts, and it can't be entered twice
        os.write(2, b"Cleaning up. Press Ctrl-C once more to give up; what is left then is said.\n")


def raise_pending() -> None:
    """Raise the Interrupted of a signal that came while something was cleaned up at the end of work well done."""
    if _Cleaning.pending:
        raise Interrupted(_Cleaning.pending)


@contextmanager
def held() -> Iterator[None]:
    """Let a signal wait until this is left: an exception in the middle of a fork is lost, with a lock left locked."""
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
        _Cleaning.warned = False
