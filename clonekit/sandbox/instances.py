"""RDS instances and snapshots as AWS describes them, where moto's description is poorer."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto.ec2.models import ec2_backends
from moto.rds.exceptions import InvalidParameterCombination, InvalidParameterValue
from moto.rds.models import DBInstance, DBSnapshot, RDSBackend

DEFAULT_OPTIONS = "default:postgres-18"
_ZONE = "abc123"
_FAMILY = r"db\.(t[34]g?|[mr][5-8]i?g?d?n?|x[12][a-z]*)"
_CLASS = re.compile(rf"{_FAMILY}\.(micro|small|medium|large|xlarge|\d+xlarge)")
_PASSWORD = re.compile(r"""[!#-.0-?A-~]{8,128}""")  # printable, without space / " @
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html: what a restore
# takes when it is not told, from the source's settings at snapshot time ...
_INHERITED = (
    *("db_instance_class", "engine", "engine_version", "port", "license_model", "db_name", "master_username"),
    *("allocated_storage", "storage_type", "storage_encrypted", "backup_retention_period", "tags"),
    *("auto_minor_version_upgrade", "preferred_backup_window"),
)
# ... and from the service's own defaults. The account's default VPC has an internet gateway: hence public.
_DEFAULTS = {"multi_az": False, "deletion_protection": False, "publicly_accessible": True}
_DEFAULT_GROUPS = {"db_subnet_group_name": "default", "option_group_name": DEFAULT_OPTIONS}
_IGNORED = {"db_snapshot_identifier", "db_name"}


class Instance(DBInstance):
    """An instance that has no endpoint and no age before it is there."""

    def __init__(self, backend: RDSBackend, **settings: Any) -> None:
        super().__init__(backend, **settings)
        self.dbi_resource_id = f"db-{secrets.token_hex(13).upper()}"
        self.status = "creating"
        self.pending_modified_values: dict[str, str] = {}
        self.instance_create_time: datetime | None = None  # type: ignore[assignment]
        self.ready = False

    @property
    def address(self) -> str:
        """The host name that a tunnel is asked for."""
        return f"{self.db_instance_identifier}.{_ZONE}.{self.region}.rds.amazonaws.com"

    @property
    def endpoint(self) -> dict[str, Any] | None:  # type: ignore[override]
        """Where to connect, once there is something to connect to."""
        return {"Address": self.address, "Port": self.port} if self.ready else None

    @property
    def latest_restorable_time(self) -> datetime | None:  # type: ignore[override]
        """None without automated backups."""
        return super().latest_restorable_time if self.backup_retention_period and self.ready else None

    def become_available(self) -> None:
        """Its server runs: show the endpoint and the age."""
        self.ready, self.status, self.instance_create_time = True, "available", self.created


class Snapshot(DBSnapshot):
    """A snapshot that has no creation time before it is complete; `copy` names the data it stands for."""

    def __init__(self, backend: RDSBackend, database: DBInstance, identifier: str, copy: str, **more: Any) -> None:
        super().__init__(backend, database, identifier, **more)
        self.copy = copy
        self.storage_type, self.option_group_name = database.storage_type, database.option_group_name
        self.availability_zone, self.license_model = database.availability_zone, database.license_model
        self.status = "creating"
        self.original_snapshot_create_time: datetime | None = None  # type: ignore[assignment]

    @property
    def snapshot_create_time(self) -> datetime | None:  # type: ignore[override]
        """When the data was copied."""
        return None if self.status == "creating" else self.created

    @property
    def percent_progress(self) -> int:
        """All or nothing."""
        return 0 if self.status == "creating" else 100

    def complete(self, at: datetime) -> None:
        """Its data is there."""
        self.created = self.original_snapshot_create_time = at
        self.status = "available"


def restored(snapshot: Snapshot, asked: Mapping[str, Any]) -> Instance:
    """Return the new instance that a restore was asked for; raise the error AWS would for a setting it refuses."""
    check_class(asked.get("db_instance_class"))
    check_security_groups(snapshot.backend, asked.get("vpc_security_group_ids") or [])
    size = asked.get("allocated_storage")
    if size is not None and size < snapshot.allocated_storage:
        raise InvalidParameterValue("The allocated storage size can't be less than the source snapshot or backup size.")
    inherited = {name: getattr(snapshot.database, name) for name in _INHERITED}
    given = {name: value for name, value in asked.items() if value is not None and name not in _IGNORED}
    settings = {**inherited, **_DEFAULTS, **_DEFAULT_GROUPS, **given}
    return Instance(snapshot.backend, **settings)  # type: ignore[abstract] # moto leaves CloudFormation out


def check_class(name: str | None) -> None:
    """Raise InvalidParameterValue for what is no instance class."""
    if name is not None and not _CLASS.fullmatch(name):
        raise InvalidParameterValue(f"Invalid DB Instance class: {name}")


def check_security_groups(backend: RDSBackend, identifiers: list[str]) -> None:
    """Raise InvalidParameterValue for a VPC security group that does not exist."""
    groups = ec2_backends[backend.account_id][backend.region_name]
    for identifier in identifiers:
        if groups.get_security_group_from_id(identifier) is None:
            raise InvalidParameterValue(f"Invalid security group , groupId= {identifier}, groupName=.")


def check_password(password: str) -> None:
    """Raise InvalidParameterValue for a master password that RDS refuses."""
    if not _PASSWORD.fullmatch(password):
        raise InvalidParameterValue(
            "The parameter MasterUserPassword is not a valid password. "
            "Only printable ASCII characters besides '/', '@', '\"', ' ' may be used."
        )


def check_final_snapshot(skip: bool | None, identifier: str | None) -> None:
    """Raise InvalidParameterCombination for a deletion that does not say what to do about a last snapshot."""
    if not skip and not identifier:
        raise InvalidParameterCombination(
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
        )
    if identifier:
        raise InvalidParameterCombination("The sandbox takes no final snapshot; use SkipFinalSnapshot.")
