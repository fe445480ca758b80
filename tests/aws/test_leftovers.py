"""What is left in AWS, the command that removes each, and the reaper that removes what is nobody's."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clonekit import leftovers, names, runs
from clonekit.aws import Cloud, instances, switches
from clonekit.aws.resources import Resource
from clonekit.errors import AwsError, Declined, LeftoverError, UsageError
from clonekit.leftovers import Reaping
from clonekit.runs import Run
from clonekit.settings import Settings

from . import ACCOUNT, OURS, RUN, SOURCE, Edge

CLONE = "v1-orcha-db-clone-20260424093839"
TEMPORARY = "v1-orcha-db-clone-src-20260424093839"

TAGS = {tag["Key"]: tag["Value"] for tag in OURS}
SESSION = {"SessionId": "s-1", "Status": "Connected", "Reason": f"clonekit run {RUN}"}
AT = datetime(2126, 4, 24, tzinfo=UTC)
SWITCH = switches.request(instances.KIND, CLONE, AT, "arn:aws:iam::123456789012:role/expiry", TAGS)
NOW = datetime(2026, 4, 24, 12, tzinfo=UTC)


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


def test_all_kinds_are_listed_in_the_order_to_remove_them_in(
    left: Edge, cloud: Cloud, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    left.answer("DescribeSessions", {"Sessions": [SESSION, {"SessionId": "theirs", "Reason": "a look around"}]})
    switches.set_to(cloud, SWITCH)
    found = [(item["kind"], item["id"], item["run"]) for item in as_json(project, capsys)]
    assert found == [
        ("session", "s-1", RUN),
        ("instance", CLONE, RUN),
        ("snapshot", TEMPORARY, RUN),
        ("schedule", CLONE, RUN),
    ]


def test_who_may_not_list_schedules_is_told_and_sees_the_rest(
    left: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    left.refuse("ListSchedules", "AccessDeniedException", status=403)
    leftovers.show(project, as_json=True)
    printed = capsys.readouterr()
    assert len(json.loads(printed.out)) == 2
    assert "Could not look for schedules. AWS denied scheduler:ListSchedules" in printed.err


def test_what_could_not_be_looked_for_is_not_said_not_to_be_left(
    source: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    source.refuse("DescribeSessions", "AccessDeniedException", status=403)
    leftovers.show(project, as_json=False)
    printed = capsys.readouterr()
    assert printed.out == (
        "Nothing is left of what could be looked for: no throwaway instance, no temporary snapshot, no schedule.\n"
    )
    assert "Could not look for sessions." in printed.err


def test_who_may_not_list_instances_is_not_told_that_nothing_is_left(left: Edge, project: Settings) -> None:
    left.refuse("DescribeDBInstances", "AccessDenied", status=403)
    with pytest.raises(AwsError, match="denied rds:DescribeDBInstances"):
        leftovers.show(project, as_json=True)


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


# --- which of them is nobody's any more -------------------------------------------------------------------------------


def thing(expires: float | None = None, created: float | None = 1, run: str = RUN) -> Resource:
    """Return a throwaway that was created so many hours ago and expires in so many."""
    tags = {**TAGS, "RunId": run}
    if expires is not None:
        tags["ExpiresAt"] = names.time_text(NOW + timedelta(hours=expires))
    made = None if created is None else NOW - timedelta(hours=created)
    return Resource(id=CLONE, state="available", created=made, tags=tags)


def reason(one: Resource, wanted: Reaping = Reaping(), going: str = "", ended: str = "") -> str:  # noqa: B008
    return wanted.reason(one, NOW, {going}, {ended})


@pytest.mark.parametrize(("expires", "expected"), [(-0.1, "expired"), (0, "expired"), (0.1, "")])
def test_what_has_expired_is_removed(expires: float, expected: str) -> None:
    assert reason(thing(expires)) == expected


@pytest.mark.parametrize(("created", "expected"), [(4.1, "expired"), (3.9, ""), (None, "")])
def test_what_carries_no_expiry_expires_after_the_settings_hours(created: float | None, expected: str) -> None:
    assert reason(thing(None, created)) == expected


def test_an_expiry_that_can_not_be_read_is_none() -> None:
    odd = replace(thing(), tags={**TAGS, "ExpiresAt": "tomorrow"})
    assert reason(odd) == ""


@pytest.mark.parametrize("wanted", [Reaping(), Reaping(everything=True), Reaping(older_than=0)])
def test_what_a_run_in_progress_uses_is_never_removed(wanted: Reaping) -> None:
    assert reason(thing(-9), wanted, going=RUN) == ""


def test_what_a_run_that_has_ended_here_has_left_is_removed_before_it_expires() -> None:
    assert reason(thing(3), ended=RUN) == "its run has ended"


def test_all_is_everything_else() -> None:
    assert reason(thing(3), Reaping(everything=True)) == "--all"


@pytest.mark.parametrize(("created", "expected"), [(2, "older than 2 h"), (1.9, ""), (None, "")])
def test_older_than_is_told_by_age_alone(created: float | None, expected: str) -> None:
    assert reason(thing(-9, created), Reaping(older_than=2)) == expected


def test_what_is_still_being_created_is_as_old_as_its_run() -> None:
    young = replace(thing(None, None), tags={**TAGS, "CreatedAt": names.session_stamp(NOW - timedelta(hours=2))})
    assert reason(young, Reaping(older_than=2)) == "older than 2 h"
    assert reason(young, Reaping(older_than=3)) == ""


# --- removing ---------------------------------------------------------------------------------------------------------


def reap(settings: Settings, *, yes: bool = True, **wanted: Any) -> None:
    leftovers.reap(settings, Reaping(**wanted), yes=yes)


def still_there(project: Settings, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    return [item["kind"] for item in as_json(project, capsys)]


def test_the_reaper_keeps_what_has_not_expired(
    left: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    reap(project)
    assert capsys.readouterr().out == "removed 0, kept 2\n"
    assert left.changes == []


def test_the_reaper_removes_all_when_told_to(
    left: Edge, cloud: Cloud, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    left.answer("DescribeSessions", {"Sessions": [SESSION]}, {"Sessions": []})
    left.answer("TerminateSession", {"SessionId": "s-1"})
    switches.set_to(cloud, SWITCH)
    reap(project, everything=True)
    assert capsys.readouterr().out == "removed 4, kept 0\n"
    assert still_there(project, capsys) == []


def test_a_schedule_stays_with_what_it_is_for(left: Edge, project: Settings) -> None:
    cloud = Cloud(project.aws)
    switches.set_to(cloud, SWITCH)
    told = cloud.call("scheduler", "get_schedule", Name=CLONE)
    left.answer("GetSchedule", {**told, "CreationDate": NOW})  # long before its throwaway
    left.calls.clear()
    reap(project, older_than=1)
    assert left.changes == []


def test_a_session_stays_with_the_throwaway_of_its_run(left: Edge, project: Settings) -> None:
    old = {**SESSION, "StartDate": datetime.now(UTC) - timedelta(hours=9)}  # whose run has put its expiry off since
    left.answer("DescribeSessions", {"Sessions": [old]})
    reap(project)
    assert left.changes == []


def test_what_was_put_off_since_the_reaper_looked_is_kept_and_no_command_to_remove_it_told(
    left: Edge, project: Settings
) -> None:
    def put_off(asked: dict[str, Any]) -> dict[str, Any] | None:
        later = [*OURS, {"Key": "ExpiresAt", "Value": names.time_text(AT)}]
        again = {"DBInstanceIdentifier": CLONE, "DBInstanceStatus": "available", "TagList": later}
        return {"DBInstances": [again]} if asked and not left.sent("DeleteDBInstance") else None

    left.answer("DescribeDBInstances", put_off)
    with pytest.raises(LeftoverError, match="is not deleted") as failed:
        reap(project, everything=True)
    assert left.changes == ["DeleteDBSnapshot"]
    assert "aws rds delete-db-instance" not in str(failed.value)


def test_the_reaper_may_run_again(left: Edge, project: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    reap(project, everything=True)
    reap(project, everything=True)
    assert capsys.readouterr().out == "removed 2, kept 0\nremoved 0, kept 0\n"


def test_the_reaper_asks_and_no_is_no(left: Edge, project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    with pytest.raises(Declined, match="Nothing was removed"):
        reap(project, yes=False, everything=True)
    assert left.changes == []


def test_the_reaper_refuses_another_account(left: Edge, project: Settings) -> None:
    with pytest.raises(AwsError, match=f"belongs to the account {ACCOUNT}, not to 999999999999"):
        reap(replace(project, aws=replace(project.aws, account="999999999999")), everything=True)
    assert left.changes == []


def test_the_reaper_does_not_go_ahead_unasked_in_an_account_nobody_named(left: Edge, project: Settings) -> None:
    with pytest.raises(UsageError, match=r"--yes needs the production account in aws\.account"):
        reap(replace(project, aws=replace(project.aws, account="")), everything=True)
    assert left.changes == []


def test_one_that_stays_does_not_keep_the_reaper_from_the_others(
    left: Edge, cloud: Cloud, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    switches.set_to(cloud, SWITCH)
    left.refuse("DeleteDBInstance", "AccessDenied", status=403)
    with pytest.raises(LeftoverError, match="denied rds:DeleteDBInstance"):
        reap(project, everything=True)
    assert still_there(project, capsys) == ["instance", "schedule"]  # the switch stays with what it is for


def test_the_reaper_touches_nothing_without_our_name_and_tag(
    left: Edge, project: Settings, instance: Callable[..., None]
) -> None:
    instance(f"{SOURCE}-clone-by-hand")
    instance("another", Tags=OURS)
    reap(project, everything=True)
    assert [sent["DBInstanceIdentifier"] for sent in left.sent("DeleteDBInstance")] == [CLONE]


def test_a_killed_runs_remains_are_removed_to_the_unfinished_dump(left: Edge, project: Settings) -> None:
    part = project.dump_dir / "prod.dump.abc_1234.part"
    other = project.dump_dir / "prod-2.dump.abc_1234.part"
    project.dump_dir.mkdir()
    part.touch()
    other.touch()
    project.runs_dir.mkdir(parents=True)
    killed = Run(RUN, SOURCE, "2026-04-24T09:38:39Z", str(project.dump_dir / "prod.dump"), project.runs_dir)
    killed.ask(instances.KIND.noun, CLONE)
    reap(project)
    assert [(one.state, one.said, one.left) for one in runs.every(project.runs_dir)] == [("failed", "killed", [])]
    assert [path.name for path in project.dump_dir.iterdir()] == [other.name]


def test_the_record_of_what_was_gone_already_says_so(
    left: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    project.runs_dir.mkdir(parents=True)
    run = Run(RUN, SOURCE, "2026-04-24T09:38:39Z", "d", project.runs_dir, state=runs.FAILED)
    for kind, identifier in (("instance", "gone-by-its-switch"), ("snapshot", TEMPORARY)):
        run.set(kind, identifier, runs.THERE)
    leftovers.reap(project, Reaping(older_than=9e6), yes=False)
    assert capsys.readouterr().out.endswith("removed 0, kept 2\n")
    assert [[one.id for one in run.left] for run in runs.every(project.runs_dir)] == [[TEMPORARY]]


@pytest.mark.parametrize("has_switch", [True, False])
def test_what_a_young_run_asked_for_and_aws_does_not_list_may_yet_appear(
    has_switch: bool, source: Edge, cloud: Cloud, project: Settings
) -> None:
    if has_switch:
        switches.set_to(cloud, SWITCH)
    project.runs_dir.mkdir(parents=True)
    Run(RUN, SOURCE, names.time_text(datetime.now(UTC)), "d", project.runs_dir).ask(instances.KIND.noun, CLONE)
    reap(project)
    assert [[one.id for one in run.left] for run in runs.every(project.runs_dir)] == [[CLONE]]


def test_what_a_run_has_left_in_another_region_is_not_recorded_as_gone(source: Edge, project: Settings) -> None:
    project.runs_dir.mkdir(parents=True)
    run = Run(RUN, SOURCE, "2026-04-24T09:38:39Z", "d", project.runs_dir, where=f"{ACCOUNT} us-east-1")
    run.set(instances.KIND.noun, CLONE, runs.THERE)
    reap(project)
    assert [[one.id for one in run.left] for run in runs.every(project.runs_dir)] == [[CLONE]]


def test_a_new_run_is_told_what_earlier_ones_have_left(
    left: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    leftovers.tell(project, Cloud(project.aws))
    said = capsys.readouterr().err
    assert f"Left by an earlier run: instance {CLONE}, available" in said
    assert "inv db.reap-clones" in said
    assert left.changes == []


def test_what_goes_on_beside_a_new_run_is_not_told_as_left(
    left: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with runs.held(Run(RUN, SOURCE, "2026-04-24T09:38:39Z", "d", project.runs_dir)):
        leftovers.tell(project, Cloud(project.aws))
    assert capsys.readouterr().err == ""
