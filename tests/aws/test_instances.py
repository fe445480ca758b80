"""Instances: restored, waited for and deleted, and only those with our tag."""

from collections.abc import Callable
from typing import Any

import pytest

from clonekit.aws import Cloud, RequestError, instances, lifecycles
from clonekit.aws.instances import KIND, RESTORE
from clonekit.aws.resources import Instance
from clonekit.errors import AwsError, LeftoverError, NotOursError
from clonekit.settings import Aws
from clonekit.waiting import Pace

from . import FAST, OURS, RUN, SOURCE, Edge

CLONE = "v1-orcha-db-clone-20260424093839"
REQUEST: dict[str, Any] = {
    "DBInstanceIdentifier": CLONE,
    "DBSnapshotIdentifier": "nightly",
    "DBInstanceClass": "db.t4g.small",
    "PubliclyAccessible": False,
    "BackupRetentionPeriod": 0,
    "Tags": OURS,
}
NO_TIME = Pace(0, 0, "rds.restore_minutes")


def restore(cloud: Cloud) -> None:
    lifecycles.make(cloud, KIND, RESTORE, REQUEST, RUN)


def of_run(found: Instance) -> bool:
    return found.is_of_run(RUN)


def described(status: str, tags: list[dict[str, str]] = OURS) -> dict[str, Any]:
    return {"DBInstances": [{"DBInstanceIdentifier": CLONE, "DBInstanceStatus": status, "TagList": tags}]}


def not_found() -> dict[str, Any]:
    error = {"Code": "DBInstanceNotFound", "Message": "Not found."}
    return {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 404}}


# --- looking ----------------------------------------------------------------------------------------------------------


def test_a_missing_one_is_none(cloud: Cloud) -> None:
    assert lifecycles.find(cloud, KIND, "missing") is None


def test_a_needed_one_that_is_missing_is_named_with_region_and_setting(cloud: Cloud) -> None:
    with pytest.raises(AwsError, match=r"no RDS instance 'missing' in eu-central-1; see rds\.source"):
        instances.get(cloud, "missing")


def test_another_error_than_not_found_is_not_taken_for_it(cloud: Cloud, edge: Edge) -> None:
    edge.refuse("DescribeDBInstances", "AccessDenied", status=403)
    with pytest.raises(AwsError, match="denied"):
        lifecycles.find(cloud, KIND, CLONE)


def test_the_source_is_read_with_what_is_needed_of_it(cloud: Cloud, instance: Callable[..., None]) -> None:
    instance()
    found = instances.get(cloud, SOURCE)
    assert (found.engine_major, found.master_user, found.dbname, found.port) == (16, "boss", "orcha", 5432)
    assert not found.is_ours


def test_throwaways_are_those_with_our_name_and_tag(cloud: Cloud, instance: Callable[..., None]) -> None:
    instance()
    instance(CLONE, Tags=OURS)
    instance("lookalike-clone-1", Tags=[{"Key": "CreatedBy", "Value": "someone"}])
    instance("no-name-of-ours", Tags=OURS)
    assert [one.id for one in instances.throwaways(cloud)] == [CLONE]


def test_throwaways_are_found_on_every_page(cloud: Cloud, edge: Edge) -> None:
    many = [{"DBInstanceIdentifier": f"{CLONE}-{number}", "TagList": OURS} for number in range(250)]
    pages: list[dict[str, Any]] = [{"DBInstances": many[at : at + 100], "Marker": str(at)} for at in (0, 100)]
    edge.answer("DescribeDBInstances", *pages, {"DBInstances": many[200:]})
    assert len(list(instances.throwaways(cloud))) == 250


# --- restoring --------------------------------------------------------------------------------------------------------


def test_a_restore_sends_the_request_with_its_false_and_zero_values(source: Edge, cloud: Cloud) -> None:
    restore(cloud)
    assert source.sent("RestoreDBInstanceFromDBSnapshot") == [REQUEST]


def test_a_restore_is_there_afterwards(source: Edge, cloud: Cloud) -> None:
    restore(cloud)
    assert instances.get(cloud, CLONE).is_ours


def test_one_that_exists_and_is_of_this_run_had_been_made_by_a_lost_request(source: Edge, cloud: Cloud) -> None:
    restore(cloud)
    restore(cloud)
    assert len(source.sent("RestoreDBInstanceFromDBSnapshot")) == 2


@pytest.mark.parametrize(
    "tags",
    [[], [{"Key": "CreatedBy", "Value": "clone-prod-db"}], [*OURS[:2], {"Key": "RunId", "Value": "another"}]],
    ids=["none", "fewer", "another run's"],
)
def test_one_that_exists_with_other_tags_is_an_error(
    tags: list[dict[str, str]], source: Edge, cloud: Cloud, instance: Callable[..., None]
) -> None:
    instance(CLONE, Tags=tags)
    with pytest.raises(RequestError, match="DBInstanceAlreadyExists"):
        restore(cloud)


