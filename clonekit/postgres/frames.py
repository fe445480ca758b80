"""Whether a compressed file of a directory dump has its end: pg_restore 18 takes one of zstd that was cut for whole.

A zstd file is walked from block to block by its headers, nothing is decompressed
(https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1).
"""

from pathlib import Path
from typing import BinaryIO

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_RUN_LENGTH = 1  # the block type whose content is one byte, whatever its size says


def is_whole(path: Path) -> bool:
    """Return whether a file of a directory dump is as long as it says itself.

    For gzip only that it begins as it must: pg_restore notices the rest.
    """
    with path.open("rb") as file:
        if path.suffix == ".zst":
            return _has_frames(file, path.stat().st_size)
        if path.suffix == ".gz":
            return file.read(len(_GZIP)) == _GZIP
        return path.suffix != ".toc" or file.read()[-1:] == b"\n"


def _has_frames(file: BinaryIO, size: int) -> bool:
    while file.read(len(_ZSTD)) == _ZSTD:
        described = file.read(1)[0] if file.tell() < size else 0
        single, checked = described >> 5 & 1, described >> 2 & 1
        content = (1 << (described >> 6)) if described >> 6 else single
        file.seek((not single) + (0, 1, 2, 4)[described & 3] + content, 1)
        last = 0
        while not last:
            header = file.read(3)
            if len(header) < len(b"hdr"):
                return False
            last, kind, length = header[0] & 1, header[0] >> 1 & 3, int.from_bytes(header, "little") >> 3
            file.seek(1 if kind == _RUN_LENGTH else length, 1)
        if file.seek(4 * checked, 1) >= size:
            return file.tell() == size
    return False
