"""What the user sees: progress on stderr, results on stdout; on a terminal the progress line is live."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Self

from clonekit.names import duration, printable

_LINE_SECONDS = 30.0  # how often a plain line repeats a state that has not changed


def say(message: str) -> None:
    """Tell what is going on, on stderr. A terminal that was closed must not end what is being done or cleaned up."""
    try:
        print(printable(message), file=sys.stderr, flush=True)  # noqa: T201
    except OSError:
        _mute()


def _mute() -> None:
    """Send what would go to a closed stderr nowhere, from now on."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def result(message: str) -> None:
    """Print a result, on stdout; the last one is what a script reads."""
    print(printable(message), flush=True)  # noqa: T201


def raw(text: str) -> None:
    """Print text of another program's making, on stdout, as it is but for control characters."""
    sys.stdout.write(printable(text))
    sys.stdout.flush()


def coloured(diff: str) -> None:
    """Print a text with unified diffs in it, on stdout; on a terminal removed lines are red and added ones green."""
    if not sys.stdout.isatty():
        raw(diff)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in printable(diff).splitlines():
        console.print(Text(line, style={"-": "red", "+": "green", "@": "cyan"}.get(line[:1], "")))


class Progress:
    """A long piece of work: its title, what it is doing, and for how long; a live line or, elsewhere, plain lines."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.started = time.monotonic()
        self._live: Any = None
        self._said = ("", 0.0)

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            # No refresh thread: child processes are forked while this is shown, and fork and threads don't mix.
            self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
            self._live.start()
        else:
            say(f"{self.title} ...")
        self.update("")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._live:
            with suppress(OSError):
                self._live.stop()
        outcome = "done" if kind is None else "stopped"
        say(f"{self.title}: {outcome} after {self.elapsed()}.")

    def elapsed(self) -> str:
        """Return how long this has taken."""
        return duration(time.monotonic() - self.started)

    def update(self, state: str) -> None:
        """Show `state`; without a terminal only when it is new, or half a minute has passed."""
        if self._live:
            from rich.spinner import Spinner

            line = Spinner("dots", printable(f"{self.title} ({self.elapsed()}) {state}"))
            try:
                self._live.update(line, refresh=True)
            except OSError:
                self._live = None
                _mute()
            return
        now = time.monotonic()
        word, at = self._said
        if state and (now - at > _LINE_SECONDS or state.split(",", maxsplit=1)[0] != word):
            say(f"  {state} ({self.elapsed()})")
            self._said = (state.split(",", maxsplit=1)[0], now)


@contextmanager
def table(title: str, columns: Sequence[str]) -> Iterator[list[Sequence[str]]]:
    """Collect rows and print them to stdout as one table."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows: list[Sequence[str]] = []
    yield rows
    shown = Table(title=title, title_justify="left")
    for column in columns:
        shown.add_column(column, overflow="fold")  # what is cut off can't be copied
    for row in rows:
        shown.add_row(*(Text(printable(cell)) for cell in row))
    Console(width=None if sys.stdout.isatty() else 160, soft_wrap=False).print(shown)


def ask(question: str) -> bool:
    """Ask on stderr and return whether the answer was yes; no answer (end of input) is no."""
    print(question, end=" ", file=sys.stderr, flush=True)  # noqa: T201
    answer = sys.stdin.readline() if sys.stdin else ""
    if not (sys.stdin and sys.stdin.isatty()):
        print(file=sys.stderr)  # noqa: T201
    return answer.strip().lower() in ("y", "yes")
