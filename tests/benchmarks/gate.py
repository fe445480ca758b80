"""How long the gate takes: the whole comparison and clonekit's own part of it, as ratios to the dumps alone.

The own part is what a comparison takes beyond waiting for its children: two `pg_dump` and two `psql`. Some of its work
is done while one of them still runs; all its own work is measured with what they printed before. The command is the
whole as a user sees it, with the start of Python and of invoke.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from unittest import mock

from clonekit import comparing, sides
from clonekit.postgres import clients, commands, databases, embedded
from clonekit.postgres.clients import Client
from clonekit.postgres.embedded import Embedded
from clonekit.postgres.server import Server
from clonekit.processes import run as run_child
from clonekit.schema.verdicts import Options
from clonekit.settings import Settings

from .measuring import Measured, alternating, seconds

EQUAL = ("bench_a", "bench_b")
DIFFERENT = ("bench_a", "bench_c")
UNSETTLED = ("bench_a", "bench_d")
DIFFERENCES = 30
_FAST = ("fsync = off", "full_page_writes = off", "autovacuum = off", "max_locks_per_transaction = 512")
_SAME_WORDS = (
    "CREATE OR REPLACE VIEW view_00000 AS SELECT id, name, amount FROM table_00000 WHERE amount > 0 AND kind = 'one'"
)
_MEGABYTE = 1_000_000
_FEW_TO_REPEAT = 10  # megabytes: what takes longer is measured once

_OF_SCHEMA = '"schema":"public"'
_BEGIN, _END = "--\n-- Name: ", "--\n-- PostgreSQL database dump complete"

Texts = list[str]  # what psql prints of A and B, then what pg_dump prints of both


@dataclass(frozen=True)
class Bench:
    """What is measured: a server with the databases, the client programs, and where canonical files go."""

    server: Server
    client: Client
    settings: Settings

    def read(self, names: tuple[str, str], *, catalogs: bool) -> Texts:
        """Run the children of a comparison, with or without those that ask the catalogs; return what they print."""
        both = self._sides(names)
        queries = [side.query(self.client) for side in both] if catalogs else []
        with sides.reading([*queries, *(side.dump(self.client) for side in both)]) as texts:
            return list(texts)

    def whole(self, names: tuple[str, str]) -> None:
        """Compare as `db.schema-diff` does."""
        verdict = comparing.compare(self.settings, *sides.sides(*names, self.server), Options())
        assert verdict.equal == (names == EQUAL)

    def command(self, names: tuple[str, str]) -> None:
        """Run `inv db.schema-diff` as a user does."""
        argv = [str(Path(sys.executable).with_name("inv")), "--search-root", str(self.settings.root), "db.schema-diff"]
        where = ["--host", self.server.host, "--port", str(self.server.port)]
        environ = {**os.environ, "PGPASSWORD": self.server.password or "", "INVOKE_LOCAL_USER": self.server.user}
        done = run_child([*argv, "-a", names[0], "-b", names[1], *where], environ)
        assert done.code == (names != EQUAL), done.stderr

    def own(self, names: tuple[str, str], texts: Texts) -> None:
        """Compare what was printed before: everything but the children."""
        with mock.patch.object(comparing, "reading", lambda _: nullcontext(iter(texts))):
            verdict = comparing.compare(self.settings, *self._sides(names), Options())
        assert verdict.equal == (names == EQUAL)

    def _sides(self, names: tuple[str, str]) -> tuple[sides.Side, sides.Side]:
        a, b = (sides.Side(self.server, name, name, self.client.version[0]) for name in names)
        return a, b


def run(rounds: int, tables: int, sizes: Sequence[int], *, settle: bool) -> None:
    """Measure and print."""
    with _prepared(tables) as bench:
        texts = {names: bench.read(names, catalogs=True) for names in (EQUAL, DIFFERENT)}
        length = len(texts[EQUAL][-1])
        print(f"{tables} tables, {length / _MEGABYTE:.1f} MB of dump text, {os.cpu_count()} cores")  # noqa: T201
        measured: Measured = {
            "two pg_dump -s at once": lambda: bench.read(EQUAL, catalogs=False),
            "these and the catalogs' queries": lambda: bench.read(EQUAL, catalogs=True),
        }
        for names, title in ((EQUAL, "equal"), (DIFFERENT, f"{DIFFERENCES} differences")):
            measured |= {
                f"whole comparison, {title}": partial(bench.whole, names),
                f"  its part beyond waiting, {title}": partial(_beyond_waiting, partial(bench.whole, names)),
                f"  all its own work, {title}": partial(bench.own, names, texts[names]),
                f"inv db.schema-diff, {title}": partial(bench.command, names),
            }
        _print_medians(alternating(measured, rounds))
        if settle:
            taken = seconds(lambda: bench.whole(UNSETTLED))
            print(f"\nA difference that PostgreSQL had to settle: {taken:.2f} s")  # noqa: T201
        print(f"\n{'own work':>10}{'equal':>10}{'per MB':>12}{'different':>12}{'per MB':>12}")  # noqa: T201
        for size in sizes:
            _print_own(bench, texts, size)


@contextmanager
def _prepared(tables: int) -> Iterator[Bench]:
    """Start a server with two equal databases, one with differences, and one to settle."""
    with tempfile.TemporaryDirectory(prefix="kit-benchmark-") as folder:
        own = Embedded(Path(folder) / "postgres")
        try:
            server = embedded.start(own)
            with databases.connect(server) as connection:
                for setting in _FAST:
                    connection.execute(f"ALTER SYSTEM SET {setting}".encode())
            embedded.stop(own)  # one of these settings needs a restart
            server = embedded.start(own)
            client = clients.choose(databases.major(server))
            bench = Bench(server, client, Settings(root=Path(folder) / "root"))
            bench.settings.root.mkdir()
            shutil.copy(Path(comparing.__file__).parents[1] / "tasks.py", bench.settings.root)
            _fill(bench, tables)
            yield bench
        finally:
            embedded.stop(own)


def _fill(bench: Bench, tables: int) -> None:
    first, *copies = dict.fromkeys((*EQUAL, *DIFFERENT, *UNSETTLED))
    databases.create(bench.server, first)
    _load(bench, first, "".join(map(_objects, range(tables))))
    with databases.connect(bench.server) as connection:
        for copy in copies:
            connection.execute(f"CREATE DATABASE {copy} TEMPLATE {first} STRATEGY file_copy".encode())
    step = max(1, tables // DIFFERENCES)
    _load(bench, DIFFERENT[1], "".join(_change(number, number * step) for number in range(DIFFERENCES)))
    _load(bench, UNSETTLED[1], _SAME_WORDS)


def _load(bench: Bench, name: str, sql: str) -> None:
    argv = commands.psql_script(bench.client.program("psql"), bench.server.parameters(name))
    environ = {**os.environ, **bench.server.environment(name)}
    loaded = run_child(argv, environ, stdin=f"SET synchronous_commit = off;\n{sql}")
    if loaded.code:
        raise RuntimeError(loaded.stderr[-500:])


def _objects(number: int) -> str:
    """Return the SQL for one table and what belongs to it, about two thousand characters of dump."""
    table, before = f"table_{number:05}", f"table_{max(0, number - 1):05}"
    return f"""
