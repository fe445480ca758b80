"""Runs the cases against an embedded PostgreSQL, two at a time: each gets databases of its own and loses them again."""

import enum
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import Any

from clonekit.postgres import clients, databases, dumps, embedded, loading
from clonekit.postgres.embedded import Embedded
from clonekit.postgres.server import Server

from . import audit, comparer
from .cases import FOLDER, Case, Mutation, Road, kitchen_sink

PROCESSES = 2
TEMPLATE = "kit_template"  # nobody connects to it, or it could not be copied
REFERENCE = "kit_reference"  # a copy that every mutated copy is compared with
_FAST = ("fsync = off", "full_page_writes = off", "autovacuum = off", "synchronous_commit = off")
_NOT_NULL_NAMES = "not-null-names"


class Verdict(enum.Enum):
    """How a case ended."""

    GOOD = "good"
    MISSED = "missed"
    UNNAMED = "not named"
    FALSE_ALARM = "false alarm"
    UNEXPLAINED = "class not named"
    BROKEN = "broken"


@dataclass(frozen=True)
class Outcome:
    """A case, how it ended, and what the comparer or the error said."""

    case: Case
    verdict: Verdict
    said: str = ""
    seconds: float = 0
    shown: bool | None = None  # by the plain text of pg_dump; None: not asked
    places: Sequence[str] = field(default_factory=tuple)  # the catalogs' columns that hold the change

    @property
    def is_mutation(self) -> bool:
        """Whether the case is a change, that must be found."""
        return isinstance(self.case, Mutation)

    def hint(self, *, verbose: bool) -> str:
        """Return what helps to understand a failure: one line, or all that was said."""
        if verbose and self.said:
            return "\n" + "\n".join(f"      {line}" for line in self.said.splitlines())
        if self.verdict is Verdict.BROKEN:
            return f": {self.said.strip().splitlines()[0] if self.said.strip() else 'no message'}"
        return f": {self.case.named}" if isinstance(self.case, Mutation) and self.verdict is Verdict.UNNAMED else ""


class SqlError(Exception):
    """A case's own SQL, a dump or a restore failed: the case is broken, not the comparer."""


def prepared(server: Embedded) -> Server:
    """Start the server and make the kitchen sink there: once to copy from, once to compare with."""
    running = embedded.start(server)
    with databases.connect(running) as connection:
        for setting in _FAST:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")
    apply(running, databases.MAINTENANCE_DB, (FOLDER / "cluster.sql").read_text())
    databases.create(running, TEMPLATE)
    apply(running, TEMPLATE, kitchen_sink()[0])
    copy_sink(running, REFERENCE)
    return running


def run_all(server: Server, cases: Sequence[Case], *, plain: bool = False, audit: bool = False) -> list[Outcome]:
    """Run the cases in two processes and return how they ended, in their order."""
    work = partial(run_one, server, plain=plain, audited=audit)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        return list(pool.map(work, range(len(cases)), cases))


def leftovers(server: Server) -> list[str]:
    """Return the databases that a comparison made and did not remove."""
    ours = ["postgres", "template0", "template1", TEMPLATE, REFERENCE]
    with databases.connect(server) as connection:
        query = "SELECT datname FROM pg_database WHERE datname <> ALL (%s) ORDER BY datname"
        return [str(name) for (name,) in connection.execute(query, [ours])]


def run_one(server: Server, number: int, case: Case, *, plain: bool = False, audited: bool = False) -> Outcome:
    """Run one case; `number` makes the names of its databases its own."""
    started = monotonic()
    a, b = f"kit_{number}_a", f"kit_{number}_b"
    compare = comparer.compare_text if plain else comparer.compare_databases
    try:
        if isinstance(case, Mutation):
            with removed_afterwards(server, b):
                outcome = _mutated(server, b, case, compare)
                if audited:
                    shown, places = audit.where(server, REFERENCE, b, privileges=case.privileges)
                    outcome = replace(outcome, shown=shown, places=places)
        else:
            with removed_afterwards(server, a, b, f"{a}_role"):
                outcome = _travelled(server, (a, b), case, compare)
    except Exception as error:  # whatever it is, it is this case's result
        outcome = Outcome(case, Verdict.BROKEN, f"{type(error).__name__}: {error}")
    return replace(outcome, seconds=monotonic() - started)


def _mutated(server: Server, name: str, case: Mutation, compare: Any) -> Outcome:
    copy_sink(server, name)
    apply(server, name, case.sql)
    equal, text = compare(server, REFERENCE, name, privileges=case.privileges)
    if equal:
        return Outcome(case, Verdict.MISSED, text)
    return Outcome(case, Verdict.GOOD if case.named in text else Verdict.UNNAMED, text)


