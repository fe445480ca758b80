"""The main recipe: refused before anything is spent, or carried out and cleaned up, on every way out."""

import io
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from clonekit import cloning, preparing, runs
from clonekit.aws import Cloud, instances
from clonekit.aws.leases import Lease
from clonekit.errors import (
    AwsError,
    ClientError,
    Declined,
    DumpError,
    Error,
    Interrupted,
    LeftoverError,
    NotOursError,
    TunnelError,
    UsageError,
)
from clonekit.postgres import databases, dumps, loading, manifests
from clonekit.postgres.clients import Client
from clonekit.postgres.server import Server
from clonekit.preparing import Options
from clonekit.runs import Run
from clonekit.settings import Aws, Settings, Ssm

from . import ACCOUNT, OURS, SOURCE, Edge

PARAMETER = "/v1-orcha/db-credentials"
DENIED = "AccessDeniedException"


def clone(settings: Settings, **options: Any) -> Path:
    return cloning.clone(settings, Options(**{"yes": True, **options}))


def put_credentials(text: str) -> None:
    ssm = boto3.client("ssm", region_name="eu-central-1")
    ssm.put_parameter(Name=PARAMETER, Value=text, Type="SecureString", Overwrite=True)


def told(settings: Settings) -> Settings:
    """Return settings by which the password is not made up but read from the parameter."""
    return replace(settings, rds=replace(settings.rds, credentials="parameter"))


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def refused(edge: Edge, settings: Settings, error: type[Error], match: str, **options: Any) -> None:
    """Assert that cloning fails so, and that nothing was changed or left behind."""
    edge.calls.clear()
    with pytest.raises(error, match=match) as failed:
        clone(settings, **options)
    assert "\n" not in str(failed.value)
    assert edge.changes == []
    assert list(settings.root.glob("dump/*")) == []


# --- refused before anything is spent ---------------------------------------------------------------------------------


def test_a_wrong_account_is_refused(production: Edge, project: Settings) -> None:
    settings = replace(project, aws=replace(project.aws, account="999999999999"))
    refused(production, settings, AwsError, f"belongs to the account {ACCOUNT}, not to 999999999999")


def test_yes_without_an_account_is_refused(production: Edge, project: Settings) -> None:
    settings = replace(project, aws=replace(project.aws, account=""))
    refused(production, settings, UsageError, "--yes needs the production account in aws.account")


@pytest.mark.parametrize("said", ["n\n", "\n", "", "no\n", "yes please\n"])
def test_any_answer_but_yes_is_no(
    said: str, production: Edge, project: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, said)
    refused(production, project, Declined, "Nothing was changed", yes=False)


def test_the_question_comes_after_the_plan_and_on_stderr(
    production: Edge, project: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, "n\n")
    with pytest.raises(Declined):
        clone(project, yes=False)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.index("wait until it is gone") < printed.err.index("Continue? [y/N]")


