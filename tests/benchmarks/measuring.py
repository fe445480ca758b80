"""How times are measured, one after the other in turn, and printed as a table in Markdown."""

import gc
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

Measured = dict[str, Callable[[], object]]


@dataclass(frozen=True)
class Line:
    """One line of the table: what the plan does, what is done instead, and the median seconds that each took."""

    step: str
    plan: str
    ours: str
    plan_seconds: float
    our_seconds: float


def alternating(measured: Measured, rounds: int) -> dict[str, list[float]]:
    """Measure each in turn, so that what else the machine does falls on all alike."""
    taken: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, work in measured.items():
            taken[name].append(seconds(work))
    return taken


def seconds(work: Callable[[], object]) -> float:
    """Return how long this takes, or what it says itself that it took."""
    gc.collect()
    started = perf_counter()
    said = work()
    return said if isinstance(said, float) else perf_counter() - started


def timed(work: Callable[[], object]) -> float:
    """Return how long this takes once everything written before is on the disk."""
    os.sync()
    return seconds(work)


def lines(step: str, measured: Measured, rounds: int) -> list[Line]:
    """Measure and return a line for each but the first, which is the plan's way."""
    taken = {name: median(some) for name, some in alternating(measured, rounds).items()}
    (plan, base), *others = taken.items()
    return [Line(step, plan, ours, base, its) for ours, its in others]


def markdown(found: Sequence[Line]) -> str:
    """Return the table."""
    rows = [("step", "the plan", "median", "instead", "median", "ratio"), ("---", "---", "--:", "---", "--:", "--:")]
    for line in found:
        ratio = line.our_seconds / line.plan_seconds
        shown = f"{ratio:.3f}" if ratio < 0.1 else f"{ratio:.2f}"
        rows.append((line.step, line.plan, _s(line.plan_seconds), line.ours, _s(line.our_seconds), shown))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _s(value: float) -> str:
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"
