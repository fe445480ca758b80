"""The plan: what is asked of AWS, and that what is printed is what is asked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clonekit import plan
from clonekit.aws.resources import Instance, Snapshot
from clonekit.plan import ClonePlan, Wanted

NOW = datetime(2026, 4, 24, 9, 38, 39, tzinfo=UTC)
CLONE = "v1-orcha-db-clone-20260424093839-0123"
TAGS = [
    {"Key": "CloneOf", "Value": "v1-orcha-db"},
    {"Key": "CreatedBy", "Value": "clone-prod-db"},
    {"Key": "CreatedAt", "Value": "20260424-093839"},
    {"Key": "RunId", "Value": "0123456789abcdef"},
    {"Key": "ExpiresAt", "Value": "2026-04-24T13:38:39Z"},
]


def wanted(**changes: Any) -> Wanted:
    values: dict[str, Any] = {
        "source": "v1-orcha-db",
        "instance_class": "db.t4g.small",
        "storage_type": "",
        "freshness_hours": 24.0,
        "fresh_snapshot": False,
        "dump_path": Path("/project/dump/prod-20260424-093839.dump"),
        "now": NOW,
        "run_id": "0123456789abcdef",
        "expires": NOW + timedelta(hours=4),
    }
    return Wanted(**{**values, **changes})


def source(**changes: Any) -> Instance:
    """Production as RDS describes it, with every flag set that the throwaway must not have."""
    description: dict[str, Any] = {
        "DBInstanceIdentifier": "v1-orcha-db",
        "EngineVersion": "18.1",
        "DBSubnetGroup": {"DBSubnetGroupName": "private"},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}, {"VpcSecurityGroupId": "sg-2"}],
        "DBParameterGroups": [{"DBParameterGroupName": "orcha-pg18"}],
        "OptionGroupMemberships": [{"OptionGroupName": "default:postgres-18"}],
        "StorageType": "gp3",
        "Iops": 3000,
        "PubliclyAccessible": True,
        "MultiAZ": True,
        "DeletionProtection": True,
        "AutoMinorVersionUpgrade": True,
        "CopyTagsToSnapshot": True,
        "BackupRetentionPeriod": 7,
    }
    return Instance.of({key: value for key, value in {**description, **changes}.items() if value is not None})


def snapshot(hours: float = 1, **changes: Any) -> Snapshot:
    created = NOW - timedelta(hours=hours)
    values: dict[str, Any] = {"id": "nightly", "state": "available", "created": created, "kind": "automated"}
    return Snapshot(**{**values, "tags": {}, **changes})


def decided(**changes: Any) -> ClonePlan:
    values: dict[str, Any] = {
        "wanted": wanted(),
        "account": "123456789012",
        "reuse": snapshot(3),
        "create": None,
        "restore": plan.restore_request(wanted(), source(), "nightly"),
        "bastion": "i-0abc",
        "client": "/usr/lib/postgresql/18/bin (18.6)",
        "login": "orcha to orcha",
        "sslmode": "require",
        "sets_password": True,
    }
    return ClonePlan(**{**values, **changes})


# --- which snapshot ---------------------------------------------------------------------------------------------------


def test_a_young_snapshot_is_used_again() -> None:
    assert plan.reusable(snapshot(23), wanted()) == snapshot(23)


def test_an_old_snapshot_is_not_used() -> None:
    assert plan.reusable(snapshot(24.001), wanted()) is None


def test_no_snapshot_is_not_used() -> None:
    assert plan.reusable(None, wanted()) is None


def test_a_snapshot_without_a_date_is_not_used() -> None:
    assert plan.reusable(snapshot(created=None), wanted()) is None


def test_a_young_snapshot_is_not_used_where_a_fresh_one_is_wanted() -> None:
    assert plan.reusable(snapshot(1), wanted(fresh_snapshot=True)) is None


def test_the_wanted_hours_decide() -> None:
    assert plan.reusable(snapshot(5), wanted(freshness_hours=6)) is not None
    assert plan.reusable(snapshot(7), wanted(freshness_hours=6)) is None


def test_a_temporary_snapshot_is_asked_for_with_all_its_tags() -> None:
    assert plan.snapshot_request(wanted()) == {
        "DBInstanceIdentifier": "v1-orcha-db",
        "DBSnapshotIdentifier": "v1-orcha-db-clone-src-20260424093839-0123",
        "Tags": TAGS,
    }


# --- the restore ------------------------------------------------------------------------------------------------------


def test_the_whole_restore_request() -> None:
    assert plan.restore_request(wanted(), source(), "nightly") == {
        "DBInstanceIdentifier": CLONE,
        "DBSnapshotIdentifier": "nightly",
        "DBInstanceClass": "db.t4g.small",
        "DBSubnetGroupName": "private",
        "VpcSecurityGroupIds": ["sg-1", "sg-2"],
        "DBParameterGroupName": "orcha-pg18",
        "OptionGroupName": "default:postgres-18",
        "StorageType": "gp3",
        "PubliclyAccessible": False,
        "MultiAZ": False,
        "AutoMinorVersionUpgrade": False,
        "DeletionProtection": False,
        "CopyTagsToSnapshot": False,
        "BackupRetentionPeriod": 0,
        "Tags": TAGS,
    }


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("PubliclyAccessible", False),
        ("MultiAZ", False),
        ("AutoMinorVersionUpgrade", False),
        ("DeletionProtection", False),
        ("CopyTagsToSnapshot", False),
        ("BackupRetentionPeriod", 0),
    ],
)
def test_a_false_or_zero_flag_is_passed_whatever_the_source_has(flag: str, value: object) -> None:
    request = plan.restore_request(wanted(), source(), "nightly")
    assert flag in request
    assert request[flag] == value


def test_the_instance_class_is_the_wanted_one() -> None:
    request = plan.restore_request(wanted(instance_class="db.t4g.medium"), source(), "nightly")
    assert request["DBInstanceClass"] == "db.t4g.medium"


def test_the_storage_type_is_the_settings_where_it_is_set() -> None:
    assert plan.restore_request(wanted(storage_type="gp2"), source(), "nightly")["StorageType"] == "gp2"


@pytest.mark.parametrize("storage", ["io1", "io2"])
def test_provisioned_storage_is_asked_for_with_its_rate(storage: str) -> None:
    assert plan.restore_request(wanted(), source(StorageType=storage), "nightly")["Iops"] == 3000


def test_other_storage_is_asked_for_without_a_rate() -> None:
    assert "Iops" not in plan.restore_request(wanted(), source(StorageType="gp3"), "nightly")


@pytest.mark.parametrize(
    ("described", "asked"),
    [
        ("DBSubnetGroup", "DBSubnetGroupName"),
        ("VpcSecurityGroups", "VpcSecurityGroupIds"),
        ("DBParameterGroups", "DBParameterGroupName"),
        ("OptionGroupMemberships", "OptionGroupName"),
        ("StorageType", "StorageType"),
    ],
)
def test_what_the_source_lacks_is_not_asked_for(described: str, asked: str) -> None:
    assert asked not in plan.restore_request(wanted(), source(**{described: None}), "nightly")


# --- what is printed --------------------------------------------------------------------------------------------------


def test_the_header_says_account_source_throwaway_and_dump() -> None:
    header = "\n".join(decided().header())
    for fact in ("20260424-093839", "123456789012", "v1-orcha-db", CLONE, "/project/dump/prod-20260424-093839.dump"):
        assert fact in header


def test_the_header_says_that_the_account_is_not_known() -> None:
    assert "AWS account:  not known" in "\n".join(decided(account=None).header())


def test_the_header_says_when_it_expires_and_that_no_switch_is_set() -> None:
    header = "\n".join(decided().header())
    assert "2026-04-24T13:38:39Z" in header
    assert "no switch is set (rds.expiry_role_arn is empty)" in header


def test_with_a_role_the_switch_is_the_first_step() -> None:
    with_role = decided(expiry_role="arn:aws:iam::123456789012:role/expiry")
    assert "no switch" not in "\n".join(with_role.header())
    assert "schedule the deletion" in with_role.steps()[0]


def test_a_setting_that_lowers_the_encryption_is_said() -> None:
    assert "sslmode disable: rds.sslmode allows an unencrypted connection" in "\n".join(
        decided(sslmode="disable").steps()
    )


def test_a_throwaway_that_is_there_is_not_restored_again() -> None:
    steps = "\n".join(decided(there="available").steps())
    assert f"go on with {CLONE}, which is available" in steps
    assert "restore it to" not in steps


def test_the_steps_hold_every_value_of_the_restore_request() -> None:
    request = plan.restore_request(wanted(), source(StorageType="io1"), "nightly")
    steps = "\n".join(decided(restore=request).steps())
    shown = {True: "yes", False: "no"}
    for key, value in request.items():
        if key == "Tags":
            assert all(f"{tag['Key']}={tag['Value']}" in steps for tag in value)
        elif isinstance(value, list):
            assert f"{key} {'+'.join(value)}" in steps
        elif isinstance(value, bool):
            assert f"{key} {shown[value]}" in steps
        else:
            assert str(value) in steps


def test_the_steps_are_numbered_in_order() -> None:
    steps = decided().steps()
    assert [step.split(".")[0].strip() for step in steps] == [str(number) for number in range(1, len(steps) + 1)]


def test_a_used_snapshot_is_shown_with_its_age() -> None:
    assert "use the automated snapshot nightly, 3 h 0 min old" in decided().steps()[0]


def test_a_used_snapshot_is_never_deleted() -> None:
    assert "delete the snapshot" not in "\n".join(decided().steps())


def test_a_temporary_snapshot_is_made_first() -> None:
    steps = decided(reuse=None, create=plan.snapshot_request(wanted())).steps()
    assert "make the snapshot v1-orcha-db-clone-src-20260424093839-0123 of v1-orcha-db" in steps[0]


def test_a_temporary_snapshot_is_deleted_last() -> None:
    steps = decided(reuse=None, create=plan.snapshot_request(wanted())).steps()
    assert "delete the snapshot v1-orcha-db-clone-src-20260424093839-0123 and wait until it is gone" in steps[-1]


def test_the_steps_name_bastion_login_sslmode_client_and_dump() -> None:
    steps = "\n".join(decided().steps())
    for fact in ("i-0abc", "orcha to orcha", "sslmode require", "/usr/lib/postgresql/18/bin (18.6)", "0700"):
        assert fact in steps


def test_the_steps_say_how_many_tunnels_and_which_form() -> None:
    steps = "\n".join(decided(tunnels="4 SSM tunnels", wanted=wanted(format="custom")).steps())
    assert "open 4 SSM tunnels through i-0abc" in steps
    assert "(one file, mode 0600), read it back" in steps


def test_a_password_that_will_be_set_is_announced() -> None:
    assert "set a random master password there" in "\n".join(decided().steps())


def test_a_password_that_will_not_be_set_is_not_announced() -> None:
    assert "password" not in "\n".join(decided(sets_password=False).steps())


def test_the_throwaway_is_deleted_in_the_end() -> None:
    assert f"delete {CLONE} and wait until it is gone" in decided().steps()[-1]


def test_a_plan_about_which_nothing_is_known_still_has_its_steps() -> None:
    nothing = decided(account=None, reuse=None, restore=None, bastion=None, client=None, login=None)
    assert len(nothing.steps()) == len(decided().steps())
