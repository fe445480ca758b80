"""Waiting: look, pause, look again, until it is so, can't become so any more, or has taken too long."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from clonekit.errors import AwsError, LeftoverError, NotOursError
from clonekit.names import duration
from clonekit.output import Progress, say

GONE = "gone"
_TICK_SECONDS = 0.5
_SHORTEST_SECONDS = 0.1  # between two requests, whatever the settings say


@dataclass(frozen=True)
class Pace:
    """How often to look, and how long at most."""

    poll_seconds: float
    limit_seconds: float
    setting: str  # where the limit comes from, for the error
    each: Callable[[], None] = lambda: None  # called at every look


def until(title: str, look: Callable[[], str], pace: Pace, done: str, doomed: Callable[[str], bool]) -> None:
    """Call `look` until it returns `done`.

    Raises AwsError at once on a state for which `doomed` is true, and when the time is up.
    """
    started = time.monotonic()
    with Progress(title) as progress:
        while (state := look()) != done:
            pace.each()
            left = pace.limit_seconds - (time.monotonic() - started)
            if doomed(state):
                raise AwsError(f"{title}: the state is {state!r}, from which it does not become {done!r}.")
            if left <= 0:
                limit = duration(pace.limit_seconds)
                raise AwsError(f"{title}: still {state!r} after {limit}, the limit that {pace.setting} sets.")
            text = f"{state}, at most {duration(left)} more"
            pause(min(max(pace.poll_seconds, _SHORTEST_SECONDS), left), lambda text=text: progress.update(text))  # type: ignore[misc]


def until_gone(what: str, look: Callable[[], str], pace: Pace, by_hand: str) -> None:
    """Call `look`, which asks for the removal of `what` where need be, until it returns `GONE`.

    Says the command `by_hand` whenever this ends early; raises LeftoverError if AWS or the clock is the reason.
    """
    try:
        until(f"Deleting {what[0].lower()}{what[1:]}", look, pace, GONE, lambda _: False)
    except NotOursError:
        raise
    except BaseException as error:
        say(f"{what} may still exist and cost money. Remove it with:\n  {by_hand}")
        if isinstance(error, AwsError):
            raise LeftoverError(f"{what} could not be removed. {error}") from None
        raise


def pause(seconds: float, on_tick: Callable[[], None]) -> None:
    """Sleep, calling `on_tick` twice a second."""
    deadline = time.monotonic() + seconds
    on_tick()
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(_TICK_SECONDS, left))
        on_tick()
