"""How long the gate takes: the whole comparison and clonekit's own part of it, as ratios to the dumps alone."""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from unittest import mock

from clonekit import clients, commands, comparing, databases, embedded
from clonekit.clients import Client
from clonekit.embedded import Embedded
from clonekit.processes import run as run_child
from clonekit.processes import run_together
from clonekit.server import Server
from clonekit.settings import Settings
from clonekit.verdicts import Options

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

Calls = list[tuple[list[str], comparing.Side]]
Texts = list[str]  # what pg_dump prints of A and B, then what psql prints of both


@dataclass(frozen=True)
class Bench:
    """What is measured: a server with the databases, the client programs, and where canonical files go."""

    server: Server
    client: Client
    settings: Settings

    def dumps(self, names: tuple[str, str]) -> int:
        """Run two `pg_dump -s` at once, as the gate does; return the first text's length."""
        program = self.client.program("pg_dump")
        calls = [
            (commands.dump_schema(program, self.server.parameters(name), "bench"), self._environment(name))
            for name in names
        ]
        return len(run_together(calls)[0].stdout)

    def whole(self, names: tuple[str, str]) -> None:
        """Compare as `db.schema-diff` does."""
        verdict = comparing.compare(self.settings, *comparing.sides(*names, self.server), Options())
        assert verdict.equal == (names == EQUAL)

    def children(self, names: tuple[str, str]) -> tuple[Calls, Texts]:
        """Return the children of a comparison, and what they print."""
        made: list[tuple[Calls, Texts]] = []
        read = comparing._texts

        def remember(calls: Calls) -> Texts:
            made.append((calls, read(calls)))
            return made[0][1]

        with mock.patch.object(comparing, "_texts", remember):
            self.whole(names)
        return made[0]

    def own(self, names: tuple[str, str], texts: Texts) -> None:
        """Compare what was printed before: everything but the children."""
        no_children = mock.patch.object(comparing, "_texts", lambda _: texts)
        with no_children, mock.patch.object(comparing, "_dump", lambda *_: []):  # this asks pg_dump for its options
            verdict = comparing.compare(self.settings, *self._sides(names), Options())
        assert verdict.equal == (names == EQUAL)

    def _sides(self, names: tuple[str, str]) -> tuple[comparing.Side, comparing.Side]:
        a, b = (comparing.Side(self.server, name, name, self.client.version[0]) for name in names)
        return a, b

    def _environment(self, name: str) -> dict[str, str]:
        return {**os.environ, **self.server.environment(name)}


def run(rounds: int, tables: int, sizes: Sequence[int], *, settle: bool) -> None:
    """Measure and print."""
    with _prepared(tables) as bench:
        length = bench.dumps(EQUAL)
        print(f"{tables} tables, {length / _MEGABYTE:.1f} MB of dump text, {os.cpu_count()} cores")  # noqa: T201
        calls, _ = bench.children(EQUAL)
        texts = {names: bench.children(names)[1] for names in (EQUAL, DIFFERENT)}
        measured: dict[str, Callable[[], object]] = {
            "two pg_dump -s at once": lambda: bench.dumps(EQUAL),
            "these and the catalogs' queries": lambda: comparing._texts(calls),
            "whole comparison, equal": lambda: bench.whole(EQUAL),
            f"whole comparison, {DIFFERENCES} differences": lambda: bench.whole(DIFFERENT),
            "own part, equal": lambda: bench.own(EQUAL, texts[EQUAL]),
            f"own part, {DIFFERENCES} differences": lambda: bench.own(DIFFERENT, texts[DIFFERENT]),
        }
        _print_medians(_alternating(measured, rounds))
        if settle:
            seconds = _seconds(lambda: bench.whole(UNSETTLED))
            print(f"\nA difference that PostgreSQL had to settle: {seconds:.2f} s")  # noqa: T201
        print(f"\n{'own part':>10}{'equal':>10}{'per MB':>12}{'different':>12}{'per MB':>12}")  # noqa: T201
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
    loaded = run_child(argv, bench._environment(name), stdin=f"SET synchronous_commit = off;\n{sql}")
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


def _alternating(measured: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Measure each in turn, so that what else the machine does falls on all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, work in measured.items():
            seconds[name].append(_seconds(work))
    return seconds


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    started = perf_counter()
    work()
    return perf_counter() - started


def _print_medians(seconds: dict[str, list[float]]) -> None:
    base = median(next(iter(seconds.values())))
    width = max(map(len, seconds))
    print(f"\n{'':{width}}{'median':>10}{'least':>10}{'most':>10}{'ratio':>10}")  # noqa: T201
    for name, some in seconds.items():
        times = "".join(f"{value:>8.3f} s" for value in (median(some), min(some), max(some)))
        print(f"{name:{width}}{times}{median(some) / base:>10.3f}")  # noqa: T201


def _print_own(bench: Bench, texts: dict[tuple[str, str], Texts], size: int) -> None:
    runs = 3 if size <= _FEW_TO_REPEAT else 1
    cells = ""
    for names in (EQUAL, DIFFERENT):
        repeated = _repeated(texts[names], size * _MEGABYTE)
        megabytes = len(repeated[0]) / _MEGABYTE
        seconds = median(_seconds(partial(bench.own, names, repeated)) for _ in range(runs))
        cells += f"{seconds:>8.2f} s{seconds / megabytes * 1000:>9.1f} ms"
    print(f"{megabytes:>7.0f} MB{cells}")  # noqa: T201


def _repeated(texts: Texts, length: int) -> Texts:
    """Return what was printed as often as it takes to be so long, each time of a schema of its own."""
    times = range(max(1, round(length / len(texts[0]))))
    dumps = [text[text.index(_BEGIN) :].rpartition(_END)[0] for text in texts[:2]]
    rows = ["".join(line for line in text.splitlines(keepends=True) if _OF_SCHEMA in line) for text in texts[2:]]
    return ["".join(_in_schema(text, f"copy_{number}") for number in times) for text in (*dumps, *rows)]


def _in_schema(text: str, name: str) -> str:
    moved = text.replace("public.", f"{name}.").replace("; Schema: public;", f"; Schema: {name};")
    return moved.replace(_OF_SCHEMA, _OF_SCHEMA.replace("public", name))