def _travelled(server: Server, pair: tuple[str, str], road: Road, compare: Any) -> Outcome:
    a, b = pair
    if road.kind == "sink":
        a = _sink_road(server, pair, road)
    else:
        for name, sql in zip(pair, (road.sql_a, road.sql_b), strict=True):
            databases.create(server, name)
            if not (road.kind == "dumped" and name == b):
                apply(server, name, sql.replace("{role}", f"{a}_role"), role=f"{a}_role" if road.kind == "role" else "")
        if road.kind == "dumped":
            copy_dumped(server, a, b)
    asked = replace(server, user=f"{a}_role") if road.kind == "role" else server
    privileges = road.kind == "privileges" or road.sql_b == "everything"
    equal, text = compare(asked, a, b, privileges=privileges)
    if not equal:
        return Outcome(road, Verdict.FALSE_ALARM, text)
    return Outcome(road, _class_named(road, text), text)


def _class_named(road: Road, text: str) -> Verdict:
    named = road.kind != _NOT_NULL_NAMES or _NOT_NULL_NAMES in text
    return Verdict.GOOD if named else Verdict.UNEXPLAINED


def _sink_road(server: Server, pair: tuple[str, str], road: Road) -> str:
    """Make the copies of the kitchen sink that a road is about; return the one that B is compared with."""
    a, b = pair
    if road.sql_b == "template":
        copy_sink(server, b)
        return REFERENCE
    if road.sql_b == "again":
        databases.create(server, b)
        apply(server, b, kitchen_sink()[0] + _anew(b))
        return REFERENCE
    # A dump does not tell an extension's version: a restore installs the newest.
    copy_sink(server, a)
    apply(server, a, "ALTER EXTENSION hstore UPDATE;")
    databases.create(server, b)
    if road.sql_b == "twice":
        copy_dumped(server, a, b, drop_subscription=True)
        between = f"{a}_role"  # any third name that is removed afterwards
        databases.create(server, between)
        copy_dumped(server, b, between, drop_subscription=True)
        apply(server, between, _anew(between))
        server_drop(server, b)
        with databases.connect(server) as connection:
            connection.execute(f"CREATE DATABASE {b} TEMPLATE {between}".encode())
    elif road.sql_b == "everything":
        copy_dumped(server, a, b, drop_subscription=True)
    else:
        with tempfile.TemporaryDirectory() as folder:
            dumps.write(clients.choose(18), server, a, Path(folder, "sink.dump"))
            loading.load(server, Path(folder, "sink.dump"), b)
    apply(server, b, _anew(b))
    return a


def copy_sink(server: Server, name: str) -> None:
    """Make a copy of the kitchen sink, with what CREATE DATABASE does not copy applied to it."""
    with databases.connect(server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY wal_log".encode())
    apply(server, name, _anew(name))


def _anew(name: str) -> str:
    return kitchen_sink()[1].replace("{database}", name)


def copy_dumped(server: Server, a: str, b: str, form: Sequence[str] = (), *, drop_subscription: bool = False) -> None:
    """Fill the empty database `b` with a dump of `a`, rows and all."""
    without = ["--no-subscriptions"] if drop_subscription else []
    dump = _program(server, a, ["pg_dump", "--format=custom", *form, *without])
    _program(server, b, ["pg_restore", "--exit-on-error", *form, f"--dbname={b}"], dump)


def apply(server: Server, name: str, sql: str, *, role: str = "") -> None:
    """Run a case's SQL by psql, statement by statement; raise SqlError at the first that fails."""
    if role:
        _create_role(server, role)
    argv = ["psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", "--file=-"]
    options = {"PGOPTIONS": "-c client_min_messages=error"}
    _program(server, name, argv, sql.replace("{database}", name).encode(), options)


def _create_role(server: Server, role: str) -> None:
    with databases.connect(server) as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchall():
            connection.execute(f"CREATE ROLE {role} SUPERUSER LOGIN PASSWORD '{server.password}'".encode())


def _program(
    server: Server, name: str, argv: Sequence[str], given: bytes = b"", options: dict[str, str] | None = None
) -> bytes:
    whole = [str(embedded.binaries() / argv[0]), *argv[1:]]
    environ = {**os.environ, **server.environment(name), **(options or {})}
    done = subprocess.run(whole, input=given, env=environ, capture_output=True, check=False)
    if done.returncode:
        raise SqlError(done.stderr.decode(errors="replace"))
    return done.stdout


@contextmanager
def removed_afterwards(server: Server, *names: str) -> Iterator[None]:
    """Drop databases or roles of these names at the end, whatever happened to them."""
    try:
        yield
    finally:
        for name in names:
            server_drop(server, name)


def server_drop(server: Server, name: str) -> None:
    """Drop a database with all that would keep it from being dropped, and a role of that name."""
    with databases.connect(server) as connection:
        of_it = "(SELECT oid FROM pg_database WHERE datname = %s)"
        connection.execute(f"DELETE FROM pg_subscription WHERE subdbid = {of_it}".encode(), [name])
        connection.execute("UPDATE pg_database SET datistemplate = false WHERE datname = %s", [name])
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"DROP ROLE IF EXISTS {name}".encode())
