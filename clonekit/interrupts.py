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


def listen() -> None:
    """Turn signals into Interrupted from here on."""
    for signum in _SIGNALS:
        signal.signal(signum, _interrupt)


def _interrupt(signum: int, _: object) -> None:
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
def cleaning() -> Iterator[None]:
    """Let signals wait while what is inside cleans up; a second Ctrl-C is an Interrupted even here."""
    _Cleaning.depth += 1
    try:
        yield
    finally:
        _Cleaning.depth -= 1
        _Cleaning.warned = False
