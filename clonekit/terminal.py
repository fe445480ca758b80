"""Programs that take over the terminal: psql on a local database, the server's log."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from clonekit import app, local, output
from clonekit.errors import DatabaseError
from clonekit.postgres import clients, commands, databases
from clonekit.postgres.server import without_pg_variables
from clonekit.settings import Settings


def psql(settings: Settings, db: str = "", command: str = "") -> int:
    """Run psql on a local database (default: the clone), interactively or for one command; return its exit code."""
    server, name = local.server(settings), app.target(settings, db, os.environ)
    client = clients.choose(databases.major(server, name), settings.local.client_dir, server.sslmode)
    argv = commands.psql(client.program("psql"), server.parameters(name), command or None, batch=not sys.stdin.isatty())
    with _interrupts_for_the_child():
        return subprocess.call(argv, env={**without_pg_variables(os.environ), **server.environment(name)})


def logs(settings: Settings, lines: int, *, follow: bool) -> int:
    """Print the last lines of the embedded server's log, and go on with `follow`; return tail's exit code.

    A line holds what was in a statement, so it is printed without control characters.
    """
    log = local.own_server(settings).log
    if not log.is_file():
        raise DatabaseError(
            f"There is no log at {log}: dev.up started no server here. Your own has its own log (docker-compose logs)."
        )
    with _interrupts_for_the_child():
        tail = ["tail", "-n", str(lines), *(["-f"] if follow else []), str(log)]
        with subprocess.Popen(tail, stdout=subprocess.PIPE, text=True, errors="replace") as child:
            try:
                for line in child.stdout or ():
                    output.raw(line)
            except BaseException:
                child.kill()
                raise
        return child.returncode


@contextmanager
def _interrupts_for_the_child() -> Iterator[None]:
    """Let Ctrl-C cancel a query in psql, which knows what to do with it, and not end us."""
    before = signal.signal(signal.SIGINT, lambda *_: None)  # SIG_IGN would be inherited
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
