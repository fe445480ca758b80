"""Files that only their owner can read, and that are there whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clonekit.errors import DumpError

_FICLONE = 0x40049409  # of linux/fs.h
_BLOCK = 4096


def write_private(path: Path, text: str) -> None:
    """Write `text` to a new file that only its owner can read, from its first byte on; what had the name is removed.

    Through a link that somebody puts there in between nothing is written.
    """
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
        file.write(text.encode("utf-8", "surrogateescape"))


def replace(path: Path, text: str, *, durable: bool = False) -> None:
    """Write a private file beside `path` that takes its name; DumpError if it can't. `durable`: down to the disk."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        write_private(part, text)
        if durable:
            sync(part)
        part.replace(path)
    except OSError as error:
        raise DumpError(f"{path} can't be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


def may_share_blocks(folder: Path) -> bool:
    """Return whether a copy of a file in the folder can share its blocks; True, too, where that can't be tried.

    `FICLONE` is refused by file systems without that (https://man7.org/linux/man-pages/man2/ioctl_ficlone.2.html).
    """
    import fcntl

    try:
        with tempfile.TemporaryFile(dir=folder) as one, tempfile.TemporaryFile(dir=folder) as other:
            one.write(bytes(_BLOCK))
            one.flush()
            fcntl.ioctl(other, _FICLONE, one.fileno())
    except OSError as error:
        return error.errno not in (errno.EOPNOTSUPP, errno.ENOTTY)
    return True


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let no other process be in here for the same folder; wait for it."""
    import fcntl

    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def sync(path: Path) -> None:
    """Return when the file, or the folder's own entries, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
