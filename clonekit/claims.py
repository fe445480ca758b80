"""Whose turn it is: of this project's tasks one at a time makes or drops a database."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from clonekit.errors import DatabaseError
from clonekit.names import printable
from clonekit.postgres.server import Server

_ours = set[Path]()  # a rehearsal loads a dump, too


@contextmanager
def claimed(folder: Path, server: Server, task: str, *databases: str) -> Iterator[None]:
    """Let no other process make or drop these databases until this is left; DatabaseError if one is at it already.

    The locks are files in `folder`, and die with whoever holds them.
    """
    with ExitStack() as held:
        for name in databases:
            digest = hashlib.sha256(f"{server} {name}".encode(errors="surrogateescape")).hexdigest()
            held.enter_context(_claimed(folder / f"database-{digest[:8]}.lock", task, name))
        yield


@contextmanager
def _claimed(path: Path, task: str, name: str) -> Iterator[None]:
    handle = None if path in _ours else _open(path)
    if handle is None:
        yield
        return
    try:
        _lock(handle, name)
        os.truncate(handle, 0)
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


def _lock(handle: int, name: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        who = printable(os.pread(handle, 100, 0).decode(errors="replace")) or "Another task"
        raise DatabaseError(f"{who} is at work on the database {name!r}. Run this again when that has ended.") from None
