"""Snapshots: the newest, and the temporary ones."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clonekit.aws import Cloud, RequestError, lifecycles, snapshots
from clonekit.aws.resources import Snapshot
from clonekit.aws.snapshots import CREATE, KIND
from clonekit.errors import AwsError, LeftoverError, NotOursError
from clonekit.waiting import Pace

from . import FAST, OURS, RUN, SOURCE, Edge

TEMPORARY = f"{SOURCE}-clone-src-20260424120000-0123"
NOW = datetime(2026, 4, 24, 12, tzinfo=UTC)
NOT_LISTED = {"Error": {"Code": "DBSnapshotNotFound", "Message": "No."}, "ResponseMetadata": {"HTTPStatusCode": 404}}
REQUEST = {"DBInstanceIdentifier": SOURCE, "DBSnapshotIdentifier": TEMPORARY, "Tags": OURS}


def of_run(found: Snapshot) -> bool:
    return found.is_of_run(RUN)


def described(name: str, hours: float, status: str = "available", **more: Any) -> dict[str, Any]:
    values = {"DBSnapshotIdentifier": name, "Status": status, "SnapshotCreateTime": NOW - timedelta(hours=hours)}
    return {**values, "SnapshotType": "automated", "TagList": [], **more}


def newest(edge: Edge, cloud: Cloud, *found: dict[str, Any]) -> str | None:
    edge.answer("DescribeDBSnapshots", {"DBSnapshots": list(found)})
    snapshot = snapshots.newest(cloud, SOURCE)
    return snapshot.id if snapshot else None


def test_the_newest_is_the_youngest_whatever_the_order(edge: Edge, cloud: Cloud) -> None:
    assert newest(edge, cloud, described("b", 5), described("a", 3), described("c", 9)) == "a"


def test_a_younger_one_that_is_not_available_is_passed_over(edge: Edge, cloud: Cloud) -> None:
    assert (
        newest(edge, cloud, described("old", 5), described("young", 1, "creating"), described("x", 2, "failed"))
        == "old"
    )


def test_one_without_a_date_is_passed_over(edge: Edge, cloud: Cloud) -> None:
    undated = {"DBSnapshotIdentifier": "undated", "Status": "available"}
    assert newest(edge, cloud, undated, described("dated", 5)) == "dated"


def test_a_temporary_one_of_another_run_is_passed_over(edge: Edge, cloud: Cloud) -> None:
    assert newest(edge, cloud, described("old", 5), described(TEMPORARY, 1, TagList=OURS)) == "old"


def test_a_manual_one_is_as_good(edge: Edge, cloud: Cloud) -> None:
    assert newest(edge, cloud, described("nightly", 5), described("by-hand", 1, SnapshotType="manual")) == "by-hand"


def test_there_may_be_none(edge: Edge, cloud: Cloud) -> None:
    assert newest(edge, cloud) is None


def test_the_newest_may_be_on_a_later_page(edge: Edge, cloud: Cloud) -> None:
    pages: list[dict[str, Any]] = [
        {"DBSnapshots": [described("old", 5)], "Marker": "m"},
        {"DBSnapshots": [described("young", 1)]},
    ]
    edge.answer("DescribeDBSnapshots", *pages)
    snapshot = snapshots.newest(cloud, SOURCE)
    assert snapshot is not None
    assert snapshot.id == "young"


def test_only_the_sources_are_asked_for(source: Edge, cloud: Cloud, rds: Any, instance: Callable[..., None]) -> None:
    instance("other")
    rds.create_db_snapshot(DBInstanceIdentifier="other", DBSnapshotIdentifier="others")
    rds.create_db_snapshot(DBInstanceIdentifier=SOURCE, DBSnapshotIdentifier="ours")
    newest = snapshots.newest(cloud, SOURCE)
    assert newest
    assert newest.id != "others"
    assert source.sent("DescribeDBSnapshots") == [{"DBInstanceIdentifier": SOURCE}]


def test_the_temporary_ones_are_those_with_the_tag(edge: Edge, cloud: Cloud) -> None:
    edge.answer("DescribeDBSnapshots", {"DBSnapshots": [described("a", 1), described(TEMPORARY, 1, TagList=OURS)]})
    assert [snapshot.id for snapshot in snapshots.temporary(cloud)] == [TEMPORARY]


def test_making_one_sends_the_request_as_it_is(source: Edge, cloud: Cloud) -> None:
    lifecycles.make(cloud, KIND, CREATE, REQUEST, RUN)
    assert source.sent("CreateDBSnapshot") == [REQUEST]


def test_making_one_waits_until_it_is_available(source: Edge, cloud: Cloud) -> None:
    states = ["creating", "creating", "available", "available"]
    source.answer("DescribeDBSnapshots", *[{"DBSnapshots": [described(TEMPORARY, 0, state)]} for state in states])
    lifecycles.wait_available(cloud, KIND, TEMPORARY, FAST)
    assert len(source.sent("DescribeDBSnapshots")) == 3


def test_making_one_tells_its_progress(source: Edge, cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    half = described(TEMPORARY, 0, "creating", PercentProgress=50)
    source.answer("DescribeDBSnapshots", {"DBSnapshots": [half]}, {"DBSnapshots": [described(TEMPORARY, 0)]})
    lifecycles.wait_available(cloud, KIND, TEMPORARY, FAST)
    assert "creating, 50 %" in capsys.readouterr().err


def test_one_that_failed_is_not_waited_for(source: Edge, cloud: Cloud) -> None:
    source.answer("DescribeDBSnapshots", {"DBSnapshots": [described(TEMPORARY, 0, "failed")]})
    with pytest.raises(AwsError, match="the state is 'failed"):
        lifecycles.wait_available(cloud, KIND, TEMPORARY, FAST)


def test_one_that_exists_with_our_tag_had_been_made_by_a_lost_request(source: Edge, cloud: Cloud, rds: Any) -> None:
    rds.create_db_snapshot(**REQUEST)
    lifecycles.make(cloud, KIND, CREATE, REQUEST, RUN)
    assert source.sent("CreateDBSnapshot")


def test_one_that_exists_without_our_tag_is_an_error(source: Edge, cloud: Cloud, rds: Any) -> None:
    rds.create_db_snapshot(DBInstanceIdentifier=SOURCE, DBSnapshotIdentifier=TEMPORARY)
    with pytest.raises(RequestError, match="DBSnapshotAlreadyExists"):
        lifecycles.make(cloud, KIND, CREATE, REQUEST, RUN)


def test_a_denied_one_names_the_action(source: Edge, cloud: Cloud) -> None:
    source.refuse("CreateDBSnapshot", "AccessDenied", status=403)
    with pytest.raises(AwsError, match="rds:CreateDBSnapshot"):
        lifecycles.make(cloud, KIND, CREATE, REQUEST, RUN)


def test_a_deleted_one_is_gone(source: Edge, cloud: Cloud, rds: Any) -> None:
    rds.create_db_snapshot(**REQUEST)
    lifecycles.delete(cloud, KIND, TEMPORARY, FAST, of_run)
    assert lifecycles.find(cloud, KIND, TEMPORARY) is None


def test_deleting_a_missing_one_is_success(source: Edge, cloud: Cloud) -> None:
    lifecycles.delete(cloud, KIND, "missing", FAST, of_run)
    assert source.changes == []


def test_one_without_our_tag_is_not_deleted(source: Edge, cloud: Cloud) -> None:
    source.calls.clear()
    with pytest.raises(NotOursError, match="does not carry the name and tags of this run"):
        lifecycles.delete(cloud, KIND, "nightly", FAST, of_run)
    assert source.sent("DeleteDBSnapshot") == []


def test_deleting_is_tried_again_while_it_is_being_made(source: Edge, cloud: Cloud, rds: Any) -> None:
    rds.create_db_snapshot(**REQUEST)
    source.refuse("DeleteDBSnapshot", "InvalidDBSnapshotState", times=2)
    lifecycles.delete(cloud, KIND, TEMPORARY, FAST, of_run)
    assert len(source.sent("DeleteDBSnapshot")) == 3


def test_one_that_stays_is_a_leftover_with_its_command(
    source: Edge, cloud: Cloud, rds: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    rds.create_db_snapshot(**REQUEST)
    source.refuse("DeleteDBSnapshot", "InvalidDBSnapshotState")
    with pytest.raises(LeftoverError):
        lifecycles.delete(cloud, KIND, TEMPORARY, Pace(0, 0, "rds.restore_minutes"), of_run)
    assert (
        f"aws rds delete-db-snapshot --region eu-central-1 --db-snapshot-identifier {TEMPORARY}"
        in capsys.readouterr().err
    )


def test_a_copy_is_as_old_as_what_it_copies(source: Edge, cloud: Cloud) -> None:
    copied = {**described("copy", 0), "OriginalSnapshotCreateTime": NOW - timedelta(days=30)}
    source.answer("DescribeDBSnapshots", {"DBSnapshots": [copied]})
    newest = snapshots.newest(cloud, SOURCE)
    assert newest
    assert newest.created == NOW - timedelta(days=30)


def test_one_that_is_not_listed_at_once_is_waited_for(source: Edge, cloud: Cloud, rds: Any) -> None:
    rds.create_db_snapshot(**REQUEST)
    source.answer("DescribeDBSnapshots", NOT_LISTED, lambda _: None)
    lifecycles.wait_available(cloud, KIND, TEMPORARY, FAST)


def test_one_whose_reply_was_lost_is_deleted_when_it_appears(
    source: Edge, cloud: Cloud, rds: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycles, "APPEAR_SECONDS", 3)
    rds.create_db_snapshot(**REQUEST)
    source.answer("DescribeDBSnapshots", NOT_LISTED, lambda _: None)
    lifecycles.delete(cloud, KIND, TEMPORARY, FAST, of_run, maybe_late=True)
    assert lifecycles.find(cloud, KIND, TEMPORARY) is None
