"""Settings that make loading quicker on a server of our own, and a mark for as long as they can lose something.

Tables and indexes are written once and not to WAL as well, and nothing waits for the disk. That survives a crash of the
server, not one of the machine (https://www.postgresql.org/docs/18/runtime-config-wal.html#GUC-FSYNC). So a mark, which
tells in which run of the machine it was made, is on the disk before and goes when everything else is there too. Run as
a module this process brings it there in the background.
"""

import os
import secrets
import shlex
import sys
from pathlib import Path

from clonekit import files
from clonekit.errors import ClientError, DatabaseError
from clonekit.processes import run, start_apart

_WITHOUT_WAL = ("wal_level=minimal", "max_wal_senders=0", "autovacuum=off")
_WITHOUT_WAITING = ("fsync=off", "full_page_writes=off")
_LINUX_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MACOS_BOOT = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]


def settings(mark: Path) -> tuple[str, ...]:
    """Make the mark; return the settings to start the server with.

    They are given on its command line, so that they end with the process they were given to.
    """
    boot = _boot()
    if not boot:
        return _WITHOUT_WAL
    files.replace(mark, f"{boot} {secrets.token_hex(8)}", durable=True)
    files.sync(mark.parent)
    return (*_WITHOUT_WAL, *_WITHOUT_WAITING)


def is_in(options: str) -> bool:
    """Return whether a server that was started with these options is one in haste."""
    return _WITHOUT_WAL[0] in options


def is_unsynced(mark: Path) -> bool:
    """Return whether what the server wrote has yet to be brought to the disk.

    Raises DatabaseError if the machine went down before it was.
    """
    if not mark.exists():
        return False
    if mark.read_text().partition(" ")[0] == _boot():
        return True
    raise DatabaseError(
        f"The machine went down while a dump was loaded into the server in {mark.parent}, before everything was on the "
        f"disk: its databases may be damaged. Begin anew: rm -r {shlex.quote(str(mark.parent))} && inv dev.up"
    )


def sync_later(mark: Path, argv: list[str]) -> None:
    """Start a process that outlives this one: it runs `argv`, which brings all to the disk, and takes the mark away."""
    start_apart("clonekit.postgres.haste", str(mark), mark.read_text(), *argv, environ=os.environ)


def main(mark: Path, begun: str, argv: list[str]) -> None:
    """Run `argv`; take the mark away if that went well and it still says what it said when this was `begun`."""
    done = run(argv, os.environ)
    with files.locked(mark.parent):
        if done.code == 0 and mark.exists() and mark.read_text() == begun:
            mark.unlink()


def _boot() -> str:
    """Return what is another each time the machine starts; empty if it does not tell."""
    if _LINUX_BOOT.exists():
        return _LINUX_BOOT.read_text().strip()
    try:
        return run(_MACOS_BOOT, {}).stdout.strip()
    except ClientError:
        return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
