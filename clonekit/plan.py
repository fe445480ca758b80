"""What one `db.clone-prod` will do, decided before it acts: the plan that is printed is the one that runs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from clonekit import names
from clonekit.aws.resources import Instance, Snapshot
from clonekit.postgres.server import TLS_MODES

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
    expires: datetime  # when, without another word from us, what it made is nobody's
    format: str = "directory"  # of the dump; or custom

    @property
    def suffix(self) -> str:
        """What tells the names of two runs of the same second apart."""
        return self.run_id[:4]

    @property
    def clone_id(self) -> str:
        """The throwaway's identifier."""
        return names.clone_identifier(self.source, self.now, self.suffix)

    @property
    def snapshot_id(self) -> str:
        """The identifier of the temporary snapshot, if there will be one."""
        return names.snapshot_identifier(self.source, self.now, self.suffix)


def tags(wanted: Wanted) -> dict[str, str]:
    """Return the tags of everything that this run makes."""
    return {
        "CloneOf": wanted.source,
        "CreatedBy": names.CREATED_BY,
        "CreatedAt": names.session_stamp(wanted.now),
        names.RUN_TAG: wanted.run_id,
        names.EXPIRY_TAG: names.time_text(wanted.expires),
    }


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as RDS takes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def reusable(snapshot: Snapshot | None, wanted: Wanted) -> Snapshot | None:
    """Return the snapshot if it is young enough and no fresh one was asked for."""
    if snapshot is None or snapshot.created is None or wanted.fresh_snapshot:
        return None
    return snapshot if names.is_fresh(snapshot.created, wanted.now, wanted.freshness_hours) else None


def snapshot_request(wanted: Wanted) -> Request:
    """Return the CreateDBSnapshot request for a temporary snapshot."""
    named = {"DBInstanceIdentifier": wanted.source, "DBSnapshotIdentifier": wanted.snapshot_id}
    return {**named, "Tags": listed(tags(wanted))}


def restore_request(wanted: Wanted, source: Instance, snapshot_id: str) -> Request:
    """Return the RestoreDBInstanceFromDBSnapshot request for the throwaway.

    What is left out there falls back to a default, not to the source's value, so each is said
    (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html).
    """
    return {
        "DBInstanceIdentifier": wanted.clone_id,
        "DBSnapshotIdentifier": snapshot_id,
        "DBInstanceClass": wanted.instance_class,
        **_like(source.description, wanted.storage_type),
        **_PLAIN,
        "Tags": listed(tags(wanted)),
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
    tunnels: str = "an SSM tunnel"
    expiry_role: str = ""
    there: str = ""  # the state of the throwaway that an earlier try of this run has made
    is_dumped: bool = False  # whether that try came as far as the dump
    left: tuple[str, ...] = ()  # what it has left, as a person reads it
    missing: tuple[str, ...] = ()

    def header(self) -> list[str]:
        """Return the session header."""
        wanted = self.wanted
        return [
            f"Production clone, session {names.session_stamp(wanted.now)}, run {wanted.run_id}",
            f"  AWS account:  {self.account or 'not known'}",
            f"  source:       {wanted.source}",
            f"  throwaway:    {wanted.clone_id}",
            f"  expires:      {self._expiry()}",
            f"  dump:         {wanted.dump_path}",
        ]

    def steps(self) -> list[str]:
        """Return what will be done, in order, a line each."""
        clone = self.wanted.clone_id
        removed = [f"delete the {one} and wait until it is gone" for one in reversed(self.left) if clone not in one]
        if self.is_dumped:
            steps = [f"delete {clone}, if it is there, and wait until it is gone", *removed]
            return [f"  {number}. {step}" for number, step in enumerate(steps, 1)]
        made = (
            f"go on with {clone}, which is {self.there}" if self.there else f"restore it to {clone}: {self._restore()}"
        )
        switch = "schedule the deletion of what follows for the time it expires, before it is made"
        steps = [
            *([switch] if self.expiry_role else []),
            *([] if self.there else [self._snapshot()]),
            made,
            *(["set a random master password there, known to this process only"] if self.sets_password else []),
            f"open {self.tunnels} through {self.bastion or 'the bastion'}, "
            f"log in as {self.login or 'the master user'} (sslmode {self.sslmode}{self._transit()})",
            self._dump(),
            f"delete {clone} and wait until it is gone",
        ]
        if self.create:
            removed = [f"delete the snapshot {self.create['DBSnapshotIdentifier']} and wait until it is gone"]
        steps += removed
        return [f"  {number}. {step}" for number, step in enumerate(steps, 1)]

    def _dump(self) -> str:
        forms = {"custom": "one file, mode 0600", "directory": "a folder, mode 0700, two tables at once per tunnel"}
        client = self.client or "a fitting client"
        return f"pg_dump with {client} to {self.wanted.dump_path} ({forms[self.wanted.format]}), read it back"

    def _expiry(self) -> str:
        at = names.time_text(self.wanted.expires)
        if self.expiry_role:
            return f"{at}, put off while this process lives; then AWS deletes what is left (EventBridge Scheduler)"
        return (
            f"{at}, put off while this process lives; no switch is set (rds.expiry_role_arn is empty): "
            "should this machine die, what is left costs money until inv db.reap-clones"
        )

    def _transit(self) -> str:
        return "" if self.sslmode in TLS_MODES else ": rds.sslmode allows an unencrypted connection"

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
