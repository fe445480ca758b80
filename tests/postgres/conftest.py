"""What the tests of dumps and clones share: an old clone, and a maker of dumps."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clonekit.postgres import dumps
from clonekit.postgres.clients import Client
from clonekit.postgres.server import Server
from tests.postgres import Database


@pytest.fixture
def old(database: Database) -> str:
    """A clone from an earlier load."""
    return database("CREATE TABLE old (mark text); INSERT INTO old VALUES ('precious')")


@pytest.fixture
def dumped(server: Server, client: Client, database: Database, tmp_path: Path) -> Callable[[str], Path]:
    """A maker of dumps of a database that this script makes."""

    def make(script: str) -> Path:
        dumps.write(client, server, database(script), tmp_path / "made.dump")
        return tmp_path / "made.dump"

    return make
