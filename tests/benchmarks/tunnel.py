"""The row about the tunnel: one SSM session next to several, each of which carries only so much."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from clonekit.postgres import commands, databases, spreading
from clonekit.postgres.server import Server
from clonekit.sandbox import plugin

from .measuring import Line, Measured, lines
from .stage import Stage

_WIDE = "wide"
_TABLES, _ROW = 24, 110  # bytes of a row as COPY prints it
_JOBS_EACH = 2
_SMALLEST, _LARGEST = 1, 3  # how the tables' sizes differ


def tunnel(stage: Stage, size: int, rate: int, sessions: list[int]) -> list[Line]:
    """Measure, once each: it takes long, and what limits it does not vary. `rate` is bytes per second of a session."""
    parts = [_SMALLEST + number % (_LARGEST - _SMALLEST + 1) for number in range(_TABLES)]
    databases.create(stage.server, _WIDE)
    with databases.connect(stage.server, _WIDE) as connection:
        for number, part in enumerate(parts):
            rows = size * part // sum(parts) // _ROW
            made = f"SELECT g AS id, repeat(md5(g::text), 3) AS words FROM generate_series(1, {rows}) g"
            connection.execute(f"CREATE TABLE t_{number} AS {made}".encode())
        connection.execute("ANALYZE")  # pg_dump starts with the tables that are largest by that
    measured: Measured = {"`pg_dump -Fc -Z1`, one SSM session": partial(_dump, stage, 1, rate, "custom")}
    for number in sessions:
        title = f"`pg_dump -Fd -j{number * _JOBS_EACH}`, {number} sessions"
        measured[title] = partial(_dump, stage, number, rate, "directory")
    try:
        return lines(f"tunnel, {rate / 1e6:.1f} MB/s each", measured, 1)
    finally:
        databases.discard(stage.server, _WIDE)


def _dump(stage: Stage, sessions: int, rate: int, form: str) -> None:
    target = stage.settings.root / "through.dump"
    jobs = [f"--jobs={sessions * _JOBS_EACH}"] if form == "directory" else []
    with _opened(stage.server, sessions, rate) as port:
        where = commands.conninfo(replace(stage.server, port=port).parameters(_WIDE))
        program = str(stage.client.program("pg_dump"))
        stage.run([program, f"--format={form}", "--compress=1", *jobs, f"--file={target}", f"--dbname={where}"], _WIDE)
    if form == "directory":
        shutil.rmtree(target)
    else:
        target.unlink()


@contextmanager
def _opened(server: Server, number: int, rate: int) -> Iterator[int]:
    """Open so many of the sandbox's tunnels to the server; yield the port that leads through them."""
    with ExitStack() as stack:
        ports = [stack.enter_context(_session(server, each, rate)) for each in range(number)]
        yield ports[0] if number == 1 else stack.enter_context(spreading.spread(ports))


@contextmanager
def _session(server: Server, number: int, rate: int) -> Iterator[int]:
    response = {"SessionId": f"s-{number}", "StreamUrl": f"ws://{server.host}:{server.port}", "TokenValue": "-"}
    argv = commands.plugin(plugin.__file__, json.dumps(response), json.dumps({"Parameters": {}}), "-", "-", "-")
    environ = {**os.environ, plugin.RATE_VARIABLE: str(rate)}
    with subprocess.Popen([sys.executable, *argv], env=environ, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout
            yield next(port for line in child.stdout if (port := commands.opened_port(line)))
        finally:
            child.kill()