@pytest.mark.parametrize("code", ["DBInstanceNotFound", "AccessDenied"])
def test_one_that_exists_and_can_not_be_seen_may_be_of_this_run(code: str, cloud: Cloud, edge: Edge) -> None:
    edge.refuse("RestoreDBInstanceFromDBSnapshot", "DBInstanceAlreadyExists")
    edge.refuse("DescribeDBInstances", code)
    with pytest.raises(RequestError) as failed:
        restore(cloud)
    assert not failed.value.is_final


def test_another_refusal_of_the_restore_is_an_error(cloud: Cloud, edge: Edge) -> None:
    edge.refuse("RestoreDBInstanceFromDBSnapshot", "InvalidParameterValue", "Invalid DB Instance class: db.nope")
    with pytest.raises(RequestError, match=r"Invalid DB Instance class: db\.nope"):
        restore(cloud)


# --- waiting ----------------------------------------------------------------------------------------------------------


def test_it_is_waited_for_until_it_is_available(cloud: Cloud, edge: Edge) -> None:
    edge.answer("DescribeDBInstances", *map(described, ["creating", "backing-up", "modifying", "available"]))
    assert lifecycles.wait_available(cloud, KIND, CLONE, FAST).state == "available"


def test_not_being_listed_yet_is_waited_out(cloud: Cloud, edge: Edge) -> None:
    edge.answer("DescribeDBInstances", not_found(), not_found(), described("creating"), described("available"))
    assert lifecycles.wait_available(cloud, KIND, CLONE, FAST).id == CLONE


def test_not_being_listed_for_long_is_being_gone(cloud: Cloud, edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycles, "APPEAR_SECONDS", 0)
    edge.answer("DescribeDBInstances", not_found())
    with pytest.raises(AwsError, match="the state is 'gone'"):
        lifecycles.wait_available(cloud, KIND, CLONE, FAST)


@pytest.mark.parametrize(
    "status",
    [
        "failed",
        "incompatible-parameters",
        "incompatible-network",
        "incompatible-restore",
        "incompatible-option-group",
        "inaccessible-encryption-credentials",
        "restore-error",
        "storage-full",
        "stopping",
        "stopped",
        "deleting",
    ],
)
def test_a_dead_one_is_not_waited_for(status: str, cloud: Cloud, edge: Edge) -> None:
    edge.answer("DescribeDBInstances", described("creating"), described(status))
    with pytest.raises(AwsError, match=f"the state is '{status}'"):
        lifecycles.wait_available(cloud, KIND, CLONE, FAST)


def test_waiting_has_the_settings_limit(cloud: Cloud, edge: Edge) -> None:
    edge.answer("DescribeDBInstances", described("creating"))
    with pytest.raises(AwsError, match=r"still 'creating' after 0 s, the limit that rds\.restore_minutes sets"):
        lifecycles.wait_available(cloud, KIND, CLONE, NO_TIME)


# --- the password -----------------------------------------------------------------------------------------------------


def test_a_password_is_set_at_once(source: Edge, cloud: Cloud) -> None:
    restore(cloud)
    instances.set_password(cloud, instances.get(cloud, CLONE), "made-up", RUN, FAST)
    expected = {"DBInstanceIdentifier": CLONE, "MasterUserPassword": "made-up", "ApplyImmediately": True}
    assert source.sent("ModifyDBInstance") == [expected]


def test_a_password_is_asked_for_again_while_rds_is_busy(source: Edge, cloud: Cloud) -> None:
    restore(cloud)
    source.refuse("ModifyDBInstance", "InvalidDBInstanceState", times=2)
    instances.set_password(cloud, instances.get(cloud, CLONE), "made-up", RUN, FAST)
    assert len(source.sent("ModifyDBInstance")) == 3


def test_a_password_is_not_asked_for_again_of_what_is_dead(source: Edge, cloud: Cloud) -> None:
    restore(cloud)
    instance = instances.get(cloud, CLONE)
    source.refuse("ModifyDBInstance", "InvalidDBInstanceState")
    source.answer("DescribeDBInstances", described("storage-full"))
    with pytest.raises(AwsError, match="storage-full"):
        instances.set_password(cloud, instance, "made-up", RUN, FAST)
    assert len(source.sent("ModifyDBInstance")) == 1


def test_productions_password_is_never_changed(source: Edge, cloud: Cloud) -> None:
    with pytest.raises(AwsError, match="its password is not changed"):
        instances.set_password(cloud, instances.get(cloud, SOURCE), "made-up", RUN, FAST)
    assert source.changes == []


# --- deleting ---------------------------------------------------------------------------------------------------------


