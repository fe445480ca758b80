"""RDS resources as clonekit sees them, read from what RDS describes. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clonekit.names import CREATED_BY, RUN_TAG


@dataclass(frozen=True)
class Instance:
    """What clonekit needs to know of a DB instance."""

    id: str
    status: str
    engine_major: int
    master_user: str
    dbname: str
    endpoint: str
    port: int
    created: datetime | None
    tags: dict[str, str]
    description: dict[str, Any]  # as RDS gave it

    @classmethod
    def of(cls, item: dict[str, Any]) -> "Instance":
        """Read one item of DescribeDBInstances."""
        endpoint = item.get("Endpoint", {})
        return cls(
            id=item["DBInstanceIdentifier"],
            status=item.get("DBInstanceStatus", ""),
            engine_major=int(str(item.get("EngineVersion", "0")).split(".")[0]),
            master_user=item.get("MasterUsername", ""),
            dbname=item.get("DBName", ""),
            endpoint=endpoint.get("Address", ""),
            port=endpoint.get("Port", 5432),
            created=item.get("InstanceCreateTime"),
            tags=tags_of(item),
            description=item,
        )

    @property
    def is_ours(self) -> bool:
        """Whether its tag says that clonekit made it."""
        return self.tags.get("CreatedBy") == CREATED_BY


@dataclass(frozen=True)
class Snapshot:
    """What clonekit needs to know of a DB snapshot."""

    id: str
    status: str
    created: datetime | None  # absent while it is being made
    kind: str  # automated, manual, awsbackup
    progress: int  # per cent
    tags: dict[str, str]

    @classmethod
    def of(cls, item: dict[str, Any]) -> "Snapshot":
        """Read one item of DescribeDBSnapshots."""
        return cls(
            id=item["DBSnapshotIdentifier"],
            status=item.get("Status", ""),
            created=item.get("OriginalSnapshotCreateTime")
            or item.get("SnapshotCreateTime"),  # a copy is as old as what it copies
            kind=item.get("SnapshotType", ""),
            progress=item.get("PercentProgress", 0),
            tags=tags_of(item),
        )

    @property
    def is_ours(self) -> bool:
        """Whether its tag says that clonekit made it."""
        return self.tags.get("CreatedBy") == CREATED_BY


def is_of_run(tags: dict[str, str], run_id: str) -> bool:
    """Return whether these tags say that clonekit made the resource, in this very run."""
    return tags.get("CreatedBy") == CREATED_BY and tags.get(RUN_TAG) == run_id


def tags_of(item: dict[str, Any]) -> dict[str, str]:
    """Return the tags of a described RDS resource."""
    return {tag["Key"]: tag.get("Value", "") for tag in item.get("TagList", [])}
