"""A dump through several tunnels, each proven and watched by itself: real connections through forwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from clonekit import dumping
from clonekit.aws import tunnels
from clonekit.aws.tunnels import Route, Tunnel
from clonekit.dumping import Job
from clonekit.errors import LostError
from clonekit.postgres import dumps, manifests
from clonekit.postgres.clients import Client
from clonekit.postgres.manifests import Facts, Manifest
from clonekit.postgres.server import Server
from clonekit.settings import Settings, Ssm
from tests.postgres import PEOPLE, Database
from tests.postgres.forwards import Forward
from tests.postgres.test_dumps import fake_client

SETTINGS = Settings(ssm=Ssm(sessions="3", attempts=1, stall_seconds=0.5))


@pytest.fixture
def forwards(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Forward]]:
    """Three forwards in the place of SSM's tunnels."""
    made = [Forward(server) for _ in range(3)]
    there = [Tunnel(forward.port, lambda: True) for forward in made]

    @contextmanager
    def opened(*_: Any) -> Iterator[Tunnel]:
        yield there[0]

    @contextmanager
    def more(*_: Any) -> Iterator[list[Tunnel]]:
        yield there[1:]

    monkeypatch.setattr(tunnels, "opened", opened)
    monkeypatch.setattr(tunnels, "more", more)
    yield made
    for forward in made:
        forward.close()


def about(facts: Facts, part: Path) -> Manifest:
    return Manifest(dumps.checksum(part), dumps.size(part), "r", "s", "d", "n", "a", "t", facts.version)


def dump(server: Server, client: Client, dbname: str, folder: Path, on_tick: Callable[[], None]) -> Path:
    job = Job(
        route=Route("i-1", "clone.host", 5432),
        server=replace(server, hostaddr="127.0.0.1"),
        dbname=dbname,
        client=client,
        target=folder / "x.dump",
        format="directory",
        password_is_new=False,
        about=about,
        on_tick=on_tick,
    )
    return dumping.dump(cast("Any", None), SETTINGS, job)


def test_each_tunnel_is_proven_by_a_login_and_the_dump_is_whole(
    server: Server, client: Client, database: Database, forwards: list[Forward], tmp_path: Path
) -> None:
    path = dump(server, client, database(PEOPLE), tmp_path, lambda: None)
    assert all(forward.taken for forward in forwards)
    assert manifests.verified(path, lambda: dumps.checksum(path))


def test_one_that_stalls_is_lost_though_the_dump_grows_through_the_others(
    server: Server, client: Client, database: Database, forwards: list[Forward], tmp_path: Path
) -> None:
    (tmp_path / "dump").mkdir()
    growing = fake_client(
        tmp_path / "bin", client, '[ "$file" ] || exit\nwhile echo more >> "$file/1.dat"; do sleep 0.02; done'
    )

    def stall_while_it_dumps() -> None:
        forwards[1].stalls = any((tmp_path / "dump").glob("*/1.dat"))

    with pytest.raises(LostError, match=r"Nothing came through the SSM tunnel for 0\.5 s"):
        dump(server, growing, database(PEOPLE), tmp_path / "dump", stall_while_it_dumps)
    assert list((tmp_path / "dump").iterdir()) == []