def test_a_deleted_one_is_gone_without_snapshot_and_backups(source: Edge, cloud: Cloud) -> None:
    restore(cloud)
    lifecycles.delete(cloud, KIND, CLONE, FAST, of_run)
    assert lifecycles.find(cloud, KIND, CLONE) is None
    expected = {"DBInstanceIdentifier": CLONE, "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True}
    assert source.sent("DeleteDBInstance") == [expected]


def test_one_without_our_tag_is_not_deleted(source: Edge, cloud: Cloud) -> None:
    with pytest.raises(NotOursError, match="does not carry the name and tags of this run"):
        lifecycles.delete(cloud, KIND, SOURCE, FAST, of_run)
    assert source.changes == []


def test_deleting_a_missing_one_is_success(cloud: Cloud, edge: Edge) -> None:
    lifecycles.delete(cloud, KIND, CLONE, FAST, of_run)
    assert edge.changes == []


def test_deleting_is_tried_again_while_it_is_being_created(source: Edge, cloud: Cloud) -> None:
    restore(cloud)
    source.refuse("DeleteDBInstance", "InvalidDBInstanceState", "not in available state", times=2)
    lifecycles.delete(cloud, KIND, CLONE, FAST, of_run)
    assert len(source.sent("DeleteDBInstance")) == 3


def test_one_that_is_on_its_way_out_is_only_waited_for(cloud: Cloud, edge: Edge) -> None:
    edge.answer("DescribeDBInstances", described("deleting"), described("deleting"), not_found())
    lifecycles.delete(cloud, KIND, CLONE, FAST, of_run)
    assert edge.changes == []


def test_one_that_vanishes_in_between_is_gone(cloud: Cloud, edge: Edge) -> None:
    edge.answer("DescribeDBInstances", described("available"), not_found())
    edge.refuse("DeleteDBInstance", "DBInstanceNotFound", status=404)
    lifecycles.delete(cloud, KIND, CLONE, FAST, of_run)
    assert len(edge.sent("DescribeDBInstances")) == 2


def test_deletion_is_confirmed_and_not_only_asked_for(cloud: Cloud, edge: Edge) -> None:
    states = [described("available"), described("deleting"), described("deleting"), not_found()]
    edge.answer("DescribeDBInstances", *states)
    edge.answer("DeleteDBInstance", {"DBInstance": {}})
    lifecycles.delete(cloud, KIND, CLONE, FAST, of_run)
    assert len(edge.sent("DescribeDBInstances")) == len(states)


def test_one_that_may_still_appear_is_looked_for_again(
    cloud: Cloud, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycles, "APPEAR_SECONDS", 3)
    edge.answer("DescribeDBInstances", not_found(), described("available"), not_found())
    edge.answer("DeleteDBInstance", {"DBInstance": {}})
    lifecycles.delete(cloud, KIND, CLONE, FAST, of_run, maybe_late=True)
    assert len(edge.sent("DeleteDBInstance")) == 1


def test_one_that_is_not_listed_for_a_moment_before_its_deletion_was_accepted_is_looked_for_again(
    cloud: Cloud, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycles, "APPEAR_SECONDS", 3)
    states = [described("creating"), not_found(), described("available"), not_found()]
    edge.answer("DescribeDBInstances", not_found(), *states)
    busy = {"Error": {"Code": "InvalidDBInstanceState"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    edge.answer("DeleteDBInstance", busy, {"DBInstance": {}})
    lifecycles.delete(cloud, KIND, CLONE, FAST, of_run, maybe_late=True)
    assert len(edge.sent("DeleteDBInstance")) == 2


def test_a_denied_deletion_is_a_leftover(source: Edge, cloud: Cloud) -> None:
    restore(cloud)
    source.refuse("DeleteDBInstance", "AccessDenied", status=403)
    with pytest.raises(LeftoverError, match="rds:DeleteDBInstance"):
        lifecycles.delete(cloud, KIND, CLONE, FAST, of_run)


def test_a_leftover_comes_with_the_command_that_removes_it(
    cloud: Cloud, edge: Edge, capsys: pytest.CaptureFixture[str]
) -> None:
    edge.answer("DescribeDBInstances", described("deleting"))
    with pytest.raises(LeftoverError):
        lifecycles.delete(cloud, KIND, CLONE, NO_TIME, of_run)
    assert lifecycles.delete_command(cloud, KIND, CLONE) in capsys.readouterr().err


def test_the_command_by_hand_names_profile_region_and_instance() -> None:
    command = lifecycles.delete_command(Cloud(Aws(profile="orcha-prod")), KIND, CLONE)
    assert command == (
        "aws rds delete-db-instance --profile orcha-prod --region eu-central-1 "
        f"--db-instance-identifier {CLONE} --skip-final-snapshot --delete-automated-backups"
    )


def test_an_instance_without_endpoint_can_be_read() -> None:
    assert Instance.of({"DBInstanceIdentifier": CLONE, "DBInstanceStatus": "creating"}).endpoint == ""


def test_one_for_which_there_is_no_capacity_is_not_waited_for(source: Edge, cloud: Cloud) -> None:
    item = {"DBInstanceIdentifier": CLONE, "DBInstanceStatus": "insufficient-capacity", "TagList": OURS}
    source.answer("DescribeDBInstances", {"DBInstances": [item]})
    with pytest.raises(AwsError, match="insufficient-capacity"):
        lifecycles.wait_available(cloud, KIND, CLONE, FAST)


def test_no_command_to_delete_what_is_not_ours_is_printed(
    source: Edge, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NotOursError):
        lifecycles.delete(cloud, KIND, SOURCE, FAST, of_run)
    assert "aws rds delete-db-instance" not in capsys.readouterr().err
