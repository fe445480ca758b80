"""Whether a compressed file has its end: frames made by hand, and cut at every byte."""

from pathlib import Path

import pytest

from clonekit.postgres import frames

_MAGIC = b"\x28\xb5\x2f\xfd"


def block(kind: int, size: int, content: bytes, *, last: bool = False) -> bytes:
    return (size << 3 | kind << 1 | last).to_bytes(3, "little") + content


RAW, RUN = block(0, 5, b"hello"), block(1, 70_000, b"x")
LAST, PRESSED = block(0, 2, b"\0\1", last=True), block(2, 4, b"\0\0\0\0", last=True)
FRAMES = {
    "window": _MAGIC + b"\x00" + b"\x58" + RAW + LAST,
    "single segment": _MAGIC + b"\x20" + b"\x02" + LAST,
    "long content size": _MAGIC + b"\xc0" + b"\x58" + bytes(8) + RUN + PRESSED,
    "dictionary": _MAGIC + b"\x03" + b"\x58" + bytes(4) + RAW + RUN + LAST,
    "checksum": _MAGIC + b"\x04" + b"\x58" + RUN + LAST + b"sum!",
}
FRAMES["two of them"] = FRAMES["checksum"] + FRAMES["window"]


def is_whole(folder: Path, name: str, content: bytes) -> bool:
    (folder / name).write_bytes(content)
    return frames.is_whole(folder / name)


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_frame_is_whole_only_to_its_last_byte(frame: bytes, tmp_path: Path) -> None:
    ends = {len(FRAMES["checksum"])} if frame == FRAMES["two of them"] else set()
    whole = [cut for cut in range(len(frame)) if is_whole(tmp_path, "1.dat.zst", frame[:cut])]
    assert set(whole) == ends
    assert is_whole(tmp_path, "1.dat.zst", frame)
    assert not is_whole(tmp_path, "1.dat.zst", frame + b"x")


@pytest.mark.parametrize(
    ("name", "content", "whole"),
    [
        ("1.dat.gz", b"\x1f\x8b\x08...", True),
        ("1.dat.gz", b"\x1f", False),
        ("1.dat.gz", b"", False),
        ("blobs_1.toc", b"16396 blob_16396.dat\n", True),
        ("blobs_1.toc", b"16396 blob_163", False),
        ("blobs_1.toc", b"", False),
        ("toc.dat", b"PGDMP", True),
    ],
)
def test_other_files_begin_or_end_as_they_must(name: str, content: bytes, whole: bool, tmp_path: Path) -> None:
    assert is_whole(tmp_path, name, content) is whole
