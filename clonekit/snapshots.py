"""RDS snapshots of the source: the newest one, and the temporary ones that clonekit makes and removes."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from clonekit.aws import Cloud, RequestError
from clonekit.errors import NotOursError
from clonekit.instances import APPEAR_SECONDS, login_flags
from clonekit.resources import Snapshot, is_of_run, tags_of
from clonekit.waiting import GONE, Pace, until, until_gone

_NOT_FOUND = ("DBSnapshotNotFound", "DBSnapshotNotFoundFault")
_ALREADY_EXISTS = ("DBSnapshotAlreadyExists", "DBSnapshotAlreadyExistsFault")
_WRONG_STATE = ("InvalidDBSnapshotState", "InvalidDBSnapshotStateFault")
_DOOMED = ("failed", "incompatible-", "inaccessible-", "deleting", GONE)


def of_source(cloud: Cloud, source: str) -> Iterator[Snapshot]:
    """Yield every snapshot of the source instance."""
    items = cloud.pages("rds", "describe_db_snapshots", "DBSnapshots", DBInstanceIdentifier=source)
    return map(Snapshot.of, items)


def newest(cloud: Cloud, source: str) -> Snapshot | None:
    """Return the newest available snapshot, leaving out temporary ones, which another run may be about to remove."""
    ready = [s for s in of_source(cloud, source) if s.status == "available" and s.created and not s.is_ours]
    return max(ready, key=lambda snapshot: snapshot.created or datetime.min, default=None)


def temporary(cloud: Cloud, source: str) -> Iterator[Snapshot]:
    """Yield the snapshots that clonekit made and has not removed."""
    return (snapshot for snapshot in of_source(cloud, source) if snapshot.is_ours)


def find(cloud: Cloud, identifier: str) -> Snapshot | None:
    """Return the snapshot, or None if there is none of that name."""
    try:
        answer = cloud.call("rds", "describe_db_snapshots", DBSnapshotIdentifier=identifier)
    except RequestError as error:
        if error.code in _NOT_FOUND:
            return None
        raise
    return Snapshot.of(answer["DBSnapshots"][0])


def create(cloud: Cloud, request: dict[str, Any]) -> None:
    """Ask for a manual snapshot. If it exists with our very tags, an earlier try of the same request had arrived."""
    try:
        cloud.call("rds", "create_db_snapshot", **request)
    except RequestError as error:
        there = find(cloud, request["DBSnapshotIdentifier"]) if error.code in _ALREADY_EXISTS else None
        if there is None or there.tags != tags_of({"TagList": request["Tags"]}):
            raise


def wait_available(cloud: Cloud, identifier: str, pace: Pace) -> None:
    """Wait until the snapshot is available; raise AwsError at once if it can't become so any more."""
    asked = time.monotonic()

    def look() -> str:
        state = _state(cloud, identifier)
        return "not listed yet" if state == GONE and time.monotonic() - asked < APPEAR_SECONDS else state

    until(f"Waiting for snapshot {identifier}", look, pace, "available", lambda state: state.startswith(_DOOMED))


def _state(cloud: Cloud, identifier: str) -> str:
    snapshot = find(cloud, identifier)
    if snapshot is None or snapshot.status == "available":
        return snapshot.status if snapshot else GONE
    return f"{snapshot.status}, {snapshot.progress} %"


def delete(cloud: Cloud, identifier: str, pace: Pace, run_id: str, *, maybe_late: bool = False) -> None:
    """Delete this run's temporary snapshot and wait until it is gone; raise LeftoverError if it stays.

    `maybe_late`: the reply to its making was lost, so it may still appear.
    """
    patience = time.monotonic() + (APPEAR_SECONDS if maybe_late else 0)

    def look() -> str:
        snapshot = find(cloud, identifier)
        if snapshot is None:
            return GONE if time.monotonic() >= patience else "not listed"
        return _try_delete(cloud, snapshot, run_id)

    until_gone(f"The temporary snapshot {identifier}", look, pace, delete_command(cloud, identifier))


def _try_delete(cloud: Cloud, snapshot: Snapshot, run_id: str) -> str:
    if not is_of_run(snapshot.tags, run_id):
        raise NotOursError(f"{snapshot.id} does not carry the tags of this run: it is not deleted.")
    try:
        cloud.call("rds", "delete_db_snapshot", DBSnapshotIdentifier=snapshot.id)
    except RequestError as error:
        if error.code not in (*_NOT_FOUND, *_WRONG_STATE):
            raise
        return f"{snapshot.status} (RDS deletes it only when that is over)"
    return "deletion accepted"


def delete_command(cloud: Cloud, identifier: str) -> str:
    """Return the AWS CLI command that removes a snapshot by hand."""
    return f"aws rds delete-db-snapshot {login_flags(cloud)} --db-snapshot-identifier {identifier}"
