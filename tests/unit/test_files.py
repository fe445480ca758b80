"""Files of secrets: private whatever was there before, and never written through somebody's link."""

import errno
from pathlib import Path

import pytest

from clonekit import files


def test_a_private_file_is_private_where_an_open_one_was(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("open to all")
    path.chmod(0o644)
    files.write_private(path, "secret")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("secret", 0o600)


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "x"
    victim.write_text("precious")
    path.symlink_to(victim)
    files.write_private(path, "secret")
    files.replace(path, "secret")
    assert victim.read_text() == "precious"
    assert not path.is_symlink()


def test_replacing_leaves_nothing_else(tmp_path: Path) -> None:
    files.replace(tmp_path / "x", "a")
    files.replace(tmp_path / "x", "b", durable=True)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_text() == "b"


@pytest.mark.parametrize(
    ("answer", "may"), [(None, True), (errno.EOPNOTSUPP, False), (errno.ENOTTY, False), (errno.EPERM, True)]
)
def test_blocks_may_be_shared_unless_the_file_system_refuses(
    answer: int | None, may: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ioctl(*_: object) -> None:
        if answer:
            raise OSError(answer, "no")

    monkeypatch.setattr("fcntl.ioctl", ioctl)
    assert files.may_share_blocks(tmp_path) is may
    assert not [*tmp_path.iterdir()]


def test_blocks_may_be_shared_in_a_folder_that_cannot_be_tried(tmp_path: Path) -> None:
    assert files.may_share_blocks(tmp_path / "missing")
