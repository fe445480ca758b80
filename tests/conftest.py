"""What all tests share: a clean environment and one real PostgreSQL server."""

import os
import signal
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from psycopg.sql import SQL, Identifier

from clonekit import interrupts
from clonekit.interrupts import _Cleaning
from clonekit.postgres import clients, databases, embedded
from clonekit.postgres.clients import Client
from clonekit.postgres.embedded import Embedded
from clonekit.postgres.server import Server

SERVER_MAJOR = 18
_FOREIGN = ("AWS_", "INVOKE_", "ORCHA_", "PG")  # variables of the developer's shell that would change what is tested

hypothesis_settings.register_profile("suite", max_examples=60, deadline=None, database=None)
hypothesis_settings.load_profile("suite")


@pytest.fixture(autouse=True, scope="session")
def clean_and_quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(_FOREIGN):
                patch.delenv(name)
        patch.setattr("clonekit.processes._POLL_SECONDS", 0.02)
        yield


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Signals are taken as in a task; afterwards they are as they were."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {signum: signal.getsignal(signum) for signum in signals}
    for name in ("begun", "pressed", "pending"):
        monkeypatch.setattr(_Cleaning, name, getattr(_Cleaning, name))
    interrupts.listen()
    yield
    for signum, handler in before.items():
        signal.signal(signum, handler)


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Embedded:
    """Where the session's server has its files."""
    return Embedded(tmp_path_factory.mktemp("embedded") / "postgres")


@pytest.fixture(scope="session")
def server(own: Embedded) -> Iterator[Server]:
    """An embedded PostgreSQL for the whole session."""
    try:
        started = embedded.start(own)
        with databases.connect(started) as connection:
            for speedup in ("fsync = off", "full_page_writes = off", "autovacuum = off"):
                connection.execute(f"ALTER SYSTEM SET {speedup}".encode())
            connection.execute("SELECT pg_reload_conf()")
        yield started
    finally:
        embedded.stop(own)


@pytest.fixture(scope="session")
def client() -> Client:
    return clients.choose(SERVER_MAJOR)


@pytest.fixture
def database(server: Server) -> Iterator[Callable[..., str]]:
    """A maker of databases: `database("CREATE ...", name="...")`; what it made is dropped afterwards."""
    made: list[str] = []

    def make(script: str = "", name: str = "") -> str:
        name = name or f"test_{next(_NUMBERS)}"
        made.append(name)
        databases.create(server, name)
        if script:
            with databases.connect(server, name) as connection:
                connection.execute(script.encode())
        return name

    yield make
    with databases.connect(server) as connection:
        for name in made:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


_NUMBERS = count(1)


@pytest.fixture
def make_clients(tmp_path: Path) -> Callable[..., Path]:
    """A maker of folders with stand-ins for the client programs, which print a version."""

    def make(name: str, version: str, *, tls: bool = True, programs: str = "pg_dump pg_restore psql") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        refusal = (
            'echo "psql: error: sslmode value \\"require\\" invalid when SSL support is not compiled in" >&2; exit 2'
        )
        for program in programs.split():
            answer = refusal if program == "psql" and not tls else f'echo "{program} (PostgreSQL) {version}"'
            (folder / program).write_text(f"#!/bin/sh\n{answer}\n")
            (folder / program).chmod(0o755)
        return folder

    return make
