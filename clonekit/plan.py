"""What one `db.clone-prod` will do, decided before it acts: the plan that is printed is the one that runs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from clonekit import names
from clonekit.resources import Instance, Snapshot

Request = dict[str, Any]
# What the source may have and its throwaway must not: it lives for an hour, alone, with no way in from outside.
_PLAIN = {
    "PubliclyAccessible": False,
    "MultiAZ": False,
    "AutoMinorVersionUpgrade": False,
    "DeletionProtection": False,
    "CopyTagsToSnapshot": False,
    "BackupRetentionPeriod": 0,
}


@dataclass(frozen=True)
class Wanted:
    """What the caller asked for."""

    source: str
    instance_class: str
    storage_type: str
    freshness_hours: float
    fresh_snapshot: bool
    dump_path: Path
    now: datetime
    run_id: str  # random: what tells our things from those of another run in the same second


def tags(wanted: Wanted) -> list[dict[str, str]]:
    """Return the tags of everything that this run makes."""
    created_at = names.session_stamp(wanted.now)
    values = {"CloneOf": wanted.source, "CreatedBy": names.CREATED_BY, "CreatedAt": created_at}
    values |= {names.RUN_TAG: wanted.run_id}
    return [{"Key": key, "Value": value} for key, value in values.items()]


def reusable(snapshot: Snapshot | None, wanted: Wanted) -> Snapshot | None:
    """Return the snapshot if it is young enough and no fresh one was asked for."""
    if snapshot is None or snapshot.created is None or wanted.fresh_snapshot:
        return None
    return snapshot if names.is_fresh(snapshot.created, wanted.now, wanted.freshness_hours) else None


def snapshot_request(wanted: Wanted) -> Request:
    """Return the CreateDBSnapshot request for a temporary snapshot."""
    identifier = names.snapshot_identifier(wanted.source, wanted.now)
    return {"DBInstanceIdentifier": wanted.source, "DBSnapshotIdentifier": identifier, "Tags": tags(wanted)}


def restore_request(wanted: Wanted, source: Instance, snapshot_id: str) -> Request:
    """Return the RestoreDBInstanceFromDBSnapshot request for the throwaway.

    What is left out there falls back to a default, not to the source's value, so each is said
    (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html).
    """
    return {
        "DBInstanceIdentifier": names.clone_identifier(wanted.source, wanted.now),
        "DBSnapshotIdentifier": snapshot_id,
        "DBInstanceClass": wanted.instance_class,
        **_like(source.description, wanted.storage_type),
        **_PLAIN,
        "Tags": tags(wanted),
    }


def _like(source: Mapping[str, Any], storage_type: str) -> Request:
    """Return the source's groups and storage, so that the throwaway is reached and behaves as the source does."""
    found: Request = {
        "DBSubnetGroupName": source.get("DBSubnetGroup", {}).get("DBSubnetGroupName"),
        "VpcSecurityGroupIds": [group["VpcSecurityGroupId"] for group in source.get("VpcSecurityGroups", [])],
        "DBParameterGroupName": _first(source, "DBParameterGroups", "DBParameterGroupName"),
        "OptionGroupName": _first(source, "OptionGroupMemberships", "OptionGroupName"),
        "StorageType": storage_type or source.get("StorageType"),
    }
    if str(found["StorageType"]).startswith("io"):  # provisioned storage is refused without its rate
        found["Iops"] = source.get("Iops")
    return {key: value for key, value in found.items() if value}


def _first(source: Mapping[str, Any], key: str, name: str) -> Any:
    items = source.get(key) or [{}]
    return items[0].get(name)


@dataclass(frozen=True)
class ClonePlan:
    """Everything that was decided; None where it could not be looked up (only `--skip-restore` goes on then)."""

    wanted: Wanted
    account: str | None
    reuse: Snapshot | None
    create: Request | None
    restore: Request | None
    bastion: str | None
    client: str | None
    login: str | None
    sslmode: str
    sets_password: bool
    missing: tuple[str, ...] = ()

    def header(self) -> list[str]:
        """Return the session header."""
        wanted = self.wanted
        return [
            f"Production clone, session {names.session_stamp(wanted.now)}",
            f"  AWS account:  {self.account or 'not known'}",
            f"  source:       {wanted.source}",
            f"  throwaway:    {names.clone_identifier(wanted.source, wanted.now)}",
            f"  dump file:    {wanted.dump_path}",
        ]

    def steps(self) -> list[str]:
        """Return what will be done, in order, a line each."""
        snapshot, clone = self._snapshot(), names.clone_identifier(self.wanted.source, self.wanted.now)
        steps = [
            snapshot,
            f"restore it to {clone}: {self._restore()}",
            *(["set a random master password there, known to this process only"] if self.sets_password else []),
            f"open an SSM tunnel through {self.bastion or 'the bastion'}, "
            f"log in as {self.login or 'the master user'} (sslmode {self.sslmode})",
            f"pg_dump with {self.client or 'a fitting client'} to {self.wanted.dump_path} (mode 0600), read it back",
            f"delete {clone} and wait until it is gone",
        ]
        if self.create:
            steps.append(f"delete the snapshot {self.create['DBSnapshotIdentifier']}")
        return [f"  {number}. {step}" for number, step in enumerate(steps, 1)]

    def _snapshot(self) -> str:
        if self.reuse and self.reuse.created:
            how_old = names.age(self.reuse.created, self.wanted.now)
            return f"use the {self.reuse.kind} snapshot {self.reuse.id}, {how_old} old"
        if self.create:
            return f"make the snapshot {self.create['DBSnapshotIdentifier']} of {self.wanted.source}"
        return "use the newest snapshot if it is young enough, else make one"

    def _restore(self) -> str:
        if self.restore is None:
            return self.wanted.instance_class
        shown = {key: value for key, value in self.restore.items() if not key.endswith("Identifier") and key != "Tags"}
        tagged = ", ".join(f"{tag['Key']}={tag['Value']}" for tag in self.restore["Tags"])
        groups = ", ".join(f"{key} {_plain(value)}" for key, value in shown.items())
        return f"{groups}; tags {tagged}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "no" if not value else "yes"
    return "+".join(value) if isinstance(value, list) else str(value)
