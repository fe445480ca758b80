"""The sandbox: a pretend AWS whose instances are real servers and whose tunnel is real TCP."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from clonekit import sandbox
from clonekit.errors import DumpError, UsageError
from clonekit.postgres.embedded import address
from clonekit.sandbox import plugin
from clonekit.sandbox.layout import SOURCE, Layout
from tests.waiting import until

DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost"
STATUS_SECONDS = 0.6
NO_FLAGS = {
    "MultiAZ": False,
    "PubliclyAccessible": False,
    "AutoMinorVersionUpgrade": False,
    "DeletionProtection": False,
    "CopyTagsToSnapshot": False,
    "BackupRetentionPeriod": 0,
}


@dataclass
class Cloud:
    """The running sandbox as its user sees it: boto3 clients and a shell's environment."""

    layout: Layout
    environ: dict[str, str]
    rds: Any
    ssm: Any
    ec2: Any

    @property
    def nightly(self) -> str:
        return str(self.snapshots(SnapshotType="automated", Status="available")[0]["DBSnapshotIdentifier"])

    def snapshots(self, Status: str = "", **filters: str) -> list[dict[str, Any]]:  # noqa: N803 - as AWS spells it
        found = self.rds.describe_db_snapshots(**filters)["DBSnapshots"]
        return [snapshot for snapshot in found if Status in ("", snapshot["Status"])]

    def instance(self, identifier: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
        return found[0]

    def status(self, identifier: str) -> str:
        return str(self.instance(identifier)["DBInstanceStatus"])

    def restore(self, identifier: str, **settings: Any) -> dict[str, Any]:
        snapshot = settings.pop("DBSnapshotIdentifier", None) or self.nightly
        names = {"DBInstanceIdentifier": identifier, "DBSnapshotIdentifier": snapshot}
        answer: dict[str, Any] = self.rds.restore_db_instance_from_db_snapshot(**names, **settings)["DBInstance"]
        return answer

    def restored(self, identifier: str, **settings: Any) -> dict[str, Any]:
        self.restore(identifier, **settings)
        until(lambda: self.status(identifier) != "creating")
        return self.instance(identifier)

    def remove(self, identifier: str) -> None:
        self.rds.delete_db_instance(DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)
        until(lambda: code(self.instance, identifier) == "DBInstanceNotFound")

    def credentials(self) -> dict[str, Any]:
        name = {"Name": "/v1-orcha/db-credentials", "WithDecryption": True}
        secret: dict[str, Any] = json.loads(self.ssm.get_parameter(**name)["Parameter"]["Value"])
        return secret

    def bastion(self) -> str:
        by_name = [{"Name": "tag:Name", "Values": ["v1-orcha-app"]}]
        return str(self.ec2.describe_instances(Filters=by_name)["Reservations"][0]["Instances"][0]["InstanceId"])

    def request(self, host: str, port: int = 0) -> dict[str, Any]:
        parameters = {"host": [host], "portNumber": ["5432"], "localPortNumber": [str(port)]}
        return {"Target": self.bastion(), "DocumentName": DOCUMENT, "Parameters": parameters}

    def login(self, identifier: str, password: str | None = None) -> "psycopg.Connection[Any]":
        where = address(self.layout.instance(identifier))
        assert where
        secret = self.credentials()
        login = {"user": secret["username"], "password": password or secret["password"], "dbname": "orcha"}
        return psycopg.connect(host=where.host, port=where.port, **login)


class Tunnel:
    """The program from PATH, called as the AWS CLI calls it."""

    def __init__(self, cloud: Cloud, host: str, port: int = 0) -> None:
        request = cloud.request(host, port)
        response = cloud.ssm.start_session(**request)
        response.pop("ResponseMetadata")
        self.session = response["SessionId"]
        program = str(cloud.layout.program)
        name = "AWS_SSM_START_SESSION_RESPONSE"
        argv = [program, name, "eu-central-1", "StartSession", "orcha-prod", json.dumps(request), "https://aws"]
        environ = {**os.environ, name: json.dumps(response)}
        self.process = subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.lines = self.process.stdout

    def port(self) -> int:
        line = next(line for line in self.lines if line.startswith("Port "))
        return int(line.split()[1])


def code(call: Callable[..., Any], *arguments: Any, **named: Any) -> str | None:
    """Return the error code that AWS answers, None if there is no error."""
    from botocore.exceptions import ClientError

    try:
        call(*arguments, **named)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


def processes_about(folder: Path) -> list[str]:
    """Return the command lines that name `folder`; zombies have none."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            lines.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return [line for line in lines if str(folder) in line]


def connect(folder: Path) -> Cloud:
    import boto3

    environ = sandbox.environment(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        session = boto3.Session(profile_name="orcha-prod")
        clients = [session.client(service) for service in ("rds", "ssm", "ec2")]
    return Cloud(Layout(folder), environ, *clients)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    folder = tmp_path_factory.mktemp("project") / ".clonekit" / "sandbox"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANDBOX_STATUS_SECONDS", str(STATUS_SECONDS))
        sandbox.up(folder)
    yield connect(folder)
    sandbox.down(folder)


@pytest.fixture(scope="module")
def clone(cloud: Cloud) -> Iterator[dict[str, Any]]:
    yield cloud.restored("shared-clone", **NO_FLAGS)
    cloud.remove("shared-clone")


def test_a_second_up_changes_nothing(cloud: Cloud) -> None:
    sandbox.up(cloud.layout.folder)
    assert sandbox.environment(cloud.layout.folder) == cloud.environ


def test_what_the_sandbox_lacks_is_refused_as_aws_would(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)
    iam = boto3.Session(profile_name="orcha-prod").client("iam")
    asked = {"PolicySourceArn": "arn:aws:iam::123456789012:role/x", "ActionNames": ["rds:DeleteDBInstance"]}
    assert code(iam.simulate_principal_policy, **asked) == "NotImplemented"


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DumpError, match=r"The folder .*file/sandbox can't be used: Not a directory"):
        sandbox.up(tmp_path / "file" / "sandbox")


def test_importing_the_sandbox_is_light() -> None:
    heavy = "{'moto', 'boto3', 'psycopg', 'flask', 'sh'}"
    check = (
        f"import sys, clonekit.sandbox; sys.exit(str({heavy} & set(sys.modules)) if {heavy} & set(sys.modules) else 0)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_without_a_sandbox_the_environment_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"inv sandbox\.up"):
        sandbox.environment(tmp_path / "nothing")


def test_down_is_fine_when_nothing_is_there(tmp_path: Path) -> None:
    sandbox.down(tmp_path / "nothing")


def test_the_local_server_is_empty_and_needs_no_typed_password(cloud: Cloud) -> None:
    local = address(cloud.layout.local)
    assert local
    with psycopg.connect(**local.parameters("postgres"), passfile=cloud.environ["PGPASSFILE"]) as connection:  # type: ignore[arg-type]
        count = connection.execute("select count(*) from pg_database where not datistemplate").fetchone()
    assert count == (1,)


@pytest.mark.parametrize("name", ["pgpass", "aws/config", "aws/credentials", "cloud.json", "cloud.log"])
def test_files_are_private(cloud: Cloud, name: str) -> None:
    assert stat.S_IMODE((cloud.layout.folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(cloud.layout.folder.stat().st_mode) == 0o700


def test_production_has_rows_and_awaits_the_rename(cloud: Cloud) -> None:
    with cloud.login(SOURCE) as connection:
        row = connection.execute("select count(*) > 1000, to_regclass('tenant') is null from invoice").fetchone()
    assert row == (True, True)


def test_the_master_user_is_no_superuser(cloud: Cloud) -> None:
    with cloud.login(SOURCE) as connection:
        assert connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (False,)


def test_the_newest_available_automated_snapshot_is_hours_old(cloud: Cloud) -> None:
    found = cloud.snapshots(DBInstanceIdentifier=SOURCE, SnapshotType="automated", Status="available")
    age = datetime.now(UTC) - max(snapshot["SnapshotCreateTime"] for snapshot in found)
    assert len(found) == 3
    assert timedelta(hours=3) < age < timedelta(hours=4)


def test_a_snapshot_in_the_making_has_no_creation_time(cloud: Cloud) -> None:
    (unfinished,) = cloud.snapshots(SnapshotType="automated", Status="creating")
    assert "SnapshotCreateTime" not in unfinished


def test_a_restore_makes_a_separate_copy(cloud: Cloud, clone: dict[str, Any]) -> None:
    with cloud.login("shared-clone") as there, cloud.login(SOURCE) as here:
        there.execute("create table only_in_the_clone ()")
        there.commit()
        assert here.execute("select to_regclass('only_in_the_clone')").fetchone() == (None,)
        counts = [side.execute("select count(*) from invoice").fetchone() for side in (there, here)]
    assert clone["DBInstanceStatus"] == "available"
    assert counts[0] == counts[1]


def test_a_restore_shows_no_endpoint_and_refuses_deletion_while_creating(cloud: Cloud) -> None:
    answer = cloud.restore("early", **NO_FLAGS)
    refused = code(cloud.rds.delete_db_instance, DBInstanceIdentifier="early", SkipFinalSnapshot=True)
    until(lambda: cloud.status("early") == "available")
    address_then = cloud.instance("early")["Endpoint"]["Address"]
    cloud.remove("early")
    assert (answer["DBInstanceStatus"], "Endpoint" in answer) == ("creating", False)
    assert refused == "InvalidDBInstanceState"
    assert address_then == "early.abc123.eu-central-1.rds.amazonaws.com"


def test_false_and_zero_settings_are_honoured(clone: dict[str, Any]) -> None:
    assert {name: clone[name] for name in NO_FLAGS} == NO_FLAGS


def test_what_a_restore_leaves_out_is_taken_as_aws_does(cloud: Cloud) -> None:
    answer = cloud.restore("careless")
    until(lambda: cloud.status("careless") == "available")
    cloud.remove("careless")
    assert (answer["BackupRetentionPeriod"], answer["PubliclyAccessible"]) == (7, True)
    assert (answer["MultiAZ"], answer["DeletionProtection"]) == (False, False)
    assert answer["DBParameterGroups"][0]["DBParameterGroupName"] == "default.postgres18"
    assert answer["OptionGroupMemberships"][0]["OptionGroupName"] == "default:postgres-18"
    assert answer["DBInstanceClass"] == "db.t4g.medium"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"DBInstanceClass": "db.nonsense"}, "InvalidParameterValue"),
        ({"VpcSecurityGroupIds": ["sg-0"]}, "InvalidParameterValue"),
        ({"DBSubnetGroupName": "nope"}, "DBSubnetGroupNotFoundFault"),
        ({"DBParameterGroupName": "nope"}, "DBParameterGroupNotFound"),
        ({"OptionGroupName": "nope"}, "OptionGroupNotFoundFault"),
        ({"DBSnapshotIdentifier": "nope"}, "DBSnapshotNotFound"),
    ],
)
def test_a_restore_with_a_wrong_setting_is_refused(cloud: Cloud, settings: dict[str, Any], expected: str) -> None:
    assert code(cloud.restore, "refused", **settings) == expected
    assert code(cloud.instance, "refused") == "DBInstanceNotFound"


def test_a_restore_onto_an_existing_name_is_refused(cloud: Cloud) -> None:
    assert code(cloud.restore, SOURCE) == "DBInstanceAlreadyExists"


def test_a_deletion_takes_a_moment_and_removes_server_and_data(cloud: Cloud) -> None:
    cloud.restored("doomed", **NO_FLAGS)
    server = cloud.layout.instance("doomed")
    cloud.rds.delete_db_instance(DBInstanceIdentifier="doomed", SkipFinalSnapshot=True)
    again = code(cloud.rds.delete_db_instance, DBInstanceIdentifier="doomed", SkipFinalSnapshot=True)
    assert cloud.status("doomed") == "deleting"
    assert again == "InvalidDBInstanceState"
    until(lambda: code(cloud.instance, "doomed") == "DBInstanceNotFound")
    assert not server.folder.exists()
    assert processes_about(server.folder) == []


def test_the_protected_source_cannot_be_deleted(cloud: Cloud) -> None:
    refused = code(cloud.rds.delete_db_instance, DBInstanceIdentifier=SOURCE, SkipFinalSnapshot=True)
    assert refused == "InvalidParameterCombination"


def test_a_deletion_must_say_what_about_a_final_snapshot(cloud: Cloud, clone: dict[str, Any]) -> None:
    name = clone["DBInstanceIdentifier"]
    assert code(cloud.rds.delete_db_instance, DBInstanceIdentifier=name) == "InvalidParameterCombination"


def test_a_new_master_password_works_only_some_time_after_the_answer(cloud: Cloud) -> None:
    cloud.restored("renewed", **NO_FLAGS)
    cloud.rds.modify_db_instance(DBInstanceIdentifier="renewed", MasterUserPassword="it's-\\new1")
    with pytest.raises(psycopg.OperationalError):
        cloud.login("renewed", "it's-\\new1")
    until(lambda: cloud.status("renewed") == "resetting-master-credentials")
    until(lambda: cloud.status("renewed") == "available")
    cloud.login("renewed", "it's-\\new1").close()
    cloud.login(SOURCE).close()  # production keeps its own
    cloud.remove("renewed")


@pytest.mark.parametrize("password", ["short", "with/slash1", 'with"quote', "with@at123", "with space"])
def test_a_password_that_rds_forbids_is_refused(cloud: Cloud, clone: dict[str, Any], password: str) -> None:
    name = clone["DBInstanceIdentifier"]
    call = cloud.rds.modify_db_instance
    assert code(call, DBInstanceIdentifier=name, MasterUserPassword=password) == "InvalidParameterValue"


def test_a_manual_snapshot_holds_todays_rows_and_its_tags(cloud: Cloud) -> None:
    tags = [{"Key": "CreatedBy", "Value": "clone-prod-db"}]
    with cloud.login(SOURCE) as connection:
        connection.execute("create table written_today ()")
    names = {"DBInstanceIdentifier": SOURCE, "DBSnapshotIdentifier": "by-hand"}
    answer = cloud.rds.create_db_snapshot(**names, Tags=tags)["DBSnapshot"]
    assert code(cloud.rds.delete_db_snapshot, DBSnapshotIdentifier="by-hand") == "InvalidDBSnapshotState"
    until(lambda: cloud.snapshots(DBSnapshotIdentifier="by-hand")[0]["Status"] == "available")
    cloud.restored("of-today", DBSnapshotIdentifier="by-hand", **NO_FLAGS)
    with cloud.login("of-today") as connection:
        assert connection.execute("select count(*) from written_today").fetchone() == (0,)
    cloud.remove("of-today")
    assert cloud.rds.delete_db_snapshot(DBSnapshotIdentifier="by-hand")["DBSnapshot"]["TagList"] == tags
    assert answer["Status"] == "creating"
    assert not cloud.layout.snapshot("by-hand").folder.exists()


def test_an_automated_snapshot_cannot_be_deleted(cloud: Cloud) -> None:
    assert code(cloud.rds.delete_db_snapshot, DBSnapshotIdentifier=cloud.nightly) == "InvalidDBSnapshotState"


@pytest.mark.parametrize("operation", ["describe_db_snapshots", "describe_db_instances"])
def test_lists_come_in_pages(cloud: Cloud, clone: dict[str, Any], operation: str) -> None:
    whole = getattr(cloud.rds, operation)()
    (key,) = whole.keys() - {"ResponseMetadata", "Marker"}
    pages = list(cloud.rds.get_paginator(operation).paginate(PaginationConfig={"PageSize": 1}))
    assert len(pages) == len(whole[key]) > 1
    name = {"DBSnapshots": "DBSnapshotIdentifier", "DBInstances": "DBInstanceIdentifier"}[key]
    assert [item[name] for page in pages for item in page[key]] == [item[name] for item in whole[key]]


def test_the_bastion_is_online(cloud: Cloud) -> None:
    wanted = [{"Key": "InstanceIds", "Values": [cloud.bastion()]}]
    (agent,) = cloud.ssm.describe_instance_information(Filters=wanted)["InstanceInformationList"]
    assert agent["PingStatus"] == "Online"


def test_no_session_opens_to_a_stopped_bastion(cloud: Cloud) -> None:
    request = cloud.request("anything")
    cloud.ec2.stop_instances(InstanceIds=[request["Target"]])
    refused = code(cloud.ssm.start_session, **request)
    cloud.ec2.start_instances(InstanceIds=[request["Target"]])
    assert refused == "TargetNotConnected"


def test_the_plugin_carries_logins_side_by_side(cloud: Cloud, clone: dict[str, Any]) -> None:
    tunnel = Tunnel(cloud, clone["Endpoint"]["Address"])
    login: dict[str, Any] = {"user": "orcha", "password": cloud.credentials()["password"], "dbname": "orcha"}
    login |= {"host": "127.0.0.1", "port": tunnel.port()}
    with psycopg.connect(**login) as one, psycopg.connect(**login) as other:
        rows = [side.execute("select repeat('x', 3000000)").fetchone() for side in (one, other)]
    tunnel.process.send_signal(signal.SIGINT)
    assert tunnel.process.wait(2) == 0
    assert [len(row[0]) for row in rows if row] == [3_000_000, 3_000_000]
    cloud.ssm.terminate_session(SessionId=tunnel.session)


def test_a_sessions_rate_is_shared_by_its_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = list[float]()
    monkeypatch.setattr("clonekit.sandbox.plugin.time.monotonic", lambda: 100.0)
    monkeypatch.setattr("clonekit.sandbox.plugin.time.sleep", slept.append)
    rate = plugin.Rate("1000")
    for count in (500, 1000, 250):
        rate.wait(count)
    assert slept == [0.5, 1.5, 1.75]
    assert rate.piece == 100


def test_without_a_rate_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = list[float]()
    monkeypatch.setattr("clonekit.sandbox.plugin.time.sleep", slept.append)
    plugin.Rate("").wait(1 << 40)
    assert slept == [0.0]


def test_a_rate_that_is_none_is_said_before_the_port_opens(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(plugin.RATE_VARIABLE, "0")
    tunnel = Tunnel(cloud, "anything")
    said = tunnel.lines.read()
    cloud.ssm.terminate_session(SessionId=tunnel.session)
    assert "Cannot perform start session: ValueError('0')" in said
    assert "opened" not in said


def test_terminating_the_session_ends_the_plugin(cloud: Cloud, clone: dict[str, Any]) -> None:
    tunnel = Tunnel(cloud, clone["Endpoint"]["Address"])
    tunnel.port()
    cloud.ssm.terminate_session(SessionId=tunnel.session)
    assert tunnel.process.wait(2) == 0
    history = cloud.ssm.describe_sessions(State="History")["Sessions"]
    assert tunnel.session in [session["SessionId"] for session in history]


def test_a_wrong_host_opens_the_port_and_fails_the_connection(cloud: Cloud) -> None:
    tunnel = Tunnel(cloud, "no-such-host.example")
    with socket.create_connection(("127.0.0.1", tunnel.port()), timeout=5) as connection:
        assert connection.recv(1) == b""
    tunnel.process.terminate()
    assert tunnel.process.wait(2) == 0
    cloud.ssm.terminate_session(SessionId=tunnel.session)


def test_a_port_in_use_is_said_and_is_no_failure(cloud: Cloud) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        tunnel = Tunnel(cloud, "anything", port)
        said = tunnel.lines.read()
    cloud.ssm.terminate_session(SessionId=tunnel.session)
    assert tunnel.process.wait(2) == 0
    assert f"listen tcp 127.0.0.1:{port}: bind: address already in use" in said


def test_the_plugin_tells_its_version(cloud: Cloud) -> None:
    assert subprocess.check_output([str(cloud.layout.program), "--version"], text=True) == "1.2.707.0\n"


def test_down_in_the_middle_of_everything_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "with space" / "sandbox"
    sandbox.up(folder)
    cloud = connect(folder)
    tunnel = Tunnel(cloud, cloud.instance(SOURCE)["Endpoint"]["Address"])
    tunnel.port()
    cloud.restore("half-made", **NO_FLAGS)
    cloud.rds.create_db_snapshot(DBInstanceIdentifier=SOURCE, DBSnapshotIdentifier="half-taken")
    sandbox.down(folder)
    tunnel.process.wait(2)
    assert not folder.exists()
    assert processes_about(folder) == []
