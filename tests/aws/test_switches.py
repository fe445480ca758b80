"""The dead man's switch: a schedule that deletes just the one thing, set before that is made, ours alone to remove."""

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from clonekit.aws import Cloud, instances, snapshots, switches
from clonekit.errors import AwsError, NotOursError

from . import RUN, SOURCE, Edge

AT = datetime(2126, 4, 24, 13, 38, 39, tzinfo=UTC)
CLONE = f"{SOURCE}-clone-20260424093839-0123"
ROLE = "arn:aws:iam::123456789012:role/expiry"
TAGS = {
    "CloneOf": SOURCE,
    "CreatedBy": "clone-prod-db",
    "RunId": RUN,
    "ExpiresAt": "2126-04-24T13:38:39Z",
}


def request(kind: Any = instances.KIND, at: datetime = AT, role: str = ROLE) -> dict[str, Any]:
    return switches.request(kind, CLONE, at, role, TAGS)


def test_it_deletes_the_instance_with_all_its_backups() -> None:
    target = request()["Target"]
    assert (target["Arn"], target["RoleArn"]) == ("arn:aws:scheduler:::aws-sdk:rds:deleteDBInstance", ROLE)
    whole = {"DbInstanceIdentifier": CLONE, "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True}
    assert json.loads(target["Input"]) == whole


def test_it_deletes_a_snapshot() -> None:
    target = request(snapshots.KIND)["Target"]
    assert target["Arn"] == "arn:aws:scheduler:::aws-sdk:rds:deleteDBSnapshot"
    assert json.loads(target["Input"]) == {"DbSnapshotIdentifier": CLONE}


def test_it_runs_once_at_the_second_and_is_gone_afterwards() -> None:
    asked = request()
    assert (asked["ScheduleExpression"], asked["ScheduleExpressionTimezone"]) == ("at(2126-04-24T13:38:39)", "UTC")
    assert (asked["FlexibleTimeWindow"], asked["ActionAfterCompletion"]) == ({"Mode": "OFF"}, "DELETE")


def test_it_is_in_the_roles_partition() -> None:
    target = request(role="arn:aws-cn:iam::123456789012:role/expiry")["Target"]
    assert target["Arn"].startswith("arn:aws-cn:scheduler:")


def test_it_can_be_set_again_to_another_time(cloud: Cloud) -> None:
    switches.set_to(cloud, request())
    switches.set_to(cloud, request(at=AT.replace(hour=20)))
    found = switches.find(cloud, CLONE)
    assert found
    assert found.state == "at(2126-04-24T20:38:39)"


def test_one_of_ours_is_told_by_its_description(cloud: Cloud) -> None:
    switches.set_to(cloud, request())
    assert [(one.id, one.run_id) for one in switches.every(cloud)] == [(CLONE, "0123456789abcdef")]


@pytest.mark.parametrize("description", ["", "{}", "[]", '{"CreatedBy": "somebody"}'])
def test_another_ones_is_neither_listed_nor_removed(description: str, cloud: Cloud) -> None:
    theirs = {**request(), "Description": description}
    boto3.client("scheduler", region_name="eu-central-1").create_schedule(**theirs)
    assert list(switches.every(cloud)) == []
    with pytest.raises(NotOursError, match="does not say that this run made it"):
        switches.remove(cloud, CLONE, RUN)
    assert switches.find(cloud, CLONE)


def test_another_runs_is_neither_set_anew_nor_removed(cloud: Cloud) -> None:
    theirs = {**request(), "Description": json.dumps({**TAGS, "RunId": "another"})}
    switches.set_to(cloud, theirs)
    with pytest.raises(NotOursError, match="does not say that this run made it"):
        switches.set_to(cloud, request())
    with pytest.raises(NotOursError, match="does not say that this run made it"):
        switches.remove(cloud, CLONE, RUN)
    assert [one.run_id for one in switches.every(cloud)] == ["another"]


def test_a_removed_one_is_gone(cloud: Cloud) -> None:
    switches.set_to(cloud, request())
    switches.remove(cloud, CLONE, RUN)
    assert switches.find(cloud, CLONE) is None


def test_removing_one_that_has_run_is_success(cloud: Cloud, edge: Edge) -> None:
    switches.remove(cloud, CLONE, RUN)
    assert edge.changes == []


def test_a_refused_one_names_the_action(cloud: Cloud, edge: Edge) -> None:
    edge.refuse("CreateSchedule", "AccessDeniedException", status=403)
    with pytest.raises(AwsError, match="AWS denied scheduler:CreateSchedule"):
        switches.set_to(cloud, request())
