"""RDS snapshots: the newest one of the source, and the temporary ones that clonekit makes and removes."""

from collections.abc import Iterator
from datetime import datetime

from clonekit.aws import Cloud
from clonekit.aws.lifecycles import Kind
from clonekit.aws.resources import Snapshot

KIND = Kind("temporary snapshot", "DBSnapshot", Snapshot.of, ("failed", "incompatible-", "inaccessible-"), {})
CREATE = "create_db_snapshot"


def newest(cloud: Cloud, source: str) -> Snapshot | None:
    """Return the newest available snapshot, leaving out temporary ones, which another run may be about to remove."""
    every = map(Snapshot.of, cloud.pages("rds", "describe_db_snapshots", "DBSnapshots", DBInstanceIdentifier=source))
    ready = [s for s in every if s.state == "available" and s.created and not s.is_ours]
    return max(ready, key=lambda snapshot: snapshot.created or datetime.min, default=None)


def temporary(cloud: Cloud) -> Iterator[Snapshot]:
    """Yield the snapshots, of any source, that clonekit made and has not removed."""
    every = map(Snapshot.of, cloud.pages("rds", "describe_db_snapshots", "DBSnapshots", SnapshotType="manual"))
    return (snapshot for snapshot in every if snapshot.is_ours)
