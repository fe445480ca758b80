"""What watching a migration costs: the same migration, watched and not, by turns, on copies of one database.

Three kinds: one of few long statements (rewrites, indexes, an update); a data migration that saves rows one by one
through Django's models; and as many short statements as a client can send, of which each is logged: the worst there is.
Only the migration's transaction is timed, in the tool's own process. On a machine that others use, processor time tells
more than the clock: that of the tool's session (what logging costs it), and that of the sampler, which another core
can have. Linux only.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from time import process_time
from typing import NamedTuple

from clonekit.postgres import databases, embedded
from clonekit.postgres.embedded import Embedded
from clonekit.postgres.server import Server
from clonekit.processes import run as run_child
from clonekit.rehearsal import observing

from . import tool

TEMPLATE, COPY = "bench_before", "bench_migrated"
FILL = """
    CREATE TABLE item (id int PRIMARY KEY, owner int, name text, price int);
    INSERT INTO item SELECT g, g % 1000, md5(g::text), g % 100 FROM generate_series(1, {rows}) g;
    CREATE INDEX item_owner ON item (owner);
    VACUUM ANALYZE item;
    CHECKPOINT;
"""
LONG = [
    "ALTER TABLE item ALTER price TYPE bigint",
    "UPDATE item SET price = price + 1",
    "CREATE INDEX item_name ON item (name)",
    "ALTER TABLE item ADD CONSTRAINT fair CHECK (price > 0)",
    "ALTER TABLE item RENAME owner TO keeper",
]
SHORT = [f"UPDATE item SET name = 'renamed' WHERE id = {number}" for number in range(1, 5001)]


class Cost(NamedTuple):
    """Seconds: by the clock; of the processor, for the tool's session; and for the sampler and its session."""

    clock: float
    tool: float
    sampler: float


_KINDS: dict[str, Sequence[str]] = {
    "few long statements": LONG,
    f"{tool.SAVES:,} rows saved one by one through Django": (),
    f"{len(SHORT):,} short statements": SHORT,
}


def run(rounds: int = 5, number_of_rows: int = 300_000) -> None:
    """Measure and print."""
    print("\n| what observing costs | alone | clock | the session's processor time | the sampler's |")  # noqa: T201
    print("| --- | --: | --: | --: | --: |")  # noqa: T201
    with _prepared(number_of_rows) as (server, own):
        for title, statements in _KINDS.items():
            pairs = [(_cost(server, statements, None), _cost(server, statements, own)) for _ in range(rounds)]
            clock = median(watched.clock / plain.clock for plain, watched in pairs)
            session = median(watched.tool / plain.tool for plain, watched in pairs)
            sampler = median(watched.sampler / watched.clock for _, watched in pairs)
            seconds = median(plain.clock for plain, _ in pairs)
            cells = f"{seconds:.1f} s | {_more(clock)} | {_more(session)} | {100 * sampler:.1f} % of a core"
            print(f"| {title} | {cells} |")  # noqa: T201


def _more(ratio: float) -> str:
    return f"{100 * (ratio - 1):+.1f} %"


def _cost(server: Server, statements: Sequence[str], own: Embedded | None) -> Cost:
    databases.discard(server, COPY)
    with databases.connect(server) as connection:
        connection.execute(f"CREATE DATABASE {COPY} TEMPLATE {TEMPLATE} STRATEGY file_copy".encode())
        connection.execute("CHECKPOINT")
    argv = [sys.executable, "-m", tool.__name__, *([] if statements else ["saves"])]
    environ = {**os.environ, **server.environment(COPY)}
    with observing.observed(server, COPY, own) if own else nullcontext():
        before = process_time()
        done = run_child(argv, environ, stdin=json.dumps(statements))
        others = databases.rows(server, "SELECT pid FROM pg_stat_activity WHERE application_name = 'clonekit observer'")
        sampler = sum(_used(other) for (other,) in others) + process_time() - before if own else 0.0
    if done.code:
        raise RuntimeError(done.stderr[-500:])
    clock, used = map(float, done.stdout.split())
    return Cost(clock, used, sampler)


def _used(pid: int) -> float:
    """Return how long a process has been on a processor, in seconds (man 5 proc: schedstat)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


@contextmanager
def _prepared(number_of_rows: int) -> Iterator[tuple[Server, Embedded]]:
    folder = Path(tempfile.mkdtemp(prefix="clonekit-bench-"))
    folder.chmod(0o755)
    own = Embedded(folder / "postgres")
    try:
        server = embedded.start(own)
        databases.create(server, TEMPLATE)
        with databases.connect(server, TEMPLATE) as connection:
            for statement in FILL.format(rows=number_of_rows).split(";"):
                connection.execute(statement.encode())
        yield server, own
    finally:
        embedded.stop(own)
        shutil.rmtree(folder)
