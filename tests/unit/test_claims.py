"""Two tasks at once on the same database."""

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


def test_where_nothing_can_be_written_nothing_is_claimed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with claims.claimed(tmp_path / "file", HERE, "inv db.drop-clone", "shop"):
        pass