CREATE TABLE {table} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint REFERENCES {before},
    name varchar(80) NOT NULL DEFAULT 'it''s unnamed',
    kind text NOT NULL CONSTRAINT {table}_known CHECK (kind IN ('one', 'two', 'three')),
    amount numeric(12, 2) DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT {table}_once UNIQUE (name, kind)
);
COMMENT ON COLUMN {table}.amount IS 'what is owed; never negative';
CREATE INDEX {table}_parent ON {table} (parent_id) WHERE amount > 0;
CREATE VIEW view_{number:05} AS SELECT id, name, amount FROM {table} WHERE kind = 'one' AND amount > {number};
CREATE FUNCTION function_{number:05}(wanted bigint) RETURNS numeric LANGUAGE plpgsql STABLE AS $$
DECLARE
    result numeric;
BEGIN
    -- what is owed; 'nothing' is null
    SELECT amount INTO result FROM {table} WHERE id = wanted;
    RETURN coalesce(result, 0);
END
$$;
"""


def _change(number: int, table: int) -> str:
    """Return one of the changes, none of which PostgreSQL has to settle: that would load the schema twice."""
    sorts = (
        f"ALTER TABLE table_{table:05} ADD COLUMN note text;",
        f"DROP INDEX table_{table:05}_parent;",
        f"COMMENT ON COLUMN table_{table:05}.amount IS 'what was owed';",
        f"ALTER FUNCTION function_{table:05}(bigint) COST 5;",
    )
    return sorts[number % len(sorts)]


def _beyond_waiting(work: Callable[[], object]) -> float:
    """Return how long this takes, less the time in which it only waits for a child to end."""
    waited = 0.0
    wait = subprocess.Popen.wait

    def measured(child: "subprocess.Popen[bytes]", timeout: float | None = None) -> int:
        nonlocal waited
        started = perf_counter()
        code = wait(child, timeout)
        waited += perf_counter() - started
        return code

    with mock.patch.object(subprocess.Popen, "wait", measured):
        whole = seconds(work)
    return whole - waited


def _print_medians(taken: dict[str, list[float]]) -> None:
    base = median(next(iter(taken.values())))
    width = max(map(len, taken))
    print(f"\n{'':{width}}{'median':>10}{'least':>10}{'most':>10}{'ratio':>10}")  # noqa: T201
    for name, some in taken.items():
        times = "".join(f"{value:>8.3f} s" for value in (median(some), min(some), max(some)))
        print(f"{name:{width}}{times}{median(some) / base:>10.3f}")  # noqa: T201


def _print_own(bench: Bench, texts: dict[tuple[str, str], Texts], size: int) -> None:
    runs = 3 if size <= _FEW_TO_REPEAT else 1
    cells = ""
    for names in (EQUAL, DIFFERENT):
        repeated = _repeated(texts[names], size * _MEGABYTE)
        megabytes = len(repeated[-1]) / _MEGABYTE
        taken = median(seconds(partial(bench.own, names, repeated)) for _ in range(runs))
        cells += f"{taken:>8.2f} s{taken / megabytes * 1000:>9.1f} ms"
    print(f"{megabytes:>7.0f} MB{cells}")  # noqa: T201


def _repeated(texts: Texts, length: int) -> Texts:
    """Return what was printed as often as it takes to be so long, each time of a schema of its own."""
    times = range(max(1, round(length / len(texts[-1]))))
    rows = ["".join(line for line in text.splitlines(keepends=True) if _OF_SCHEMA in line) for text in texts[:2]]
    dumps = [text[text.index(_BEGIN) :].rpartition(_END)[0] for text in texts[2:]]
    return ["".join(_in_schema(text, f"copy_{number}") for number in times) for text in (*rows, *dumps)]


def _in_schema(text: str, name: str) -> str:
    moved = text.replace("public.", f"{name}.").replace("; Schema: public;", f"; Schema: {name};")
    return moved.replace(_OF_SCHEMA, _OF_SCHEMA.replace("public", name))
