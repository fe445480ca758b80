"""End processes that were recorded in files, without ever hitting a stranger who got the number since."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

_POLL_SECONDS = 0.02


def command_line(pid: int) -> str:
    """Return a running process's command line, empty when there is none (or only a zombie)."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    ps = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(ps, check=False, capture_output=True, text=True).stdout


def end(pid: int, marker: str, first: signal.Signals = signal.SIGTERM, seconds: float = 10) -> None:
    """End process `pid` if its command line contains `marker`: ask with `first`, kill it after `seconds`."""
    for signum in (first, signal.SIGKILL):
        deadline = time.monotonic() + seconds
        if marker not in command_line(pid):
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signum)
        while marker in command_line(pid) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        with suppress(ChildProcessError):  # reaps it if it was a child of ours
            os.waitpid(pid, os.WNOHANG)


def end_recorded(record: Path, marker: str, first: signal.Signals = signal.SIGTERM) -> None:
    """End the process whose number is the first line of the file `record`; fine if there is none."""
    with suppress(OSError, ValueError, IndexError):
        end(int(record.read_text().splitlines()[0]), marker, first)


def stop_server(data: Path) -> None:
    """Stop the PostgreSQL server of a data directory that nobody needs any more: at once, without a checkpoint.

    SIGQUIT is the immediate shutdown (https://www.postgresql.org/docs/18/server-shutdown.html). It also reaches
    a server that does not listen yet, and needs no child process.
    """
    end_recorded(data / "postmaster.pid", str(data), signal.SIGQUIT)
