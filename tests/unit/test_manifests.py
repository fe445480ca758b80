"""Manifests: what a dump is, whether it still is that, and nothing but a manifest read as one."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonekit.errors import DumpError
from clonekit.postgres import dumps, manifests
from clonekit.postgres.manifests import Manifest
from tests.unit.test_runs import JSON


def manifest(dump: Path) -> Manifest:
    return Manifest(
        sha256=dumps.checksum(dump),
        size=dump.stat().st_size,
        run="0123456789abcdef",
        source="v1-orcha-db",
        dbname="orcha",
        snapshot="nightly",
        snapshot_at="2026-04-24T03:00:00Z",
        dumped_at="2026-04-24T09:38:39Z",
        server_version="18.6",
    )


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "x.dump"
    path.write_bytes(b"PGDMP and more")
    manifests.path_of(path).write_text(manifests.text(manifest(path)))
    return path


def test_a_dump_as_it_was_written_is_verified(dump: Path) -> None:
    assert manifests.verified(dump, lambda: dumps.checksum(dump)) == manifest(dump)


def test_a_dump_without_a_manifest_is_told_apart(dump: Path) -> None:
    manifests.path_of(dump).unlink()
    assert manifests.verified(dump, lambda: dumps.checksum(dump)) is None


@pytest.mark.parametrize("content", [b"PGDMP and mora", b"PGDMP", b""])
def test_a_dump_that_was_changed_since_is_refused(content: bytes, dump: Path) -> None:
    dump.write_bytes(content)
    with pytest.raises(DumpError, match="damaged or replaced since"):
        manifests.verified(dump, lambda: dumps.checksum(dump))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"sha256": 1}'])
def test_a_manifest_that_is_none_is_refused(text: str, dump: Path) -> None:
    manifests.path_of(dump).write_text(text)
    with pytest.raises(DumpError, match="can't be read"):
        manifests.verified(dump, lambda: dumps.checksum(dump))


def test_it_says_from_when_the_data_is_and_drives_no_terminal(dump: Path) -> None:
    told = asdict(manifest(dump)) | {"snapshot": "\x1b[2J"}
    said = manifests.says(Manifest(**told))
    assert "v1-orcha-db's of 2026-04-24T03:00:00Z" in said
    assert "\x1b" not in said


def test_a_folders_checksum_follows_names_and_contents(tmp_path: Path) -> None:
    def checksum(**contents: str) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name, content in contents.items():
            (folder / name).write_text(content)
        return dumps.checksum(folder)

    assert checksum(a="1", b="2") == checksum(b="2", a="1")
    assert len({checksum(a="1", b="2"), checksum(a="2", b="1"), checksum(a="1"), checksum(a="12"), checksum()}) == 5


TEXTS = ["sha256", "run", "source", "dbname", "snapshot", "snapshot_at", "dumped_at", "server_version"]


@given(st.fixed_dictionaries({**dict.fromkeys(TEXTS, st.text() | JSON), "size": st.integers() | JSON}))
def test_any_json_is_a_manifest_or_a_value_error(told: dict[str, object]) -> None:
    try:
        found = manifests.parse(json.dumps(told))
    except ValueError:
        return
    assert isinstance(found.sha256, str)
    assert isinstance(manifests.says(found), str)
