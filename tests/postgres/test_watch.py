"""The watch over a tunnel: a real connection through a forward that is cut, closed or stalled."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from clonekit.aws.tunnels import Tunnel, Watch
from clonekit.errors import LostError
from clonekit.postgres import databases
from clonekit.postgres.server import Server
from tests.postgres.forwards import Forward

SECONDS = 0.4


@pytest.fixture
def forward(server: Server) -> Iterator[Forward]:
    made = Forward(server)
    yield made
    made.close()


@pytest.fixture
def watch(server: Server, forward: Forward) -> Iterator[Watch]:
    connection = databases.login(replace(server, port=forward.port), "postgres")
    yield Watch(Tunnel(forward.port, lambda: True), connection, SECONDS)
    connection.close()


def look(watch: Watch, seconds: float, size: int = 0) -> None:
    """Look for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        watch(size)
        time.sleep(0.01)


def test_a_tunnel_that_answers_is_alive_though_the_dump_does_not_grow(watch: Watch) -> None:
    look(watch, 5 * SECONDS)


def test_a_tunnel_that_stalls_is_lost(watch: Watch, forward: Forward) -> None:
    look(watch, SECONDS)
    forward.stalls = True
    with pytest.raises(LostError, match=r"Nothing came through the SSM tunnel for 0\.4 s \(ssm\.stall_seconds\)"):
        look(watch, 20 * SECONDS)


def test_a_dump_that_grows_is_alive_though_no_answer_comes(watch: Watch, forward: Forward) -> None:
    forward.stalls = True
    for size in range(1, 6):
        look(watch, SECONDS / 2, size)


def test_a_tunnel_whose_connections_break_is_lost(watch: Watch, forward: Forward) -> None:
    look(watch, SECONDS)
    forward.drop()
    with pytest.raises(LostError, match="The connection through the SSM tunnel broke"):
        look(watch, 20 * SECONDS)


def test_a_tunnel_whose_plugin_has_ended_is_lost_at_once(server: Server) -> None:
    connection = databases.login(server, "postgres")
    with pytest.raises(LostError, match="The SSM session has ended"):
        Watch(Tunnel(server.port, lambda: False), connection, SECONDS)(0)
    connection.close()


def test_as_long_as_nobody_looks_no_tunnel_is_lost(watch: Watch) -> None:
    look(watch, SECONDS)
    time.sleep(2 * SECONDS)
    look(watch, SECONDS)


def test_whether_a_tunnel_carries_is_seen_at_once(watch: Watch, forward: Forward) -> None:
    look(watch, SECONDS)
    assert watch.carries()
    forward.drop()
    time.sleep(0.1)  # until the system has told it
    assert not watch.carries()
