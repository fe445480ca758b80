"""Another process that is at work on a database."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clonekit.postgres.server import Server

_OTHER = """
import sys
from pathlib import Path
from clonekit import claims
from clonekit.postgres.server import Server
folder, host, port, user, name, task, shared = sys.argv[1:]
with claims.claimed(Path(folder), Server(host, int(port), user), task, name, shared=bool(shared)):
    print("claimed", flush=True)
    sys.stdin.read()
"""


@contextmanager
def other_task(
    folder: Path, server: Server, name: str, task: str = "inv rehearse", *, shared: bool = False
) -> Iterator[int]:
    """Let a task of another process work on a database until this is left; yield its process id."""
    where = [str(folder), server.host, str(server.port), server.user, name]
    command = [sys.executable, "-c", _OTHER, *where, task, "shared" if shared else ""]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "claimed\n"
        yield process.pid
        process.kill()
