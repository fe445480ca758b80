"""RDS snapshots with a life cycle: a snapshot really is a copy of a server's data, and takes time to make."""

import shutil
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.rds.exceptions import (
    DBInstanceNotFoundError,
    DBSnapshotAlreadyExistsError,
    DBSnapshotNotFoundFault,
    InvalidDBInstanceStateFault,
    RDSClientError,
)
from moto.rds.responses import RDSResponse

from clonekit.sandbox.instances import Instance, Snapshot
from clonekit.sandbox.jobs import Jobs


class Snapshots(RDSResponse):
    """The snapshot calls, and how to find what a call names."""

    jobs: ClassVar[Jobs]

    def create_db_snapshot(self) -> ActionResult:
        """Copy the running server's data; `creating` until that is complete."""
        name = self.params["DBSnapshotIdentifier"]
        self.backend.validate_db_snapshot_identifier(name, parameter_name="DBSnapshotIdentifier")
        with self.jobs.lock:
            instance = self._instance()
            if name in self.backend.database_snapshots:
                raise DBSnapshotAlreadyExistsError(name)
            if instance.status != "available":
                raise wrong_state(instance, "backed up")
            snapshot = Snapshot(self.backend, instance, name, copy=name, tags=self.params.get("Tags"))
            self.backend.database_snapshots[name] = snapshot
            instance.status = "backing-up"
        self.jobs.start(partial(self._take, snapshot, instance), partial(self._not_taken, snapshot, instance))
        return ActionResult({"DBSnapshot": snapshot})

    def delete_db_snapshot(self) -> ActionResult:
        """Remove a manual snapshot with its data."""
        with self.jobs.lock:
            snapshot = self._snapshot()
            if snapshot.snapshot_type != "manual":
                raise RDSClientError("InvalidDBSnapshotStateFault", "Only manual snapshots may be deleted.")
            if snapshot.status == "creating":
                raise unfinished(snapshot)
            self.backend.delete_db_snapshot(snapshot.db_snapshot_identifier)
        shutil.rmtree(self.jobs.layout.snapshot(snapshot.copy).folder, ignore_errors=True)
        snapshot.status = "deleted"
        return ActionResult({"DBSnapshot": snapshot})

    def describe_db_snapshots(self) -> ActionResult:
        """Return moto's list in pages."""
        answer: Any = super().describe_db_snapshots().result
        size, first = int(self.params.get("MaxRecords") or 100), int(self.params.get("Marker") or 0)
        every, following = answer["DBSnapshots"], first + size
        marker = {"Marker": str(following)} if following < len(every) else {}
        return ActionResult({"DBSnapshots": every[first:following], **marker})

    def _take(self, snapshot: Snapshot, instance: Instance) -> None:
        with self.jobs.lasting("snapshot"):
            self.jobs.copy("take", snapshot.copy, instance.db_instance_identifier)
        if (fault := self.jobs.faults.take("snapshot")) and fault.do == "end":
            snapshot.status = fault.code
        else:
            snapshot.complete(utcnow())
        self._settle(instance)

    def _not_taken(self, snapshot: Snapshot, instance: Instance) -> None:
        snapshot.status = "failed"
        self._settle(instance)

    def _begin(self, instance: Instance, work: Callable[[], None], status_if_failed: str) -> ActionResult:
        self.jobs.start(work, partial(self._settle, instance, status_if_failed))
        return ActionResult({"DBInstance": instance})

    def _settle(self, instance: Instance, status: str = "available") -> None:
        with self.jobs.lock:
            if instance.status != "deleting":
                instance.status = status

    def _instance(self) -> Instance:
        identifier = self.params["DBInstanceIdentifier"]
        found = self.backend.databases.get(identifier)
        if not isinstance(found, Instance):
            raise DBInstanceNotFoundError(identifier)
        return found

    def _snapshot(self) -> Snapshot:
        identifier = self.params["DBSnapshotIdentifier"]
        found = self.backend.get_db_snapshot(identifier)
        if not isinstance(found, Snapshot):
            raise DBSnapshotNotFoundFault(identifier)
        return found


def wrong_state(instance: Instance, verb: str) -> InvalidDBInstanceStateFault:
    """Return the error for an instance that is busy with something else."""
    status = f"in {instance.status} state"
    return InvalidDBInstanceStateFault(
        f"DB instance {instance.db_instance_identifier} is {status}, it can't be {verb}."
    )


def unfinished(snapshot: Snapshot) -> RDSClientError:
    """Return the error for a snapshot that is not available."""
    message = f"DB snapshot {snapshot.db_snapshot_identifier} is in {snapshot.status} state."
    return RDSClientError("InvalidDBSnapshotStateFault", message)
