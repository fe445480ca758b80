"""AWS resources as clonekit sees them, read from what AWS describes, and what makes one of them ours. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clonekit import names


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What clonekit needs to know of anything it makes."""

    id: str
    state: str  # the status; of what is being made also how far it is
    created: datetime | None
    tags: Mapping[str, str]
    arn: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether its tags say that clonekit made it, and its name is one that clonekit gives."""
        source = self.tags.get("CloneOf")
        named = source is not None and self.id.startswith(names.clone_prefix(source))
        return named and self.tags.get("CreatedBy") == names.CREATED_BY

    @property
    def run_id(self) -> str:
        """The run that made it; empty if none did."""
        return self.tags.get(names.RUN_TAG, "")

    def is_of_run(self, run_id: str) -> bool:
        """Whether clonekit made it, in this very run."""
        return self.is_ours and self.run_id == run_id

    @property
    def began(self) -> datetime | None:
        """When it was made; while it is being made, when the run was begun."""
        return self.created or names.parse_stamp(self.tags.get("CreatedAt", ""))

    @property
    def expires(self) -> datetime | None:
        """When it is nobody's any more; None if no readable tag says so."""
        return names.parse_time(self.tags.get(names.EXPIRY_TAG, ""))


@dataclass(frozen=True, kw_only=True)
class Instance(Resource):
    """A DB instance."""

    engine_major: int
    version: str
    master_user: str
    dbname: str
    endpoint: str
    port: int
    description: dict[str, Any]  # as RDS gave it

    @classmethod
    def of(cls, item: dict[str, Any]) -> "Instance":
        """Read one item of DescribeDBInstances."""
        endpoint = item.get("Endpoint", {})
        version = str(item.get("EngineVersion", "0"))
        return cls(
            id=item["DBInstanceIdentifier"],
            state=item.get("DBInstanceStatus", ""),
            engine_major=int(version.split(".", maxsplit=1)[0]),
            version=version,
            master_user=item.get("MasterUsername", ""),
            dbname=item.get("DBName", ""),
            endpoint=endpoint.get("Address", ""),
            port=endpoint.get("Port", 5432),
            created=item.get("InstanceCreateTime"),
            tags=tags_of(item),
            arn=item.get("DBInstanceArn", ""),
            description=item,
        )


@dataclass(frozen=True, kw_only=True)
class Snapshot(Resource):
    """A DB snapshot; `created` is absent while it is being made, and of a copy when what it copies was."""

    kind: str  # automated, manual, awsbackup

    @classmethod
    def of(cls, item: dict[str, Any]) -> "Snapshot":
        """Read one item of DescribeDBSnapshots."""
        status, progress = item.get("Status", ""), item.get("PercentProgress", 0)
        return cls(
            id=item["DBSnapshotIdentifier"],
            state=f"{status}, {progress} %" if status == "creating" else status,
            created=item.get("OriginalSnapshotCreateTime") or item.get("SnapshotCreateTime"),
            kind=item.get("SnapshotType", ""),
            tags=tags_of(item),
            arn=item.get("DBSnapshotArn", ""),
        )


def tags_of(item: dict[str, Any]) -> dict[str, str]:
    """Return the tags of a described RDS resource."""
    return {tag["Key"]: tag.get("Value", "") for tag in item.get("TagList", [])}


def age(resource: Resource) -> str:
    """Return how old it is, as a person says it."""
    return names.age(resource.created, datetime.now(UTC)) if resource.created else "not known yet"
