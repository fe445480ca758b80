"""Stands in for AWS's `session-manager-plugin`: the same arguments and lines, and real TCP to the StreamUrl.

Run as a file, with the standard library only: a tunnel opens as fast as Python starts.
"""

import json
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

VERSION = "1.2.707.0"
INSTALLED = "The Session Manager plugin was installed successfully. Use the AWS CLI to start a session."
_HOST = "127.0.0.1"
_IN_ENVIRONMENT = "AWS_SSM_START_SESSION_RESPONSE"
_CONTRACT = ("RESPONSE", "REGION", "StartSession", "PROFILE", "REQUEST", "ENDPOINT")
_POLL_SECONDS = 0.2
_CHUNK = 1 << 16
RATE_VARIABLE = "CLONEKIT_SANDBOX_RATE"  # bytes per second and direction that a session carries; empty: unlimited


def say(line: str) -> None:
    """Print a line at once: who reads it waits for it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def leave(*lines: str) -> NoReturn:
    """Print and end at once, open connections or not; like the real one with status 0, whatever happened."""
    for line in lines:
        say(line)
    os._exit(0)


class Trouble:
    """What the sandbox has go wrong with this session (the StreamUrl's path names it).

    `quiet`: it ends before it opens a port; `mute`: it never opens one; `taken`: nor the one it was told; `refused`: no
    connection comes about. And in the middle of a table's rows `close`: the session ends; `drop`: connections break;
    `stall`: nothing is carried any more.
    """

    kind = ""
    asked = False  # for a table's rows
    rows = 100_000  # bytes of them that are still carried
    forever = threading.Event()

    @classmethod
    def meets(cls, data: bytes) -> None:
        """Look at what is about to be carried."""
        cls.asked = cls.asked or b"COPY " in data
        cls.rows -= len(data) * cls.asked
        if cls.rows >= 0:
            return
        if cls.kind == "close":
            leave("", "SessionId: terminated by the service.", "")
        if cls.kind == "drop":
            raise ConnectionResetError
        if cls.kind == "stall":
            cls.forever.wait()


class Rate:
    """What all connections of a session together may carry in one direction; they take turns."""

    def __init__(self, text: str) -> None:
        """Take bytes per second as text; empty is no limit. ValueError for anything but a number of one or more."""
        self._per_second = float(text or "inf")
        if not self._per_second >= 1:
            raise ValueError(text)
        self.piece = int(min(_CHUNK, max(1, self._per_second / 10)))  # so that none waits long for its turn
        self._free, self._lock = 0.0, threading.Lock()

    def wait(self, count: int) -> None:
        """Return when so many bytes may have passed."""
        with self._lock:
            now = time.monotonic()
            self._free = max(self._free, now) + count / self._per_second
            seconds = self._free - now
        time.sleep(seconds)


def pump(source: socket.socket, sink: socket.socket, rate: Rate) -> None:
    """Copy bytes until `source` has no more, then tell `sink` so; a broken connection ends both ways."""
    how = socket.SHUT_WR
    try:
        while data := source.recv(rate.piece):
            rate.wait(len(data))
            Trouble.meets(data)
            sink.sendall(data)
    except OSError:
        how = socket.SHUT_RDWR
    for end in (sink,) if how == socket.SHUT_WR else (source, sink):
        with suppress(OSError):
            end.shutdown(how)


def serve(client: socket.socket, target: tuple[str, int], up: Rate, down: Rate) -> None:
    """Forward one connection, both ways, until both have ended."""
    with client:
        try:
            if Trouble.kind == "refused":
                raise ConnectionRefusedError
            server = socket.create_connection(target)
        except OSError:
            say("Connection to destination port failed, check SSM Agent logs.")
            return
        with server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=pump, args=(server, client, down), daemon=True)
            back.start()
            pump(client, server, up)
            back.join()


def listen(port: int) -> socket.socket:
    """Listen on the local port, or end with the real one's message."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        if Trouble.kind == "taken" and port:
            raise OSError
        listener.bind((_HOST, port))
        listener.listen(128)
    except OSError:
        leave(f"listen tcp {_HOST}:{port}: bind: address already in use")
    listener.settimeout(_POLL_SECONDS)
    return listener


def forward(
    listener: socket.socket, session: str, target: tuple[str, int], record: Path | None, up: Rate, down: Rate
) -> NoReturn:
    """Take connections until the session's record is removed, which is how the service ends a session."""
    accepted = False
    while record is None or record.exists():
        try:
            client, _ = listener.accept()
        except TimeoutError:
            continue
        if not accepted:
            say(f"\nConnection accepted for session [{session}]")
        accepted = True
        client.settimeout(None)
        threading.Thread(target=serve, args=(client, target, up, down), daemon=True).start()
    leave("", f"Exiting session with sessionId: {session}.", "")


def start(response: dict[str, Any], request: dict[str, Any], records: Path | None) -> NoReturn:
    """Open the session's port and forward until told to stop."""
    session, url = response["SessionId"], urlsplit(response["StreamUrl"])
    record = records / session if records else None
    if record:
        with suppress(FileNotFoundError), record.open("r+") as file:  # a session that has ended stays so
            file.write(f"{os.getpid()}\n")
    Trouble.kind = url.path.strip("/")
    say(f"\nStarting session with SessionId: {session}")
    if Trouble.kind == "quiet":
        leave("Cannot perform start session: EOF")
    while Trouble.kind == "mute" and (record is None or record.exists()):
        time.sleep(_POLL_SECONDS)
    limit = os.environ.get(RATE_VARIABLE, "")
    up, down = Rate(limit), Rate(limit)
    listener = listen(int(request["Parameters"].get("localPortNumber", ["0"])[0]))
    say(f"Port {listener.getsockname()[1]} opened for sessionId {session}.\nWaiting for connections...")
    forward(listener, session, (url.hostname or _HOST, url.port or 0), record, up, down)


def main(argv: list[str]) -> None:
    """Read the AWS CLI's arguments; `--records FOLDER` before them names where sessions are recorded."""
    records = Path(argv[1]) if argv[:1] == ["--records"] else None
    argv = argv[2:] if records else argv
    if argv == ["--version"]:
        leave(VERSION)
    if not argv:
        leave("", INSTALLED, "")
    if len(argv) < len(_CONTRACT) or argv[2] != _CONTRACT[2]:
        leave(f"Unknown operation; usage: session-manager-plugin {' '.join(_CONTRACT)}")
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: leave("Terminate signal received, exiting."))
    response = os.environ.get(argv[0], "") if argv[0].startswith(_IN_ENVIRONMENT) else argv[0]
    try:
        start(json.loads(response), json.loads(argv[4]), records)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        leave(f"Cannot perform start session: {error!r}")


if __name__ == "__main__":
    main(sys.argv[1:])
