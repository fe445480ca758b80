"""How a dump is split: over how many SSM sessions, among how many jobs, and how much of it is done. Pure."""

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from clonekit.names import duration, printable, size

if TYPE_CHECKING:
    from clonekit.postgres.manifests import Facts

AUTO = "auto"
MOST = 8
SESSIONS = (AUTO, *map(str, range(1, MOST + 1)))
FORMATS = ("directory", "custom")
_JOBS_EACH = 2  # so that a session is busy while one of its connections waits for the server
_CONNECTIONS_LEFT = 3  # for the leader of the jobs, a psql and somebody who looks
# What one more session must take off to be worth it: a share of the time, and as many bytes as one carries while
# another opens.
_WORTH_SHARE, _WORTH_BYTES = 0.05, 4_000_000
_DOMINATES, _LONG_BYTES = 0.5, 50_000_000
# Its workers write beside each other, so that a line may have lost its start to another one, or have two.
_BEGUN = re.compile(r'(?:pg_dump: )*dumping contents of table "(.*)"$')
_ENDED = re.compile(r"(?:pg_dump: )*finished item \d+ TABLE DATA (.*)$")


def sessions(wanted: str, facts: "Facts") -> int:
    """Return over how many sessions to dump; `auto` is as many as take off a good part of the time.

    A table goes through one connection, so that the largest shares its session with a part of the others only.
    """
    if wanted != AUTO:
        return int(wanted)
    every = [table["bytes"] for table in facts.tables] or [0]
    others = sum(every) - max(every)
    for number in range(1, MOST):
        now, then = max(every) + others / number, max(every) + others / (number + 1)
        if now - then < max(_WORTH_BYTES, _WORTH_SHARE * now):
            return number
    return MOST


def jobs(over: int, facts: "Facts") -> int:
    """Return how many tables to dump at once over so many sessions: as many as there are, and the server lets in."""
    return max(1, min(_JOBS_EACH * over, len(facts.tables), facts.connections - over - _CONNECTIONS_LEFT))


def planned(wanted: str, form: str) -> str:
    """Return what is known of the sessions before the tables are."""
    if wanted == "1":
        return "an SSM tunnel"
    if form == "custom":
        return "an SSM tunnel (all that a single file can use)"
    many = f"as many SSM tunnels as help, at most {MOST}" if wanted == AUTO else f"{wanted} SSM tunnels side by side"
    return f"{many} (ssm.sessions)"


def dominating(facts: "Facts") -> str:
    """Return a sentence about a table that takes longer than all others together; empty if there is none."""
    largest = max(facts.tables, key=lambda table: table["bytes"], default={"bytes": 0})
    every = sum(table["bytes"] for table in facts.tables)
    if largest["bytes"] < max(_LONG_BYTES, _DOMINATES * every):
        return ""
    name, share = f"{largest['schema']}.{largest['name']}", 100 * largest["bytes"] // every
    return f"`{printable(name)}` is {share} % of the data: it decides how long the dump takes."


class Course:
    """How far pg_dump is, from what it says: the tables that have begun, the estimated bytes of those that are done."""

    def __init__(self, facts: "Facts", jobs: int, tell: Callable[[str], None]) -> None:
        self._left = {f"{table['schema']}.{table['name']}": table["bytes"] for table in facts.tables}
        self._every, self._tables, self._jobs, self._tell = sum(self._left.values()), len(self._left), jobs, tell
        self._running = list[str]()
        self._begun, self._started = 0, time.monotonic()

    def note(self, line: str) -> None:
        """Take in a line of `pg_dump --verbose`; one job does not say when a table has ended, but begins the next."""
        if begun := _BEGUN.match(line):
            if self._jobs == 1 and self._running:
                self._end(self._running[0])
            self._running.append(begun[1])
            self._begun += 1
        elif ended := _ENDED.match(line):
            self._end(next((name for name in self._running if name.endswith(f".{ended[1]}")), ""))

    def _end(self, name: str) -> None:
        if name in self._running:
            self._running.remove(name)
            self._left[name] = 0

    def finish(self) -> None:
        """Take in that pg_dump has ended well, whatever was heard of it."""
        self._begun, self._running = self._tables, []
        self._left = dict.fromkeys(self._left, 0)

    def show(self, written: int) -> None:
        """Tell it, so many bytes being written."""
        self._tell(self.state(written, time.monotonic() - self._started))

    def state(self, written: int, seconds: float) -> str:
        """Return it in words, after so many bytes and seconds."""
        share = 1 - sum(self._left.values()) / self._every if self._every else 0
        words = [f"{100 * share:.0f} % of the data done", f"table {self._begun} of {self._tables}"]
        words += [f"{size(written)} written", f"{size(written / max(seconds, 1))}/s"]
        return ", ".join([*words, *([f"about {duration(seconds / share - seconds)} left"] if share else [])])
