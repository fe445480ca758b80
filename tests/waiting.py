"""Waiting for something to become true, for as long as a busy machine may need."""

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 120  # seconds for whatever takes a few of them on a machine that has nothing else to do


def until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Look again and again until it holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Return whether a process runs: not gone, nor a zombie that only its new parent can bury."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def ended(pids: Path) -> bool:
    """Return whether no process runs of those that wrote their ids into this file."""
    return not any(is_alive(int(pid)) for pid in pids.read_text().split())


def ended_early(pids: Path) -> bool:
    """Return the same of processes that may have been ended before their first word."""
    return not pids.exists() or ended(pids)
