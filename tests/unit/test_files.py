"""Files of secrets: private whatever was there before, and never written through somebody's link."""

from pathlib import Path

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
