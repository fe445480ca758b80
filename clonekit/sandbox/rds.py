"""RDS with a life cycle: moto's answers, but statuses take time and every instance is a real PostgreSQL server."""

import shutil
from functools import partial

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBInstanceAlreadyExists, InvalidParameterCombination

from clonekit.sandbox import ending, instances, logins
from clonekit.sandbox.instances import Instance, Snapshot
from clonekit.sandbox.snapshots import Snapshots, unfinished, wrong_state

_PROTECTED = "Cannot delete protected DB Instance, please disable deletion protection and try again."
_BUSY = {"creating", "deleting", "backing-up"}


class Rds(Snapshots):
    """The instance calls that moto gets too easy."""

    def restore_db_instance_from_db_snapshot(self) -> ActionResult:
        """Start a copy of the snapshot's data; `creating` until its server runs."""
        with self.jobs.lock:
            snapshot = self._snapshot()
            if snapshot.status != "available":
                raise unfinished(snapshot)
            self.backend._validate_db_identifier(self.params["DBInstanceIdentifier"])
            instance = instances.restored(snapshot, dict(self.params))
            if instance.db_instance_identifier in self.backend.databases:
                raise DBInstanceAlreadyExists()
            self.backend.databases[instance.db_instance_identifier] = instance
        return self._begin(instance, partial(self._restore, snapshot, instance), "failed")

    def delete_db_instance(self) -> ActionResult:
        """Stop the server, remove its data, then forget the instance."""
        with self.jobs.lock:
            instance = self._instance()
            if instance.status in _BUSY:
                raise wrong_state(instance, "deleted")
            if instance.deletion_protection:
                raise InvalidParameterCombination(_PROTECTED)
            final = self.params.get("FinalDBSnapshotIdentifier")
            instances.check_final_snapshot(self.params.get("SkipFinalSnapshot"), final)
            instance.status = "deleting"
        return self._begin(instance, partial(self._remove, instance), "deleting")

    def modify_db_instance(self) -> ActionResult:
        """Change settings at once, the master password only some time after the answer."""
        password = self.params.pop("MasterUserPassword", None)
        with self.jobs.lock:
            instance = self._instance()
            if instance.status != "available":
                raise wrong_state(instance, "modified")
            instances.check_class(self.params.get("DBInstanceClass"))
            if password is not None:
                instances.check_password(password)
            answer = super().modify_db_instance()
        if password is None:
            return answer
        instance.pending_modified_values = {"MasterUserPassword": "****"}
        return self._begin(instance, partial(self._reset_password, instance, password), "available")

    def _restore(self, snapshot: Snapshot, instance: Instance) -> None:
        fault = self.jobs.faults.take("creating")
        with self.jobs.lasting("creating"):
            if not (fault and fault.do == "end"):
                self.jobs.copy("restore", snapshot.copy, instance.db_instance_identifier)
        if fault and fault.do == "end":
            self._settle(instance, fault.code)
        else:
            instance.become_available()

    def _remove(self, instance: Instance) -> None:
        server = self.jobs.layout.instance(instance.db_instance_identifier)
        with self.jobs.lasting("deleting"):
            ending.stop_server(server.data)
            shutil.rmtree(server.folder, ignore_errors=True)
        self.backend.databases.pop(instance.db_instance_identifier, None)

    def _reset_password(self, instance: Instance, password: str) -> None:
        self.jobs.wait(0.3)  # as on AWS, for a while after the answer nothing is to be seen yet
        with self.jobs.lock:
            if instance.status == "deleting":
                return
            instance.status = "resetting-master-credentials"
        self.jobs.wait(0.7)
        server = self.jobs.layout.instance(instance.db_instance_identifier)
        logins.set_password(server, str(instance.master_username), password)
        instance.pending_modified_values = {}
        self._settle(instance)
