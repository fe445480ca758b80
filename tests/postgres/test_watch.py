"""The watch over a tunnel: a real connection through a forward that is cut, closed or stalled."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from clonekit import databases
from clonekit.errors import LostError
from clonekit.server import Server
from clonekit.tunnels import Tunnel, Watch

SECONDS = 0.4


class Forward:
    """A tunnel on this machine that can be told to pass nothing any more, or to break."""

    def __init__(self, server: Server) -> None:
        self._target = (server.host, server.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        self.stalls = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                other = socket.create_connection(self._target)
                self._ends += [client, other]
                for pair in ((client, other), (other, client)):
                    threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not self.stalls:
                    sink.sendall(data)

    def drop(self) -> None:
        """Break what is open."""
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Break what is open, and take nothing more."""
        self._listener.close()
        self.drop()


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
