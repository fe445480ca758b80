"""The unfinished dump, a file or a folder: made private, flushed to the disk, renamed when it is whole, or removed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from glob import escape
from itertools import count
from pathlib import Path

from clonekit import files
from clonekit.errors import DumpError
from clonekit.postgres import manifests

_RANDOM = "?" * 8  # what mkstemp puts into a name
_TRIES = 3  # to empty a folder into which a process that is just ending may still write


def make(target: Path, *, as_folder: bool) -> Path:
    """Make an empty file (0600) or folder (0700) beside the target, with a name that no other run has."""
    try:
        if as_folder:
            return Path(tempfile.mkdtemp(".part", f"{target.name}.", target.parent))
        handle, name = tempfile.mkstemp(".part", f"{target.name}.", target.parent)
    except OSError as error:
        raise DumpError(f"The dump can't be written to {target.parent}: {error.strerror}.") from None
    os.close(handle)
    return Path(name)


def every_file(part: Path) -> list[Path]:
    """Return the dump's files, in order: of a folder those in it, else the one."""
    return sorted(path for path in part.rglob("*") if path.is_file()) if part.is_dir() else [part]


def sync(part: Path) -> None:
    """Return when all of it is on the disk."""
    for path in (*every_file(part), *([part] if part.is_dir() else [])):
        files.sync(path)


def claim(target: Path) -> Path:
    """Return the name, or one like it if it is taken: the manifest's name is whoever's makes the file first."""
    for path in alike(target):
        with suppress(FileExistsError):
            os.close(os.open(manifests.path_of(path), os.O_CREAT | os.O_EXCL, 0o600))
            if not path.exists():
                return path
    raise AssertionError


def alike(target: Path) -> Iterator[Path]:
    """Yield the name, then others like it, without end."""
    yield target
    for number in count(2):
        yield target.with_stem(f"{target.stem}-{number}")


def remove(part: Path) -> None:
    """Remove it; fine if it is not there."""
    for _ in range(_TRIES if part.is_dir() and not part.is_symlink() else 0):
        shutil.rmtree(part, ignore_errors=True)
    if part.is_symlink() or not part.is_dir():
        part.unlink(missing_ok=True)


def remove_unfinished(target: Path) -> None:
    """Remove what a killed run has left of the dump that it was writing."""
    for part in target.parent.glob(f"{escape(target.name)}.{_RANDOM}.part"):
        remove(part)
