"""What the measurements were made on."""

import os
import subprocess
from pathlib import Path

from clonekit import names
from clonekit.postgres.clients import Client


def describe(folder: Path, server_version: str, clients: list[Client]) -> str:
    """Return the machine in one sentence: cores, memory, file system, PostgreSQL and its client programs."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    used = ", ".join(f"{'.'.join(map(str, client.version))} ({compressions(client)})" for client in clients)
    return (
        f"{os.cpu_count()} cores, {names.size(memory)} of memory, {_file_system(folder)}, PostgreSQL {server_version}, "
        f"client programs {used}"
    )


def compressions(client: Client) -> str:
    """Return the best way to compress that this pg_dump was built with."""
    return "zstd" if has_zstd(client) else "no zstd"


def has_zstd(client: Client) -> bool:
    """Return whether this pg_dump was built with zstd: without it that is refused before any connection."""
    argv = [str(client.program("pg_dump")), "--format=custom", "--compress=zstd", "--host=127.0.0.1", "--port=1", "x"]
    said = subprocess.run(argv, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}, check=False).stderr
    return "connection to server" in said


def _file_system(folder: Path) -> str:
    """Return the type of the file system that the folder is on (Linux; elsewhere that is not told)."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return "file system not known"
    on = [mount for mount in mounts if folder.resolve().is_relative_to(mount[0])]
    return max(on, key=lambda mount: len(mount[0]))[1]
