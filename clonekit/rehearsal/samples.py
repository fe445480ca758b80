"""What a sampler saw of sessions and their locks, put together to who held which lock from when to when. Pure.

Times are seconds since 1970 by the server's clock.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clonekit.rehearsal.serverlog import Sent

# What nobody else can do while the lock is held, by the conflicts of each mode, from the weakest on:
# https://www.postgresql.org/docs/18/explicit-locking.html#LOCKING-TABLES
BLOCKS = {
    "ACCESS SHARE": "blocks neither reads nor writes",
    "ROW SHARE": "blocks no reads, and writes only to the rows it locked",
    "ROW EXCLUSIVE": "blocks no reads, and writes only to the rows it changed",
    "SHARE UPDATE EXCLUSIVE": "blocks neither reads nor writes, but VACUUM and other changes of the schema",
    "SHARE": "blocks writes",
    "SHARE ROW EXCLUSIVE": "blocks writes",
    "EXCLUSIVE": "blocks writes and SELECT ... FOR UPDATE",
    "ACCESS EXCLUSIVE": "blocks reads and writes",
}
MODES = tuple(BLOCKS)  # a mode's rank is its place here
_OF_CATALOG = {f"{mode.title().replace(' ', '')}Lock": rank for rank, mode in enumerate(MODES)}  # pg_locks.mode


@dataclass(frozen=True)
class Session:
    """One session at the moment of a look; `locks` are pairs of a relation's OID and a mode of pg_locks."""

    pid: int
    state: str
    statement_start: float | None
    state_change: float | None
    transaction_start: float | None
    text: str
    locks: Sequence[tuple[int, str]]


@dataclass
class Hold:
    """The locks of one transaction on one relation."""

    pid: int
    relation: int
    modes: dict[int, tuple[float, float]]  # by rank: the look that saw it first, and the one before that
    seen: float  # the last look that saw any
    gone: float = 0.0  # the look after that


@dataclass
class Samples:
    """All that was seen so far."""

    times: list[float] = field(default_factory=list)
    sent: dict[tuple[int, float], Sent] = field(default_factory=dict)  # by process and start
    _holds: list[Hold] = field(default_factory=list)
    _open: dict[tuple[int, float | None, int], Hold] = field(default_factory=dict)
    _transactions: dict[tuple[int, float | None], int] = field(default_factory=dict)

    def add(self, now: float, sessions: Iterable[Session]) -> None:
        """Add one look at all sessions."""
        before = self.times[-1] if self.times else now
        for session in sessions:
            self._add_statement(now, session)
            for relation, mode in session.locks:
                key = session.pid, session.transaction_start, relation
                hold = self._open.setdefault(key, Hold(session.pid, relation, {}, now))
                hold.modes.setdefault(_OF_CATALOG.get(mode, 0), (now, before))
                hold.seen = now
        for key in [key for key, hold in self._open.items() if hold.seen != now]:
            hold = self._open.pop(key)
            hold.gone = now
            self._holds.append(hold)
        self.times.append(now)

    def holds(self) -> list[Hold]:
        """Return who held what; what was held at the last look counts until then."""
        for hold in self._open.values():
            hold.gone = hold.seen
        return [*self._holds, *self._open.values()]

    def timed(self, logged: list[Sent]) -> list[Sent]:
        """Return what was logged, with a start for what failed: of that, the log tells only the end."""
        looked = Timeline(list(self.sent.values()))
        for each in logged:
            if each.error and (place := looked.last(each.pid, each.end)) is not None:
                each.start = min(each.start, looked.sent[place].start)
        return logged

    def _add_statement(self, now: float, session: Session) -> None:
        start, change = session.statement_start, session.state_change
        if start is None or change is None:
            return
        known = self.sent.get((session.pid, start))
        if known is None:
            key = session.pid, session.transaction_start or start
            number = self._transactions.setdefault(key, len(self._transactions) + 1)
            known = self.sent[session.pid, start] = Sent(session.pid, start, start, number, session.text)
        known.end = now if session.state == "active" else change


class Timeline:
    """What was sent, to be asked for by moment: the ends of lock times are exact where statements tell them."""

    def __init__(self, sent: Sequence[Sent]) -> None:
        self._ends: dict[int, float] = {}  # of transactions
        self._of: dict[int, list[tuple[float, int]]] = {}  # by process: starts, and places among all
        for place, each in enumerate(sent):
            self._of.setdefault(each.pid, []).append((each.start, place))
            self._ends[each.transaction] = max(each.end, self._ends.get(each.transaction, 0.0))
        for starts in self._of.values():
            starts.sort()
        self.sent = sent

    def last(self, pid: int, moment: float) -> int | None:
        """Return the place of what a process had sent last at a moment."""
        starts = self._of.get(pid, [])
        at = bisect_right(starts, (moment, len(self.sent)))
        return starts[at - 1][1] if at else None

    def between(self, pid: int, before: float, seen: float) -> list[int]:
        """Return the places of what a process sent, or still had running, between two looks."""
        starts = self._of.get(pid, [])
        at = bisect_right(starts, (seen, len(self.sent)))
        first = at
        while first and self.sent[starts[first - 1][1]].end >= before:
            first -= 1
        return [place for _, place in starts[first:at]]

    def span(self, hold: Hold, least: int) -> tuple[float, float] | None:
        """Return from when to when a transaction held a lock of at least that rank; None: never."""
        firsts = [first for rank, first in hold.modes.items() if rank >= least]
        if not firsts:
            return None
        seen, before = min(firsts)
        kept, taking = self.last(hold.pid, hold.seen), self.between(hold.pid, before, seen)
        start = max(before, self.sent[taking[0]].start) if taking else before
        end = self._ends[self.sent[kept].transaction] if kept is not None else hold.gone
        return start, min(end, hold.gone) if end >= hold.seen else hold.gone

    def held(self, holds: Iterable[Hold], least: int) -> float:
        """Return for how many seconds anybody held a lock of at least that rank."""
        total, until = 0.0, 0.0
        for start, end in sorted(span for hold in holds if (span := self.span(hold, least))):
            total += max(0.0, end - max(start, until))
            until = max(until, end)
        return round(total, 3)

    def missed(self, times: Sequence[float]) -> list[float]:
        """Return how long each transaction took that began and ended between two looks."""
        starts: dict[int, float] = {}
        for each in self.sent:
            starts[each.transaction] = min(each.start, starts.get(each.transaction, each.start))
        spans = [(start, self._ends[number]) for number, start in starts.items()]
        return [end - start for start, end in spans if bisect_right(times, start) == bisect_right(times, end)]
