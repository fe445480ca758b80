"""What is left in AWS, and the command that removes each."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from clonekit import leftovers
from clonekit.settings import Settings

from . import OURS, SOURCE, Edge

CLONE = "v1-orcha-db-clone-20260424093839"
TEMPORARY = "v1-orcha-db-clone-src-20260424093839"


@pytest.fixture
def left(source: Edge, rds: Any, instance: Callable[..., None]) -> Edge:
    instance(CLONE, Tags=OURS)
    rds.create_db_snapshot(DBInstanceIdentifier=SOURCE, DBSnapshotIdentifier=TEMPORARY, Tags=OURS)
    source.calls.clear()
    return source


def as_json(project: Settings, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    leftovers.show(project, as_json=True)
    found: list[dict[str, str]] = json.loads(capsys.readouterr().out)
    return found


def test_nothing_left_is_said(source: Edge, project: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    leftovers.show(project, as_json=False)
    assert "Nothing is left" in capsys.readouterr().out


def test_nothing_left_is_an_empty_json_list(
    source: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert as_json(project, capsys) == []


def test_both_kinds_are_listed_and_production_is_not(
    left: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [(item["kind"], item["id"]) for item in as_json(project, capsys)]
    assert found == [("instance", CLONE), ("snapshot", TEMPORARY)]


def test_each_comes_with_status_and_age(left: Edge, project: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert {item["status"] for item in as_json(project, capsys)} == {"available"}
    assert all(item["age"] for item in as_json(project, capsys))


def test_an_instance_comes_with_its_endpoint(left: Edge, project: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert CLONE in as_json(project, capsys)[0]["endpoint"]


def test_the_table_comes_with_the_whole_commands(
    left: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    leftovers.show(project, as_json=False)
    printed = capsys.readouterr().out
    assert (
        f"aws rds delete-db-instance --region eu-central-1 --db-instance-identifier {CLONE} "
        "--skip-final-snapshot --delete-automated-backups\n"
    ) in printed
    assert f"aws rds delete-db-snapshot --region eu-central-1 --db-snapshot-identifier {TEMPORARY}\n" in printed


def test_one_that_is_still_being_created_has_no_age(
    edge: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    new = {"DBInstanceIdentifier": CLONE, "DBInstanceStatus": "creating", "TagList": OURS}
    edge.answer("DescribeDBInstances", {"DBInstances": [new]})
    assert as_json(project, capsys)[0]["age"] == "not known yet"


def test_listing_changes_nothing(left: Edge, project: Settings) -> None:
    leftovers.show(project, as_json=False)
    assert left.changes == []
