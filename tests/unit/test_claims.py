"""Two tasks at once on the same database."""

import errno
import fcntl
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from clonekit import claims
from clonekit.errors import DatabaseError
from clonekit.postgres.server import Server
from tests.others import other_task

HERE = Server("localhost", 5432, "postgres")


def test_the_second_is_refused_and_told_who_is_at_work(tmp_path: Path) -> None:
    with other_task(tmp_path, HERE, "shop") as pid:
        told = rf"inv rehearse \(process {pid}\) is at work on the database 'shop'\. Run this again when"
        with pytest.raises(DatabaseError, match=told), claims.claimed(tmp_path, HERE, "inv db.load-clone", "shop"):
            raise AssertionError
        with claims.claimed(tmp_path, HERE, "inv db.load-clone", "shop2"):
            pass


def test_a_claim_dies_with_whoever_holds_it(tmp_path: Path) -> None:
    with other_task(tmp_path, HERE, "shop"):
        pass
    with claims.claimed(tmp_path, HERE, "inv db.load-clone", "shop"):
        pass


def test_a_rehearsal_may_load_a_dump(tmp_path: Path) -> None:
    with claims.claimed(tmp_path, HERE, "inv rehearse", "shop"), claims.claimed(tmp_path, HERE, "a load", "shop"):
        pass


def test_what_works_on_a_database_is_refused_while_another_task_makes_it_and_the_other_way_round(
    tmp_path: Path,
) -> None:
    def shared() -> AbstractContextManager[None]:
        return claims.claimed(tmp_path, HERE, "inv migrate", "shop", shared=True)

    with (
        other_task(tmp_path, HERE, "shop"),
        pytest.raises(DatabaseError, match=r"^inv rehearse .* is at"),
        shared(),
    ):
        raise AssertionError
    with other_task(tmp_path, HERE, "shop", "inv ingest", shared=True), shared():
        pass
    with (
        other_task(tmp_path, HERE, "shop", "inv ingest", shared=True) as pid,
        pytest.raises(DatabaseError, match=rf"^inv ingest \(process {pid}\) is at work"),
        claims.claimed(tmp_path, HERE, "inv rehearse", "shop"),
    ):
        raise AssertionError


def test_a_part_of_the_task_that_has_the_claim_works_on_the_database_but_does_not_drop_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with other_task(tmp_path, HERE, "shop") as pid:
        monkeypatch.setenv(claims.VARIABLE, f"{pid}")
        monkeypatch.setenv(claims.VARIABLE, claims.tasks())  # as a task that it starts would tell its own children
        with claims.claimed(tmp_path, HERE, "inv migrate", "shop", shared=True):
            pass
        with pytest.raises(DatabaseError), claims.claimed(tmp_path, HERE, "inv db.drop-clone", "shop"):
            raise AssertionError


def test_where_nothing_can_be_written_nothing_is_claimed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with claims.claimed(tmp_path / "file", HERE, "inv db.drop-clone", "shop"):
        pass


def test_on_a_full_disk_the_claim_holds_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.write", full)
    with claims.claimed(tmp_path, HERE, "inv db.load-clone", "shop"):
        (lock,) = tmp_path.iterdir()
        with lock.open() as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
