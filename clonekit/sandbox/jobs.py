"""What the pretend cloud does behind its answers: each job in a thread, none left when the cloud ends."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clonekit.sandbox.faults import Faults
from clonekit.sandbox.layout import Layout

_LOOK_SECONDS = 0.05
_log = logging.getLogger(__name__)


class Jobs:
    """The running jobs, and how long a status lasts at least."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.faults = layout, Faults()
        self.seconds = float(os.environ.get("SANDBOX_STATUS_SECONDS", "1.5"))
        self.lock = threading.RLock()  # held while a status is looked at and changed
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, work: Callable[[], None], on_failure: Callable[[], None]) -> None:
        """Do `work` in a thread of its own; if it raises, log that and call `on_failure`."""

        def guarded() -> None:
            try:
                work()
            except Exception:
                _log.exception("a job failed")
                on_failure()

        thread = threading.Thread(target=guarded, daemon=True)
        self._threads.append(thread)
        thread.start()

    @contextmanager
    def lasting(self, step: str) -> Iterator[None]:
        """Let what is inside take at least as long as a status lasts, or as a fault holds it."""
        until = time.monotonic() + self.seconds
        yield
        self._stopping.wait(max(0, until - time.monotonic()))
        while self.faults.holds(step) and not self._stopping.wait(_LOOK_SECONDS):
            pass

    def wait(self, share: float) -> None:
        """Let a share of the time pass that a status lasts."""
        self._stopping.wait(self.seconds * share)

    def copy(self, action: str, snapshot: str, instance: str) -> None:
        """Run clonekit.sandbox.copies in a process without threads; raise CalledProcessError if it fails."""
        module = [sys.executable, "-m", "clonekit.sandbox.copies"]
        subprocess.run([*module, action, str(self.layout.folder), snapshot, instance], check=True)

    def finish(self) -> None:
        """Cut the waiting short and return when every job has ended: no server starts after that."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
