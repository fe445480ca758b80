"""Fixtures of the AWS tests: a moto account with production in it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.handlers
import botocore.session
import pytest
from botocore.loaders import Loader
from moto import mock_aws

from clonekit.aws import Cloud
from clonekit.settings import Aws, Local, Rds, Settings

from . import ACCOUNT, SOURCE, Edge

MODE = Aws(profile="", account=ACCOUNT)
CREDENTIALS = {"username": "orcha", "password": "prod-secret", "host": "db", "port": 5432, "dbname": "orcha"}
PLUGIN = '#!/bin/sh\n[ "$1" = --version ] && echo 1.2.707.0\n'


@pytest.fixture(scope="session")
def loader() -> Loader:
    """One reader of botocore's descriptions of AWS for all sessions: reading them takes a second each time."""
    return Loader()


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, loader: Loader) -> Iterator[Edge]:
    """An empty moto account whose calls go through an Edge, in every session that is made."""
    nothing = tmp_path / "no-such-file"
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": str(nothing),
        "AWS_SHARED_CREDENTIALS_FILE": str(nothing),
        "AWS_EC2_METADATA_DISABLED": "true",
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # they take half a second
    }.items():
        monkeypatch.setenv(name, value)
    made = Edge()
    handlers = [("provide-client-params", made.record), ("before-call", made.reply)]
    monkeypatch.setattr(botocore.handlers, "BUILTIN_HANDLERS", [*handlers, *botocore.handlers.BUILTIN_HANDLERS])
    monkeypatch.setattr(botocore.session, "create_loader", lambda *_: loader)
    made.answer("DescribeSessions", {"Sessions": []})  # moto has none
    with mock_aws():
        yield made


@pytest.fixture
def cloud(edge: Edge) -> Cloud:
    return Cloud(MODE, attempts=1)


@pytest.fixture
def rds(edge: Edge) -> Any:
    """A client for setting things up; what it calls is recorded too."""
    return boto3.client("rds", region_name=MODE.region)


@pytest.fixture
def instance(rds: Any) -> Callable[..., None]:
    """A maker of DB instances."""

    def make(identifier: str = SOURCE, **changes: Any) -> None:
        values = {
            "DBInstanceIdentifier": identifier,
            "DBInstanceClass": "db.t4g.medium",
            "Engine": "postgres",
            "EngineVersion": "16.3",
            "AllocatedStorage": 20,
            "MasterUsername": "boss",
            "MasterUserPassword": "prod-secret",
            "DBName": "orcha",
            "StorageType": "gp3",
        }
        rds.create_db_instance(**{**values, **changes})

    return make


@pytest.fixture
def source(edge: Edge, rds: Any, instance: Callable[..., None]) -> Edge:
    """The source instance with a snapshot; the set-up's calls are forgotten."""
    rds.create_option_group(  # moto does not find its own default one, and knows none after 13
        OptionGroupName="orcha-options", EngineName="postgres", MajorEngineVersion="13", OptionGroupDescription="-"
    )
    instance(Tags=[{"Key": "Team", "Value": "orcha"}], OptionGroupName="orcha-options")
    rds.create_db_snapshot(DBInstanceIdentifier=SOURCE, DBSnapshotIdentifier="nightly")
    edge.calls.clear()
    return edge


@pytest.fixture
def bastion(edge: Edge) -> str:
    """A running EC2 instance tagged as the bastion, its agent online."""
    ec2 = boto3.client("ec2", region_name=MODE.region)
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "v1-orcha-app"}]}]
    started = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=tags)
    found = str(started["Instances"][0]["InstanceId"])
    # moto's SSM has no agents and no sessions
    edge.answer(
        "DescribeInstanceInformation", {"InstanceInformationList": [{"InstanceId": found, "PingStatus": "Online"}]}
    )
    edge.answer("StartSession", {"SessionId": "s-1", "TokenValue": "session-token", "StreamUrl": "wss://stream"})
    edge.answer("TerminateSession", {"SessionId": "s-1"})
    edge.calls.clear()
    return found


@pytest.fixture
def production(source: Edge, bastion: str, plugin: Path) -> Edge:
    """The source, the bastion, the credentials and the plugin; the set-up's calls are forgotten."""
    ssm = boto3.client("ssm", region_name=MODE.region)
    ssm.put_parameter(Name="/v1-orcha/db-credentials", Value=json.dumps(CREDENTIALS), Type="SecureString")
    source.answer("SimulatePrincipalPolicy", {"EvaluationResults": []})  # moto has no simulator
    source.calls.clear()
    return source


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for session-manager-plugin on PATH, to be rewritten by those who open a tunnel."""
    folder = tmp_path / "plugin"
    folder.mkdir()
    path = folder / "session-manager-plugin"
    path.write_text(PLUGIN)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return path


@pytest.fixture
def project(tmp_path: Path, make_clients: Callable[..., Path]) -> Settings:
    """A project whose polls take no time, with client programs of version 16."""
    local = Local(client_dir=str(make_clients("bin16", "16.9")))
    return Settings(aws=MODE, rds=Rds(poll_seconds=0, login_seconds=0), local=local, root=tmp_path)
