"""The main recipe: refused before anything is spent, or carried out and cleaned up, on every way out."""

import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from clonekit import cloning, databases, loading
from clonekit.aws import Cloud
from clonekit.clients import Client
from clonekit.cloning import Options
from clonekit.errors import (
    AwsError,
    ClientError,
    Declined,
    Error,
    Interrupted,
    LeftoverError,
    TunnelError,
    UsageError,
)
from clonekit.server import Server
from clonekit.settings import Aws, Settings, Ssm

from . import ACCOUNT, SOURCE, Edge

PARAMETER = "/v1-orcha/db-credentials"
DENIED = "AccessDeniedException"


def clone(settings: Settings, **options: Any) -> Path:
    return cloning.clone(settings, Options(**{"yes": True, **options}))


def put_credentials(text: str) -> None:
    ssm = boto3.client("ssm", region_name="eu-central-1")
    ssm.put_parameter(Name=PARAMETER, Value=text, Type="SecureString", Overwrite=True)


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


def test_a_missing_source_is_refused(production: Edge, project: Settings) -> None:
    settings = replace(project, rds=replace(project.rds, source="typo"))
    refused(production, settings, AwsError, r"no RDS instance 'typo' in eu-central-1")


def test_no_running_bastion_is_refused(production: Edge, project: Settings) -> None:
    refused(production, replace(project, ssm=Ssm(bastion="nobody")), AwsError, "No running EC2 instance")


def test_no_plugin_is_refused(
    production: Edge, project: Settings, plugin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(project.root))
    refused(production, project, ClientError, "session-manager-plugin is not on PATH")


def test_no_fitting_client_is_refused(production: Edge, project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clonekit.clients.folders", lambda _: iter([]))
    refused(production, project, ClientError, "No PostgreSQL client programs of version 16 or later with TLS")


@pytest.mark.parametrize("text", ["hunter2 is no json", '{"password": "hunter2"}', '"hunter2"'])
def test_broken_credentials_are_refused_without_showing_them(text: str, production: Edge, project: Settings) -> None:
    put_credentials(text)
    refused(production, project, UsageError, "^(?!.*hunter2).*database credentials")


def test_a_missing_parameter_is_refused(production: Edge, project: Settings) -> None:
    settings = replace(project, ssm=Ssm(credentials_parameter="/typo"))
    refused(production, settings, AwsError, "ssm:get_parameter: ParameterNotFound")


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
    assert "Could not look up the newest snapshot: AWS denied rds:describe_db_snapshots" in told
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
    with pytest.raises(AwsError, match="AWS denied rds:create_db_snapshot"):
        clone(project, fresh_snapshot=True)
    assert production.changes == ["CreateDBSnapshot"]


def test_no_snapshot_and_no_right_to_make_one_ends_it_by_naming_the_action(production: Edge, project: Settings) -> None:
    production.answer(
        "DescribeDBSnapshots", lambda asked: None if "DBSnapshotIdentifier" in asked else {"DBSnapshots": []}
    )
    production.refuse("CreateDBSnapshot", "AccessDenied", status=403)
    with pytest.raises(AwsError, match="AWS denied rds:create_db_snapshot"):
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
    monkeypatch.setattr("clonekit.instances.APPEAR_SECONDS", 0.01)
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
    assert "Before that: AWS denied ssm:start_session" in str(failed.value)
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
    return replace(project, rds=replace(project.rds, sslmode="disable", login_seconds=5), local=local)


def test_a_clone_is_a_private_whole_dump(reachable: Settings, server: Server, database: Callable[..., str]) -> None:
    path = clone(reachable)
    target = database()
    assert path.stat().st_mode & 0o777 == 0o600
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
    put_credentials(json.dumps({"username": "boss", "password": "prod-secret", "host": "h", "port": 1, "dbname": "x"}))
    settings = replace(reachable, rds=replace(reachable.rds, login_seconds=0))
    with pytest.raises(TunnelError, match="No login through the tunnel"):
        clone(settings)
    sent = production.sent("ModifyDBInstance")[0]
    assert "-clone-" in sent["DBInstanceIdentifier"]
    assert sent["MasterUserPassword"] != "prod-secret"
    assert len(sent["MasterUserPassword"]) >= 30


def test_a_login_that_never_works_deletes_the_throwaway(production: Edge, reachable: Settings) -> None:
    put_credentials(json.dumps({"username": "nobody", "password": "wrong", "host": "h", "port": 1, "dbname": "x"}))
    settings = replace(reachable, rds=replace(reachable.rds, login_seconds=0))
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
