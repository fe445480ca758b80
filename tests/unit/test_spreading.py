"""Connections are spread evenly, nothing of what they carry is lost, and nothing outlives who asked for it."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from clonekit.postgres import spreading


@pytest.fixture
def echoes() -> Iterator[list[socket.socket]]:
    """Three servers that say their number and then repeat what they hear."""
    with ExitStack() as stack:
        listening = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(3)]
        for number, each in enumerate(listening):
            threading.Thread(target=_serve, args=[each, number], daemon=True).start()
        yield listening


def _serve(listener: socket.socket, number: int) -> None:
    with suppress(OSError):  # closed
        while True:
            threading.Thread(target=_repeat, args=[listener.accept()[0], number], daemon=True).start()


def _repeat(client: socket.socket, number: int) -> None:
    with client:
        client.sendall(b"%d" % number)
        while piece := client.recv(1 << 16):
            client.sendall(piece)


def ports(listening: list[socket.socket]) -> list[int]:
    return [each.getsockname()[1] for each in listening]


def connected(stack: ExitStack, port: int) -> tuple[socket.socket, bytes]:
    """Return a connection and the number of the server that it leads to."""
    client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
    return client, client.recv(1)


def test_each_connection_goes_where_the_fewest_are(echoes: list[socket.socket]) -> None:
    with spreading.spread(ports(echoes)) as port, ExitStack() as stack:
        numbers = [connected(stack, port)[1] for _ in range(6)]
        assert sorted(numbers) == [b"0", b"0", b"1", b"1", b"2", b"2"]


def test_all_that_is_sent_arrives_in_both_directions_and_the_end_too(echoes: list[socket.socket]) -> None:
    sent, got = bytes(range(256)) * 20_000, b""
    with spreading.spread(ports(echoes)) as port, ExitStack() as stack:
        client, _ = connected(stack, port)

        def write() -> None:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)

        writer = threading.Thread(target=write)
        writer.start()
        while piece := client.recv(1 << 16):
            got += piece
        writer.join()
    assert got == sent


def test_a_connection_to_a_tunnel_that_is_gone_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        where = ports([gone])
    with spreading.spread(where) as port, socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        assert client.recv(1) == b""


def test_it_ends_without_a_word_with_whoever_started_it_though_connections_are_held(
    echoes: list[socket.socket],
) -> None:
    argv = [sys.executable, "-m", "clonekit.postgres.spreading", *map(str, ports(echoes))]
    pipe = subprocess.PIPE
    with ExitStack() as stack:
        child = stack.enter_context(subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe))
        assert child.stdout
        port = int(child.stdout.readline())
        clients = [connected(stack, port)[0] for _ in range(3)]
        assert child.communicate(timeout=20) == (b"", b"")
        assert child.returncode == 0
        assert [client.recv(1) for client in clients] == [b"", b"", b""]