def test_what_iam_would_deny_later_is_told_before_the_question(
    production: Edge, project: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    denied = {"EvalActionName": "rds:DeleteDBInstance", "EvalDecision": "implicitDeny"}
    production.answer("SimulatePrincipalPolicy", {"EvaluationResults": [denied]})
    answer(monkeypatch, "n\n")
    with pytest.raises(Declined):
        clone(project, yes=False)
    told = capsys.readouterr().err
    assert told.index("failed, permissions: Denied, by IAM's simulator: rds:DeleteDBInstance") < told.index("Continue?")


def test_a_missing_source_is_refused(production: Edge, project: Settings) -> None:
    settings = replace(project, rds=replace(project.rds, source="typo"))
    refused(production, settings, AwsError, r"no RDS instance 'typo' in eu-central-1")


def test_no_running_bastion_is_refused(production: Edge, project: Settings) -> None:
    refused(production, replace(project, ssm=Ssm(bastion="nobody")), AwsError, "No running EC2 instance")


def test_of_several_things_missing_the_first_of_the_plan_is_told(production: Edge, project: Settings) -> None:
    production.refuse("DescribeDBSnapshots", DENIED)
    settings = replace(project, rds=replace(project.rds, source="typo"), ssm=Ssm(bastion="nobody"))
    refused(production, settings, AwsError, "no RDS instance 'typo'")


def test_no_plugin_is_refused(
    production: Edge, project: Settings, plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(project.root))
    refused(production, project, ClientError, "session-manager-plugin is not on PATH")


def test_no_fitting_client_is_refused(production: Edge, project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clonekit.postgres.clients.folders", lambda _: iter([]))
    refused(production, project, ClientError, "No PostgreSQL client programs of version 16 or later with TLS")


@pytest.mark.parametrize("text", ["hunter2 is no json", '{"password": "hunter2"}', '"hunter2"'])
def test_broken_credentials_are_refused_without_showing_them(text: str, production: Edge, project: Settings) -> None:
    put_credentials(text)
    refused(production, told(project), UsageError, "^(?!.*hunter2).*database credentials")


def test_a_missing_parameter_is_refused(production: Edge, project: Settings) -> None:
    settings = replace(told(project), ssm=Ssm(credentials_parameter="/typo"))
    refused(production, settings, AwsError, "ssm:GetParameter: ParameterNotFound")


def test_an_unknown_profile_is_refused(production: Edge, project: Settings) -> None:
    settings = replace(project, aws=Aws(profile="nobody", account=ACCOUNT))
    refused(production, settings, AwsError, r"profile \(nobody\)")


def test_an_expired_login_is_refused(production: Edge, project: Settings) -> None:
    production.refuse("GetCallerIdentity", "ExpiredToken", "The token has expired")
    refused(production, project, AwsError, "Log in again")


def test_an_output_that_exists_is_refused(production: Edge, project: Settings) -> None:
    taken = project.root / "taken.dump"
    taken.write_text("precious")
    refused(production, project, UsageError, "exists already", output=str(taken))
    assert taken.read_text() == "precious"


def test_an_output_in_a_missing_folder_is_refused(production: Edge, project: Settings) -> None:
    refused(production, project, UsageError, "not there or not writable", output=str(project.root / "no" / "x.dump"))


# --- the plan without acting ------------------------------------------------------------------------------------------


def test_showing_the_plan_changes_nothing(
    production: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    cloning.show_plan(project, Options(instance_class="db.t4g.medium"))
    printed = capsys.readouterr().out
    assert production.changes == []
    assert "DBInstanceClass db.t4g.medium" in printed
    assert printed.endswith("[--skip-restore] nothing was changed.\n")


def test_showing_the_plan_says_what_it_could_not_look_up(
    production: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    production.refuse("DescribeDBSnapshots", "AccessDenied", status=403)
    cloning.show_plan(replace(project, ssm=Ssm(bastion="nobody")), Options())
    told = capsys.readouterr().err
    assert "Could not look up the newest snapshot: AWS denied rds:DescribeDBSnapshots" in told
    assert "Could not look up the bastion: No running EC2 instance" in told


def test_showing_the_plan_needs_no_login_at_all(
    edge: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    cloning.show_plan(replace(project, aws=Aws(profile="nobody")), Options())
    assert "AWS account:  not known" in capsys.readouterr().out


def test_a_young_snapshot_is_planned_to_be_used(
    production: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    cloning.show_plan(project, Options())
    assert "snapshot nightly" in capsys.readouterr().out


def test_an_old_snapshot_is_planned_to_be_replaced(
    production: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    cloning.show_plan(project, Options(freshness_hours=0))
    assert "make the snapshot v1-orcha-db-clone-src-" in capsys.readouterr().out


def test_a_fresh_snapshot_is_planned_where_it_is_wanted(
    production: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    cloning.show_plan(project, Options(fresh_snapshot=True))
    assert "make the snapshot v1-orcha-db-clone-src-" in capsys.readouterr().out


# --- AWS refuses in the middle ----------------------------------------------------------------------------------------


def test_a_snapshot_that_may_not_be_made_ends_it_by_naming_the_action(production: Edge, project: Settings) -> None:
    production.refuse("CreateDBSnapshot", "AccessDenied", status=403)
    with pytest.raises(AwsError, match="AWS denied rds:CreateDBSnapshot"):
        clone(project, fresh_snapshot=True)
    assert production.changes == ["CreateDBSnapshot"]


def test_no_snapshot_and_no_right_to_make_one_ends_it_by_naming_the_action(production: Edge, project: Settings) -> None:
    production.answer(
        "DescribeDBSnapshots", lambda asked: None if "DBSnapshotIdentifier" in asked else {"DBSnapshots": []}
    )
    production.refuse("CreateDBSnapshot", "AccessDenied", status=403)
    with pytest.raises(AwsError, match="AWS denied rds:CreateDBSnapshot"):
        clone(project)
    assert production.changes == ["CreateDBSnapshot"]


def test_a_refused_restore_leaves_nothing(production: Edge, project: Settings) -> None:
    production.refuse("RestoreDBInstanceFromDBSnapshot", "InvalidParameterValue", "Invalid DB Instance class: db.nope")
    with pytest.raises(AwsError, match=r"db\.nope"):
        clone(project, instance_class="db.nope")
    assert production.changes == ["RestoreDBInstanceFromDBSnapshot"]


def test_a_refused_restore_deletes_the_temporary_snapshot(production: Edge, project: Settings, rds: Any) -> None:
    production.refuse("RestoreDBInstanceFromDBSnapshot", "InvalidParameterValue")
    with pytest.raises(AwsError):
        clone(project, fresh_snapshot=True)
    kept = [
        one["DBSnapshotIdentifier"] for one in rds.describe_db_snapshots(DBInstanceIdentifier=SOURCE)["DBSnapshots"]
    ]
    assert not [name for name in kept if "clone" in name]


def test_a_dead_throwaway_is_deleted(production: Edge, project: Settings) -> None:
    def dead(asked: dict[str, Any]) -> dict[str, Any] | None:
        name = asked.get("DBInstanceIdentifier", "")
        if "-clone-" not in name or production.sent("DeleteDBInstance"):
            return None
        tags = production.sent("RestoreDBInstanceFromDBSnapshot")[0]["Tags"]
        return {
            "DBInstances": [{"DBInstanceIdentifier": name, "DBInstanceStatus": "incompatible-network", "TagList": tags}]
        }

    production.answer("DescribeDBInstances", dead)
    with pytest.raises(AwsError, match="the state is 'incompatible-network'"):
        clone(project)
    assert len(production.sent("DeleteDBInstance")) == 1


def test_a_restore_whose_reply_was_lost_is_deleted(
    production: Edge, project: Settings, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clonekit.aws.lifecycles.APPEAR_SECONDS", 0.01)
    real = cloud.client("rds").restore_db_instance_from_db_snapshot

    def arrive_and_be_lost(asked: dict[str, Any]) -> dict[str, Any] | None:
        if len(production.sent("RestoreDBInstanceFromDBSnapshot")) > 1:
            return None
        real(**asked)
        return {"Error": {"Code": "InternalFailure"}, "ResponseMetadata": {"HTTPStatusCode": 500}}

    production.answer("RestoreDBInstanceFromDBSnapshot", arrive_and_be_lost)
    with pytest.raises(AwsError, match="InternalFailure"):
        clone(project)
    identifier = production.sent("RestoreDBInstanceFromDBSnapshot")[0]["DBInstanceIdentifier"]
    assert [call["DBInstanceIdentifier"] for call in production.sent("DeleteDBInstance")] == [identifier]


def test_a_throwaway_that_can_not_be_deleted_is_a_leftover(
    production: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    production.refuse("StartSession", DENIED)
    production.refuse("DeleteDBInstance", "AccessDenied", status=403)
    with pytest.raises(LeftoverError) as failed:
        clone(project)
    assert "Before that: AWS denied ssm:StartSession" in str(failed.value)
    assert "aws rds delete-db-instance" in capsys.readouterr().err


def test_a_snapshot_is_deleted_even_if_the_throwaway_could_not_be(production: Edge, project: Settings) -> None:
    production.refuse("StartSession", DENIED)
    production.refuse("DeleteDBInstance", "AccessDenied", status=403)
    with pytest.raises(LeftoverError):
        clone(project, fresh_snapshot=True)
    assert len(production.sent("DeleteDBSnapshot")) == 1


def test_an_interruption_deletes_the_throwaway_and_the_snapshot(production: Edge, project: Settings) -> None:
    def interrupt(_: dict[str, Any]) -> None:
        raise Interrupted(15)

    production.answer("StartSession", interrupt)
    with pytest.raises(Interrupted):
        clone(project, fresh_snapshot=True)
    assert production.changes[-2:] == ["DeleteDBInstance", "DeleteDBSnapshot"]


# --- carried out, down to a real server and a real pg_dump ------------------------------------------------------------


@pytest.fixture
def reachable(
    production: Edge, project: Settings, plugin: Path, server: Server, client: Client, database: Callable[..., str]
) -> Settings:
    """Production of version 18 whose throwaways are our embedded server, which the tunnel's port leads to."""
    dbname = database("CREATE TABLE people (id int PRIMARY KEY, name text); INSERT INTO people VALUES (1, 'Ada')")
    boto3.client("rds", region_name="eu-central-1").modify_db_instance(
        DBInstanceIdentifier=SOURCE, EngineVersion="18.1", ApplyImmediately=True
    )
    login = {"username": server.user, "password": server.password, "host": "db", "port": 5432, "dbname": dbname}
    put_credentials(json.dumps(login))
    plugin.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && exec echo 1.2.707.0\n'
        f'echo "Port {server.port} opened for sessionId s-1."\nexec sleep 60\n'
    )
    production.calls.clear()
    local = replace(project.local, client_dir=str(client.folder))
    return replace(
        project, rds=replace(project.rds, sslmode="disable", login_seconds=5, credentials="parameter"), local=local
    )


@pytest.mark.parametrize("format", ["directory", "custom"])
def test_a_clone_is_a_private_whole_dump(
    format: str, reachable: Settings, server: Server, database: Callable[..., str]
) -> None:
    path = clone(reachable, format=format)
    target = database()
    assert path.is_dir() is (format == "directory")
    assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)
    loading.load(server, path, target)
    with databases.connect(server, target) as connection:
        assert connection.execute("SELECT name FROM people").fetchall() == [("Ada",)]


def test_a_clone_lies_in_the_private_dump_folder_under_its_sessions_name(reachable: Settings) -> None:
    before = datetime.now(UTC)
    path = clone(reachable)
    assert path.parent == reachable.dump_dir
    assert path.parent.stat().st_mode & 0o777 == 0o700
    stamp = datetime.strptime(path.name, "prod-%Y%m%d-%H%M%S.dump").replace(tzinfo=UTC)
    assert before.replace(microsecond=0) <= stamp <= datetime.now(UTC)


def test_a_clone_lies_where_output_says(reachable: Settings) -> None:
    assert clone(reachable, output=str(reachable.root / "here.dump")) == reachable.root / "here.dump"


def test_a_clone_asks_aws_for_these_changes_in_this_order(production: Edge, reachable: Settings) -> None:
    clone(reachable)
    assert production.changes == [
        "RestoreDBInstanceFromDBSnapshot",
        "StartSession",
        "TerminateSession",
        "DeleteDBInstance",
    ]


def test_a_clone_of_a_fresh_snapshot_deletes_that_last(production: Edge, reachable: Settings) -> None:
    clone(reachable, fresh_snapshot=True)
    assert (production.changes[0], production.changes[-1]) == ("CreateDBSnapshot", "DeleteDBSnapshot")


def test_nothing_is_left_afterwards(reachable: Settings, rds: Any) -> None:
    clone(reachable, fresh_snapshot=True)
    assert [one["DBInstanceIdentifier"] for one in rds.describe_db_instances()["DBInstances"]] == [SOURCE]
    assert not [one for one in rds.describe_db_snapshots()["DBSnapshots"] if "-clone-" in one["DBSnapshotIdentifier"]]


def test_the_answer_yes_starts_it(reachable: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "Y\n")
    assert clone(reachable, yes=False).exists()


def test_the_local_override_does_not_redirect_productions_dump(
    reachable: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORCHA_LOCAL_DB_NAME_OVERRIDE", "no_such_database")
    assert clone(reachable).exists()


def test_the_masters_password_on_the_throwaway_is_made_up(production: Edge, reachable: Settings, rds: Any) -> None:
    # our server does not take it, so the login fails; what was sent is what counts
    settings = replace(reachable, rds=replace(reachable.rds, login_seconds=0, credentials="generated"))
    with pytest.raises(TunnelError, match="No login through the tunnel"):
        clone(settings)
    assert production.sent("GetParameter") == []
    sent = production.sent("ModifyDBInstance")[0]
    assert "-clone-" in sent["DBInstanceIdentifier"]
    assert sent["MasterUserPassword"] != "prod-secret"
    assert len(sent["MasterUserPassword"]) >= 30


def test_a_login_that_never_works_deletes_the_throwaway(production: Edge, reachable: Settings) -> None:
    settings = replace(reachable, rds=replace(reachable.rds, login_seconds=0, credentials="generated"))
    with pytest.raises(TunnelError, match=r"rds\.login_seconds"):
        clone(settings)
    assert production.changes[-2:] == ["TerminateSession", "DeleteDBInstance"]


def test_a_dump_that_fails_deletes_the_throwaway_and_leaves_no_file(
    production: Edge, reachable: Settings, client: Client, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("pg_restore", "psql"):
        (broken / name).symlink_to(client.program(name))
    failing = (
        'case "$1" in --version) echo "pg_dump (PostgreSQL) 18.6";; *) echo "pg_dump: error: lost" >&2; exit 1;; esac'
    )
    (broken / "pg_dump").write_text(f"#!/bin/sh\n{failing}\n")
    (broken / "pg_dump").chmod(0o755)
    settings = replace(reachable, local=replace(reachable.local, client_dir=str(broken)))
    with pytest.raises(ClientError, match="pg_dump failed: pg_dump: error: lost"):
        clone(settings)
    assert production.changes[-2:] == ["TerminateSession", "DeleteDBInstance"]
    assert os.listdir(settings.dump_dir) == []  # noqa: PTH208


def test_a_login_that_expires_at_the_restore_leaves_nothing_to_remove(production: Edge, project: Settings) -> None:
    production.refuse("RestoreDBInstanceFromDBSnapshot", "ExpiredToken", "expired", status=403)
    with pytest.raises(AwsError, match="Log in again"):
        cloning.clone(project, Options(yes=True))


def slow_then_real(folder: Path, client: Client, before: str = "sleep 0.5") -> str:
    """Return a folder of the real programs, but with a pg_dump that takes half a second, or what else is before it."""
    folder.mkdir()
    for name in ("pg_restore", "psql"):
        (folder / name).symlink_to(client.program(name))
    (folder / "pg_dump").write_text(
        f'#!/bin/sh\n[ "$1" = --version ] || {before}\nexec "{client.program("pg_dump")}" "$@"\n'
    )
    (folder / "pg_dump").chmod(0o755)
    return str(folder)


def ending_plugin(plugin: Path, port: int, times: int) -> None:
    """Make the first so many tunnels end by themselves."""
    plugin.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && exec echo 1.2.707.0\n'
        f'echo "Port {port} opened for sessionId s-1."\necho >> "$0.calls"\n'
        f'[ "$(wc -l < "$0.calls")" -le {times} ] && exec sleep 0.2\nexec sleep 60\n'
    )


def test_a_lost_tunnel_costs_a_new_dump_and_not_a_new_restore(
    production: Edge, reachable: Settings, plugin: Path, server: Server, client: Client, tmp_path: Path
) -> None:
    ending_plugin(plugin, server.port, 1)
    local = replace(reachable.local, client_dir=slow_then_real(tmp_path / "slow", client))
    path = clone(replace(reachable, local=local, ssm=replace(reachable.ssm, stall_seconds=0.2)))
    assert path.exists()
    session = ["StartSession", "TerminateSession"]
    assert production.changes == ["RestoreDBInstanceFromDBSnapshot", *session, *session, "DeleteDBInstance"]


def test_a_connection_that_is_lost_while_a_worker_locks_its_table_costs_a_new_dump(
    production: Edge, reachable: Settings, client: Client, tmp_path: Path
) -> None:
    said = 'pg_dump: error: could not obtain lock on relation "public.invoice"'  # by the one that got no answer
    fails_once = f"""mkdir "$0.failed" 2>/dev/null && {{ echo '{said}' >&2; exit 1; }}"""
    is_dump = 'case "$*" in *--file=*) '
    local = replace(
        reachable.local, client_dir=slow_then_real(tmp_path / "locking", client, f"{is_dump}{fails_once};; esac")
    )
    assert clone(replace(reachable, local=local, ssm=replace(reachable.ssm, stall_seconds=0.2))).exists()
    assert len(production.sent("StartSession")) == 2


def test_tunnels_that_are_all_lost_end_it_and_leave_nothing(
    production: Edge, reachable: Settings, plugin: Path, server: Server, client: Client, tmp_path: Path
) -> None:
    ending_plugin(plugin, server.port, 9)
    local = replace(reachable.local, client_dir=slow_then_real(tmp_path / "slow", client))
    with pytest.raises(TunnelError, match="The SSM session has ended"):
        clone(replace(reachable, local=local, ssm=replace(reachable.ssm, stall_seconds=0.2, attempts=2)))
    assert len(production.sent("StartSession")) == 2
    assert production.changes[-1] == "DeleteDBInstance"
    assert list(reachable.dump_dir.iterdir()) == []


# --- over several sessions --------------------------------------------------------------------------------------------


def over(settings: Settings, sessions: str) -> Settings:
    return replace(settings, ssm=replace(settings.ssm, sessions=sessions))


def test_so_many_sessions_are_opened_and_ended(
    production: Edge, reachable: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    path = clone(over(reachable, "3"))
    assert production.changes[1:-1] == ["StartSession"] * 3 + ["TerminateSession"] * 3
    assert "SSM sessions: 3, tables at once: 1, compression: gzip." in capsys.readouterr().err
    assert manifests.verified(path, lambda: dumps.checksum(path))


def test_a_small_database_takes_one_session(production: Edge, reachable: Settings) -> None:
    clone(over(reachable, "auto"))
    assert len(production.sent("StartSession")) == 1


def test_a_single_file_takes_one_session(production: Edge, reachable: Settings) -> None:
    clone(over(reachable, "3"), format="custom")
    assert len(production.sent("StartSession")) == 1


def test_one_lost_tunnel_of_three_costs_a_new_dump_through_three_new_ones(
    production: Edge, reachable: Settings, plugin: Path, server: Server, client: Client, tmp_path: Path
) -> None:
    plugin.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && exec echo 1.2.707.0\n'
        f'echo "Port {server.port} opened for sessionId s-1."\necho $$ >> "$0.calls"\n'
        f'[ "$(grep -n "^$$\\$" "$0.calls" | cut -d: -f1)" = 3 ] && exec sleep 1\nexec sleep 60\n'
    )
    slow = slow_then_real(tmp_path / "slow", client)
    (Path(slow) / "pg_dump").write_text((Path(slow) / "pg_dump").read_text().replace("0.5", "1.5"))
    local = replace(reachable.local, client_dir=slow)
    path = clone(over(replace(reachable, local=local, ssm=replace(reachable.ssm, stall_seconds=0.2)), "3"))
    assert path.exists()
    assert production.changes[1:-1] == (["StartSession"] * 3 + ["TerminateSession"] * 3) * 2
    assert len(list(path.parent.iterdir())) == 2  # the dump and its manifest


def test_where_aws_refuses_more_sessions_one_must_do(
    production: Edge, reachable: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    one = {"SessionId": "s-1", "TokenValue": "token", "StreamUrl": "wss://stream"}
    refusal = {"Error": {"Code": "ServiceQuotaExceeded"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    production.answer("StartSession", one, one, refusal)
    assert clone(over(reachable, "3")).exists()
    said = capsys.readouterr().err
    assert "Going on with one SSM session." in said
    assert "SSM sessions: 1, " in said
    assert len(production.sent("TerminateSession")) == 2


def test_the_plan_says_how_many_tunnels_and_what_will_be_written(
    production: Edge, project: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    cloning.show_plan(over(project, "5"), Options())
    cloning.show_plan(project, Options(format="custom"))
    first, second = capsys.readouterr().out.split("nothing was changed.")[:2]
    assert "open 5 SSM tunnels side by side (ssm.sessions) through i-" in first
    assert "(a folder, mode 0700, two tables at once per tunnel)" in first
    assert "open an SSM tunnel (all that a single file can use) through i-" in second
    assert "(one file, mode 0600)" in second


# --- written down, marked with an expiry, and gone on with ------------------------------------------------------------

ROLE = "arn:aws:iam::123456789012:role/expiry"
SHORT = 0.1 / 3600  # hours; any dump takes longer


def with_switch(settings: Settings) -> Settings:
    return replace(settings, rds=replace(settings.rds, expiry_role_arn=ROLE))


def recorded(settings: Settings) -> Run:
    found = runs.every(settings.runs_dir)
    assert len(found) == 1
    return found[0]


def test_what_is_asked_for_is_written_down_before(production: Edge, reachable: Settings) -> None:
    seen = list[list[str]]()

    def look(_: dict[str, Any]) -> None:
        seen.append([one.id for one in recorded(reachable).left])

    production.answer("CreateDBSnapshot", look)
    production.answer("RestoreDBInstanceFromDBSnapshot", look)
    clone(reachable, fresh_snapshot=True)
    snapshot = production.sent("CreateDBSnapshot")[0]["DBSnapshotIdentifier"]
    throwaway = production.sent("RestoreDBInstanceFromDBSnapshot")[0]["DBInstanceIdentifier"]
    assert seen == [[snapshot], [snapshot, throwaway]]


def test_a_run_that_went_well_is_recorded_with_nothing_left(reachable: Settings) -> None:
    path = clone(reachable)
    run = recorded(reachable)
    assert (run.state, run.left, run.dump) == (runs.DONE, [], str(path))


def test_sts_is_asked_once_whose_the_login_is(production: Edge, reachable: Settings) -> None:
    production.calls.clear()
    clone(reachable)
    assert len(production.sent("GetCallerIdentity")) == 1
    assert production.sent("SimulatePrincipalPolicy")


def test_a_run_that_failed_is_recorded_with_why(production: Edge, project: Settings) -> None:
    production.refuse("RestoreDBInstanceFromDBSnapshot", "InvalidParameterValue", "Invalid class")
    with pytest.raises(AwsError):
        clone(project)
    run = recorded(project)
    assert (run.state, run.left) == (runs.FAILED, [])
    assert "Invalid class" in run.said


def test_everything_made_carries_the_runs_id_and_its_expiry(production: Edge, reachable: Settings) -> None:
    clone(reachable, fresh_snapshot=True)
    run = recorded(reachable)
    for operation in ("CreateDBSnapshot", "RestoreDBInstanceFromDBSnapshot"):
        tags = {tag["Key"]: tag["Value"] for tag in production.sent(operation)[0]["Tags"]}
        lasting = datetime.fromisoformat(tags["ExpiresAt"]) - datetime.fromisoformat(run.started)
        assert (tags["RunId"], lasting) == (run.id, timedelta(hours=4))
    assert production.sent("StartSession")[0]["Reason"] == f"clonekit run {run.id}"


def test_the_switch_is_set_before_each_making_and_taken_off_after_each_deletion(
    production: Edge, reachable: Settings
) -> None:
    clone(with_switch(reachable), fresh_snapshot=True)
    assert production.changes == [
        "CreateSchedule",
        "CreateDBSnapshot",
        "CreateSchedule",
        "RestoreDBInstanceFromDBSnapshot",
        "StartSession",
        "TerminateSession",
        "DeleteDBInstance",
        "DeleteSchedule",
        "DeleteDBSnapshot",
        "DeleteSchedule",
    ]


def test_without_the_switch_nothing_is_made(production: Edge, reachable: Settings) -> None:
    production.refuse("CreateSchedule", "AccessDeniedException", status=403)
    with pytest.raises(AwsError, match="AWS denied scheduler:CreateSchedule"):
        clone(with_switch(reachable))
    assert production.changes == ["CreateSchedule"]


def test_a_switch_that_another_has_under_our_name_is_left_alone_and_ends_it(
    production: Edge, reachable: Settings
) -> None:
    scheduler, strangers = boto3.client("scheduler", region_name="eu-central-1"), list[str]()

    def be_late(asked: dict[str, Any]) -> None:
        if not strangers:
            strangers.append(asked["Name"])
            scheduler.create_schedule(**{**asked, "Description": "theirs"})

    production.answer("CreateSchedule", be_late)
    with pytest.raises(AwsError, match="does not say that this run made it") as failed:
        clone(with_switch(reachable))
    assert not isinstance(failed.value, LeftoverError)
    assert scheduler.get_schedule(Name=strangers[0])["Description"] == "theirs"
    assert set(production.changes) == {"CreateSchedule"}


def test_the_switch_stays_on_what_could_not_be_deleted(production: Edge, reachable: Settings) -> None:
    production.refuse("DeleteDBInstance", "AccessDenied", status=403)
    with pytest.raises(LeftoverError, match="AWS deletes it by itself after"):
        clone(with_switch(reachable))
    assert production.sent("DeleteSchedule") == []


def test_a_switch_that_can_not_be_taken_off_is_a_leftover(production: Edge, reachable: Settings) -> None:
    production.refuse("DeleteSchedule", "AccessDeniedException", status=403)
    with pytest.raises(LeftoverError, match=r"denied scheduler:DeleteSchedule(?s:.*)aws scheduler delete-schedule"):
        clone(with_switch(reachable))


def test_a_long_run_puts_its_expiry_off(production: Edge, reachable: Settings) -> None:
    settings = with_switch(reachable)
    clone(replace(settings, rds=replace(settings.rds, expiry_hours=SHORT)))
    sent = production.sent("UpdateSchedule")
    assert sent
    assert sent[-1]["ScheduleExpression"] >= production.sent("CreateSchedule")[0]["ScheduleExpression"]
    marks = [call["Tags"][0] for call in production.sent("AddTagsToResource")]
    assert {mark["Key"] for mark in marks} == {"ExpiresAt"}


def test_what_is_made_long_after_it_was_planned_expires_as_long_after_that(
    production: Edge, reachable: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime.now(UTC) + timedelta(hours=5)  # the question was answered after lunch
    monkeypatch.setattr("clonekit.aws.leases.datetime", SimpleNamespace(now=lambda _: later))
    clone(with_switch(reachable))
    tags = {tag["Key"]: tag["Value"] for tag in production.sent("RestoreDBInstanceFromDBSnapshot")[0]["Tags"]}
    expires = later + timedelta(hours=4)
    assert tags["ExpiresAt"] == f"{expires:%Y-%m-%dT%H:%M:%SZ}"
    assert production.sent("CreateSchedule")[0]["ScheduleExpression"] == f"at({expires:%Y-%m-%dT%H:%M:%S})"


def test_an_expiry_that_can_not_be_put_off_is_told_and_not_the_end(
    production: Edge, reachable: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    production.refuse("AddTagsToResource", "AccessDenied", status=403)
    clone(replace(reachable, rds=replace(reachable.rds, expiry_hours=SHORT)))
    assert "The expiry could not be put off. AWS denied rds:AddTagsToResource" in capsys.readouterr().err


def test_an_expiry_that_could_not_be_put_off_is_put_off_soon_after(
    source: Edge, cloud: Cloud, project: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = datetime(2026, 4, 24, 9, tzinfo=UTC)
    wanted = replace(preparing.wanted(project, Options()), now=began, expires=began + timedelta(hours=4))
    lease = Lease(cloud, wanted, 4, "arn:aws:iam::123456789012:role/expiry")
    monkeypatch.setattr("clonekit.aws.leases.datetime", SimpleNamespace(now=lambda _: began))
    lease.keep(instances.KIND, wanted.clone_id)
    source.refuse("UpdateSchedule", "Throttling", times=1)
    source.calls.clear()
    for minutes in (119, 121, 122, 140):  # not due, refused, not due again, due
        at = began + timedelta(minutes=minutes)
        monkeypatch.setattr("clonekit.aws.leases.datetime", SimpleNamespace(now=lambda _, at=at: at))
        lease.renew()
    assert [sent["ScheduleExpression"] for sent in source.sent("UpdateSchedule")] == [
        "at(2026-04-24T15:01:00)",
        "at(2026-04-24T15:20:00)",
    ]


def left_behind(production: Edge, settings: Settings, **options: Any) -> Run:
    """Let a run lose its login for good after the restore, and return its record."""
    production.refuse("StartSession", "ExpiredTokenException")
    production.refuse("DeleteDBInstance", "ExpiredToken", status=403)
    production.refuse("DeleteDBSnapshot", "ExpiredToken", status=403)
    with pytest.raises(LeftoverError, match=r"Log in again(?s:.*)inv db\.clone-prod --resume"):
        clone(settings, **options)
    for operation in ("StartSession", "DeleteDBInstance", "DeleteDBSnapshot"):
        production.answer(operation, lambda _: None)
    production.answer("StartSession", {"SessionId": "s-2", "TokenValue": "token", "StreamUrl": "wss://stream"})
    run = recorded(settings)
    assert run.left
    production.calls.clear()
    return run


def test_a_resumed_run_restores_nothing_again_and_leaves_nothing(production: Edge, reachable: Settings) -> None:
    run = left_behind(production, reachable)
    path = clone(reachable, resume=True)
    assert str(path) == run.dump
    assert production.changes == ["AddTagsToResource", "StartSession", "TerminateSession", "DeleteDBInstance"]
    assert (recorded(reachable).state, recorded(reachable).left) == (runs.DONE, [])


def test_a_resumed_run_deletes_its_own_snapshot_too(production: Edge, reachable: Settings) -> None:
    left_behind(production, reachable, fresh_snapshot=True)
    clone(reachable, resume=True)
    assert production.changes[-2:] == ["DeleteDBInstance", "DeleteDBSnapshot"]
    assert "RestoreDBInstanceFromDBSnapshot" not in production.changes


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("name", ["precious", "dump/../precious"])
def test_a_resumed_record_that_names_a_file_of_ours_does_not_cost_it(
    name: str, done: bool, production: Edge, reachable: Settings
) -> None:
    run, precious = left_behind(production, reachable), reachable.root / "precious"
    precious.write_text("precious")
    run.dump = str(reachable.root / name)
    run.note(runs.DUMPED if done else "restored")
    path = clone(reachable, resume=True)
    assert precious.read_text() == "precious"
    assert path.name == ("precious" if done else "precious-2")


@pytest.mark.parametrize("operation", ["AddTagsToResource", "CreateSchedule"])
def test_a_resumed_run_that_is_refused_a_new_expiry_deletes_what_was_there(
    operation: str, production: Edge, reachable: Settings, rds: Any
) -> None:
    settings = with_switch(reachable) if operation == "CreateSchedule" else reachable
    left_behind(production, reachable)
    production.refuse(operation, "AccessDenied", status=403)
    with pytest.raises(AwsError, match=f"denied .*:{operation}"):
        clone(settings, resume=True)
    assert [one["DBInstanceIdentifier"] for one in rds.describe_db_instances()["DBInstances"]] == [SOURCE]
    assert recorded(reachable).left == []


def not_listed_at_first(production: Edge, times: int) -> None:
    """Let RDS answer for a while as if there were no throwaway."""
    missing = {"Error": {"Code": "DBInstanceNotFound"}, "ResponseMetadata": {"HTTPStatusCode": 404}}
    seen = list[str]()

    def look(asked: dict[str, Any]) -> dict[str, Any] | None:
        if "-clone-" not in asked.get("DBInstanceIdentifier", ""):
            return None
        seen.append(asked["DBInstanceIdentifier"])
        return missing if len(seen) <= times else None

    production.answer("DescribeDBInstances", look)


@pytest.mark.parametrize("code", ["DBInstanceAlreadyExists", "InstanceQuotaExceeded"])
def test_a_resumed_run_that_is_refused_the_restore_deletes_what_the_killed_one_had_asked_for(
    code: str, production: Edge, reachable: Settings, rds: Any
) -> None:
    left_behind(production, reachable)
    not_listed_at_first(production, 3)
    production.refuse("RestoreDBInstanceFromDBSnapshot", code)
    with pytest.raises(AwsError, match=code):
        clone(reachable, resume=True)
    assert [one["DBInstanceIdentifier"] for one in rds.describe_db_instances()["DBInstances"]] == [SOURCE]


def test_a_resumed_run_whose_dump_was_made_only_cleans_up(production: Edge, reachable: Settings) -> None:
    production.refuse("DeleteDBInstance", "ExpiredToken", status=403)
    with pytest.raises(LeftoverError):
        clone(reachable)
    production.answer("DeleteDBInstance", lambda _: None)
    production.calls.clear()
    path = clone(reachable, resume=True)
    assert path.exists()
    assert production.changes == ["DeleteDBInstance"]


def test_a_resumed_run_whose_dump_was_made_restores_nothing_to_delete_the_snapshot(
    production: Edge, reachable: Settings
) -> None:
    production.refuse("DeleteDBSnapshot", "ExpiredToken", status=403)
    with pytest.raises(LeftoverError):
        clone(reachable, fresh_snapshot=True)
    production.answer("DeleteDBSnapshot", lambda _: None)
    production.calls.clear()
    clone(reachable, resume=True)
    assert production.changes == ["DeleteDBSnapshot"]
    assert recorded(reachable).left == []


def test_a_resumed_run_ends_also_if_somebody_has_removed_what_it_left(
    production: Edge, reachable: Settings, rds: Any
) -> None:
    production.refuse("DeleteDBInstance", "ExpiredToken", status=403)
    with pytest.raises(LeftoverError):
        clone(reachable)
    production.answer("DeleteDBInstance", lambda _: None)
    rds.delete_db_instance(DBInstanceIdentifier=recorded(reachable).left[0].id, SkipFinalSnapshot=True)
    production.calls.clear()
    clone(reachable, resume=True)
    assert (production.changes, recorded(reachable).left) == ([], [])


def test_the_plan_of_a_resumed_run_whose_dump_was_made_is_only_to_delete(
    production: Edge, reachable: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    production.refuse("DeleteDBInstance", "ExpiredToken", status=403)
    with pytest.raises(LeftoverError):
        clone(reachable)
    production.answer("DeleteDBInstance", lambda _: None)
    capsys.readouterr()
    clone(reachable, resume=True)
    said = capsys.readouterr().err
    assert "  1. delete v1-orcha-db-clone-" in said
    assert "pg_dump" not in said


def test_a_resumed_run_that_restores_again_says_which_snapshot_it_used(
    production: Edge, reachable: Settings, rds: Any
) -> None:
    run = left_behind(production, reachable)
    rds.delete_db_instance(DBInstanceIdentifier=run.left[0].id, SkipFinalSnapshot=True)
    rds.create_db_snapshot(DBInstanceIdentifier=SOURCE, DBSnapshotIdentifier="younger")
    path = clone(reachable, resume=True)
    manifest = manifests.verified(path, lambda: dumps.checksum(path))
    assert manifest
    assert manifest.snapshot == "younger"


def test_a_resumed_runs_manifest_says_from_when_the_data_is(production: Edge, reachable: Settings) -> None:
    left_behind(production, reachable)
    path = clone(reachable, resume=True)
    manifest = manifests.verified(path, lambda: dumps.checksum(path))
    assert manifest
    assert manifest.snapshot == "nightly"
    assert manifest.snapshot_at


def test_there_is_nothing_to_resume_after_a_run_that_went_well(production: Edge, reachable: Settings) -> None:
    clone(reachable)
    production.calls.clear()
    with pytest.raises(UsageError, match=r"no unfinished run to go on with"):
        clone(reachable, resume=True)
    assert production.changes == []


def test_what_does_not_carry_the_runs_tags_is_not_dumped_and_said_not_to_be_deleted(
    production: Edge, reachable: Settings, rds: Any
) -> None:
    run = left_behind(production, reachable)
    arn = rds.describe_db_instances(DBInstanceIdentifier=run.left[0].id)["DBInstances"][0]["DBInstanceArn"]
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["RunId"])  # or it is another one, renamed to this
    with pytest.raises(LeftoverError, match="does not carry the name and tags of this run: it is not deleted"):
        clone(reachable, resume=True)
    assert list(reachable.dump_dir.iterdir()) == []


def test_a_run_of_another_account_or_region_is_not_resumed(production: Edge, reachable: Settings) -> None:
    run = left_behind(production, reachable)
    assert run.where == f"{ACCOUNT} eu-central-1"
    run.where = "999999999999 eu-central-1"
    run.save()
    with pytest.raises(UsageError, match="no unfinished run"):
        clone(reachable, resume=True)


def test_a_run_that_goes_on_is_not_resumed(production: Edge, reachable: Settings) -> None:
    run = left_behind(production, reachable)
    with runs.held(run), pytest.raises(UsageError, match="no unfinished run"):
        clone(reachable, resume=True)


def test_a_throwaway_is_no_source(production: Edge, project: Settings, rds: Any, instance: Callable[..., None]) -> None:
    identifier = f"{SOURCE}-clone-20260424093839-0123"
    instance(identifier, Tags=OURS)
    settings = replace(project, rds=replace(project.rds, source=identifier))
    refused(production, settings, NotOursError, "rds.source must name production")


def test_a_source_is_written_as_rds_writes_it_or_nothing_made_from_it_would_be_known(
    production: Edge, project: Settings
) -> None:
    settings = replace(project, rds=replace(project.rds, source=SOURCE.upper()))
    refused(production, settings, UsageError, rf"rds\.source: {SOURCE}")


# --- whose password, over which connection ----------------------------------------------------------------------------


def test_by_default_productions_password_is_not_read(production: Edge, project: Settings) -> None:
    cloning.show_plan(project, Options())
    assert production.sent("GetParameter") == []


def test_a_source_without_a_database_name_needs_the_setting(
    production: Edge, project: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = boto3.client("rds", region_name="eu-central-1").describe_db_instances(DBInstanceIdentifier=SOURCE)
    nameless = {**described["DBInstances"][0], "DBName": ""}
    production.answer("DescribeDBInstances", {"DBInstances": [nameless]})
    refused(production, project, UsageError, r"name it in rds\.dbname")


def test_a_secret_is_read_where_it_is_told(production: Edge, project: Settings) -> None:
    text = json.dumps({"username": "reader", "password": "hunter2"})
    boto3.client("secretsmanager", region_name="eu-central-1").create_secret(Name="orcha/db", SecretString=text)
    settings = replace(project, rds=replace(project.rds, credentials="secret", secret="orcha/db", dbname="other"))
    ready = preparing.prepare(settings, preparing.wanted(settings, Options()), Cloud(settings.aws))
    assert ready.plan.login == "reader to other"
    assert "hunter2" not in repr(ready)


def test_a_password_that_was_changed_since_the_snapshot_is_told_with_what_to_do(
    production: Edge, reachable: Settings, server: Server
) -> None:
    put_credentials(json.dumps({"username": server.user, "password": "new", "host": "h", "port": 1, "dbname": "x"}))
    with pytest.raises(TunnelError, match=r"it was changed since\. Take a new snapshot with --fresh-snapshot"):
        clone(reachable)
    assert len(production.sent("StartSession")) == 1  # no other tunnel would help


def test_a_bundle_in_the_project_makes_the_server_prove_who_it_is(project: Settings) -> None:
    assert preparing.transit(project) == ("require", None)
    (project.root / "global-bundle.pem").touch()
    assert preparing.transit(project) == ("verify-full", str(project.root / "global-bundle.pem"))


def test_a_bundle_that_is_not_there_is_refused(project: Settings) -> None:
    with pytest.raises(UsageError, match=r"rds\.ca_bundle is /typo"):
        preparing.transit(replace(project, rds=replace(project.rds, ca_bundle="/typo")))


def test_only_the_setting_lowers_the_encryption(project: Settings) -> None:
    (project.root / "global-bundle.pem").touch()
    assert preparing.transit(replace(project, rds=replace(project.rds, sslmode="disable"))) == ("disable", None)


def test_a_dump_folder_that_git_would_take_up_is_refused(production: Edge, project: Settings) -> None:
    subprocess.run(["git", "init", "-q", str(project.root)], check=True)
    refused(production, project, DumpError, "git would take up dumps in .*/dump")
    (project.root / ".gitignore").write_text("/dump/\n")
    cloning.show_plan(project, Options())
