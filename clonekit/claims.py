"""Whose turn it is: of this project's tasks one at a time makes or drops a database, and none then works on it."""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from clonekit.errors import DatabaseError
from clonekit.names import printable
from clonekit.postgres.server import Server

VARIABLE = "CLONEKIT_TASKS"  # tells the app's commands of which tasks they are a part
_ours = set[Path]()  # a rehearsal loads a dump, too


def tasks() -> str:
    """Return the process ids of the tasks that a child of ours is a part of."""
    return f"{os.environ.get(VARIABLE, '')} {os.getpid()}".strip()


@contextmanager
def claimed(folder: Path, server: Server, task: str, *databases: str, shared: bool = False) -> Iterator[None]:
    """Let no other process make or drop these databases until this is left; DatabaseError if one is at it already.

    What is `shared` leaves their making and dropping to others: any number of such tasks may work on them at once, also
    as a part of the one that has claimed them, as the commands of a rehearsal do.

    The locks are files in `folder`, and die with whoever holds them.
    """
    with ExitStack() as held:
        for name in databases:
            digest = hashlib.sha256(f"{server} {name}".encode(errors="surrogateescape")).hexdigest()
            held.enter_context(_claimed(folder / f"database-{digest[:8]}.lock", task, name, shared=shared))
        yield


@contextmanager
def _claimed(path: Path, task: str, name: str, *, shared: bool) -> Iterator[None]:
    handle = None if path in _ours else _open(path)
    if handle is None:
        yield
        return
    try:
        if not _lock(handle, name, shared=shared):
            yield
            return
        os.truncate(handle, 0)
        with suppress(OSError):  # no room: the lock holds without it
            os.write(handle, f"{task} (process {os.getpid()})".encode())
        _ours.add(path)
        yield
        os.truncate(handle, 0)
    finally:
        os.close(handle)
        _ours.discard(path)


def _open(path: Path) -> int | None:
    """Return the open file, or None where nothing can be written: there nobody else can have claimed anything."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return None


def _lock(handle: int, name: str, *, shared: bool) -> bool:
    """Return whether it is locked now; it needs no lock where what is `shared` is a part of the task that has one."""
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        who = printable(os.pread(handle, 100, 0).decode(errors="replace")) or "Another task"
        if shared and _number(who) in os.environ.get(VARIABLE, "").split():
            return False
        raise DatabaseError(f"{who} is at work on the database {name!r}. Run this again when that has ended.") from None
    return True


def _number(who: str) -> str:
    found = re.search(r"\(process (\d+)\)$", who)
    return found[1] if found else ""
