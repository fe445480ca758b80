"""Looks put together: who held which lock from when to when."""

from clonekit.rehearsal.samples import Samples, Session, Timeline
from clonekit.rehearsal.serverlog import Error, Sent

EXCLUSIVE, SHARED, WRITES = 7, 0, 4  # ranks


def session(*locks: tuple[int, str], start: float = 1.0, state: str = "active", pid: int = 1) -> Session:
    return Session(pid, state, start, start + 0.5, start, "LOCK", locks)


def test_a_lock_is_held_from_the_statement_that_took_it_to_the_end_of_its_transaction() -> None:
    samples = Samples()
    samples.add(1.0, [])
    samples.add(2.0, [session((50, "AccessExclusiveLock"))])
    samples.add(3.0, [session((50, "AccessExclusiveLock"))])
    samples.add(4.0, [])
    timeline = Timeline([Sent(1, 1.2, 1.4, 1, "BEGIN"), Sent(1, 1.5, 3.0, 1, "LOCK"), Sent(1, 3.1, 3.3, 1, "COMMIT")])

    (hold,) = samples.holds()
    assert (hold.pid, hold.relation, hold.seen, hold.gone) == (1, 50, 3.0, 4.0)
    assert timeline.span(hold, EXCLUSIVE) == (1.2, 3.3)
    assert timeline.between(1, 1.45, 2.0) == [1]


def test_without_statements_the_looks_around_say_how_long() -> None:
    samples = Samples()
    samples.add(1.0, [])
    samples.add(2.0, [session((50, "ShareLock"))])
    samples.add(3.0, [session((50, "ShareLock"), (50, "AccessExclusiveLock"))])

    (hold,) = samples.holds()
    assert Timeline([]).span(hold, EXCLUSIVE) == (2.0, 3.0)
    assert Timeline([]).span(hold, WRITES) == (1.0, 3.0)


def test_a_lock_that_was_never_so_strong_has_no_time() -> None:
    samples = Samples()
    samples.add(1.0, [session((50, "AccessShareLock"))])

    assert Timeline([]).span(samples.holds()[0], WRITES) is None
    assert Timeline([]).held(samples.holds(), WRITES) == 0


def test_two_at_once_block_no_longer_than_one_and_two_transactions_are_two_holds() -> None:
    samples = Samples()
    samples.add(1.0, [])
    samples.add(2.0, [session((50, "ShareLock")), session((50, "ShareLock"), pid=2)])
    samples.add(3.0, [session((50, "ShareLock"), start=2.5)])  # the same process, another transaction

    assert len(samples.holds()) == 3
    assert Timeline([]).held(samples.holds(), WRITES) == 2.0


def test_statements_are_known_by_looks_alone() -> None:
    samples = Samples()
    samples.add(1.2, [session(start=1.0)])
    samples.add(1.3, [session(start=1.0)])
    samples.add(2.0, [session(start=1.0, state="idle in transaction")])

    assert list(samples.sent.values()) == [Sent(1, 1.0, 1.5, 1, "LOCK")]


def test_what_failed_began_when_it_was_seen_to() -> None:
    samples = Samples()
    samples.add(1.2, [session(start=1.0)])
    failed = Sent(1, 2.0, 2.0, 1, "LOCK", Error("57014", "canceling statement due to user request", None))

    assert samples.timed([failed])[0].start == 1.0


def test_transactions_between_two_looks_are_missed() -> None:
    sent = [Sent(1, 1.1, 1.2, 1, "A"), Sent(1, 1.3, 1.4, 1, "COMMIT"), Sent(1, 1.5, 2.5, 2, "B")]

    assert [round(length, 3) for length in Timeline(sent).missed([1.0, 2.0, 3.0])] == [0.3]
