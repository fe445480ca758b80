"""How a database is best copied, and how many copies are worth having ready. Pure."""

from dataclasses import dataclass

_STRATEGIES = 15  # the version that knows CREATE DATABASE ... STRATEGY; before, files are copied
_SMALL = 100_000_000  # bytes: up to this, writing to WAL is quicker than the checkpoints that copying files needs
_RESERVE = 5_000_000_000  # bytes that spares leave free
_TIMES = 3  # the size of the database that must be free before a spare is made


@dataclass(frozen=True)
class Way:
    """A way to copy: the `STRATEGY` of `CREATE DATABASE` and the value of `file_copy_method`, where they are known."""

    strategy: str = ""
    method: str = ""


def ways(major: int, size: int, *, clones: bool) -> list[Way]:
    """Return the ways to copy a database of so many bytes, best first; a later one works where an earlier can't.

    `clones`: whether the server knows `file_copy_method=clone`, which shares blocks on XFS, btrfs, ZFS and APFS, and
    its file system may; elsewhere that is slower.
    """
    if major < _STRATEGIES:
        return [Way()]
    if size < _SMALL:
        return [Way("STRATEGY wal_log")]
    by_file = "STRATEGY file_copy"
    return [*([Way(by_file, "clone")] if clones else []), Way(by_file, "copy" if clones else "")]


def spares(setting: str, size: int, free: int | None) -> int:
    """Return how many copies to have ready: as `local.spares` says, or as many as the free disk space allows."""
    if setting != "auto":
        return int(setting)
    return int(free is not None and free > _TIMES * size + _RESERVE)
