"""A tunnel without AWS: a TCP forward to the server."""

import socket
import threading
from contextlib import suppress

from clonekit.postgres.server import Server


class Forward:
    """A tunnel on this machine that can be told to pass nothing any more, or to break."""

    def __init__(self, server: Server) -> None:
        self._target = (server.host, server.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        self.stalls = False
        self.taken = 0  # connections
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.taken += 1
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
