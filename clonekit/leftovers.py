"""What clonekit made in AWS and is still there."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from clonekit import instances, names, snapshots
from clonekit.aws import Cloud
from clonekit.output import result, table
from clonekit.settings import Settings


@dataclass(frozen=True)
class Leftover:
    """One throwaway instance or temporary snapshot, and the command that removes it."""

    kind: str
    id: str
    status: str
    age: str
    endpoint: str
    remove: str


def show(settings: Settings, *, as_json: bool) -> None:
    """Print everything that is left, as a table or as JSON."""
    left = list(find(Cloud(settings.aws), settings.rds.source))
    if as_json:
        result(json.dumps([asdict(item) for item in left], indent=2))
        return
    if not left:
        result("Nothing is left: no throwaway instance, no temporary snapshot.")
        return
    with table("Left in AWS", ("kind", "id", "status", "age", "endpoint")) as rows:
        rows.extend((item.kind, item.id, item.status, item.age, item.endpoint) for item in left)
    result("Remove them with:")
    for item in left:
        result(f"  {item.remove}")


def find(cloud: Cloud, source: str) -> Iterator[Leftover]:
    """Yield every throwaway instance in the account, then every temporary snapshot of the source."""
    for instance in instances.throwaways(cloud):
        remove = instances.delete_command(cloud, instance.id)
        yield Leftover("instance", instance.id, instance.status, _age(instance.created), instance.endpoint, remove)
    for snapshot in snapshots.temporary(cloud, source):
        remove = snapshots.delete_command(cloud, snapshot.id)
        yield Leftover("snapshot", snapshot.id, snapshot.status, _age(snapshot.created), "", remove)


def _age(created: datetime | None) -> str:
    return names.age(created, datetime.now(UTC)) if created else "not known yet"
