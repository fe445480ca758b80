"""RDS instances: the source (only ever read) and the throwaways (restored, changed and deleted only with our tag)."""

import time
from collections.abc import Iterator
from typing import Any

from clonekit.aws import Cloud, RequestError
from clonekit.errors import AwsError, NotOursError
from clonekit.names import CREATED_BY
from clonekit.resources import Instance, is_of_run, tags_of
from clonekit.waiting import GONE, Pace, until, until_gone

_NOT_FOUND = ("DBInstanceNotFound", "DBInstanceNotFoundFault")
_ALREADY_EXISTS = ("DBInstanceAlreadyExists", "DBInstanceAlreadyExistsFault")
_WRONG_STATE = ("InvalidDBInstanceState", "InvalidDBInstanceStateFault")
# RDS may answer "not found" for a short while after it accepted the restore.
APPEAR_SECONDS = 60
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
_DOOMED = (
    "failed",
    "incompatible-",
    "inaccessible-",
    "restore-error",
    "storage-full",
    "insufficient-",
    "stopp",
    "deleting",
    GONE,
)


def find(cloud: Cloud, identifier: str) -> Instance | None:
    """Return the instance, or None if there is none of that name."""
    try:
        answer = cloud.call("rds", "describe_db_instances", DBInstanceIdentifier=identifier)
    except RequestError as error:
        if error.code in _NOT_FOUND:
            return None
        raise
    return Instance.of(answer["DBInstances"][0])


def get(cloud: Cloud, identifier: str) -> Instance:
    """Return the instance; raise AwsError if there is none of that name."""
    instance = find(cloud, identifier)
    if instance is None:
        raise AwsError(f"There is no RDS instance {identifier!r} in {cloud.settings.region}; see rds.source.")
    return instance


def throwaways(cloud: Cloud) -> Iterator[Instance]:
    """Yield every instance that clonekit made."""
    for item in cloud.pages("rds", "describe_db_instances", "DBInstances"):
        instance = Instance.of(item)
        if instance.is_ours:
            yield instance


def restore(cloud: Cloud, request: dict[str, Any]) -> None:
    """Ask for the throwaway. If it exists with our very tags, an earlier try of the same request had arrived."""
    try:
        cloud.call("rds", "restore_db_instance_from_db_snapshot", **request)
    except RequestError as error:
        if error.code not in _ALREADY_EXISTS:
            raise
        if get(cloud, request["DBInstanceIdentifier"]).tags != tags_of({"TagList": request["Tags"]}):
            raise


def wait_available(cloud: Cloud, identifier: str, pace: Pace) -> Instance:
    """Wait until the throwaway is available; raise AwsError at once if it can't become so any more."""
    asked = time.monotonic()

    def look() -> str:
        instance = find(cloud, identifier)
        if instance is None:
            return "not listed yet" if time.monotonic() - asked < APPEAR_SECONDS else GONE
        return instance.status

    until(f"Waiting for {identifier}", look, pace, "available", lambda state: state.startswith(_DOOMED))
    return get(cloud, identifier)


def set_password(cloud: Cloud, instance: Instance, password: str) -> None:
    """Ask for a new master password on a throwaway; it works some time after this returns."""
    if not instance.is_ours:
        raise AwsError(f"{instance.id} does not carry the tag CreatedBy={CREATED_BY}: its password is not changed.")
    parameters = {"MasterUserPassword": password, "ApplyImmediately": True}
    cloud.call("rds", "modify_db_instance", DBInstanceIdentifier=instance.id, **parameters)


def delete(cloud: Cloud, identifier: str, pace: Pace, run_id: str, *, maybe_late: bool = False) -> None:
    """Delete this run's throwaway and wait until it is gone.

    RDS refuses while the instance is being created; then this tries again. `maybe_late`: the reply to the restore
    was lost, so the instance may still appear. Raises LeftoverError, with the command to run, if it can't be removed.
    """
    patience = time.monotonic() + (APPEAR_SECONDS if maybe_late else 0)

    def look() -> str:
        instance = find(cloud, identifier)
        if instance is None:
            return GONE if time.monotonic() >= patience else "not listed"
        return instance.status if instance.status == "deleting" else _try_delete(cloud, instance, run_id)

    until_gone(f"The throwaway {identifier}", look, pace, delete_command(cloud, identifier))


def _try_delete(cloud: Cloud, instance: Instance, run_id: str) -> str:
    if not is_of_run(instance.tags, run_id):
        raise NotOursError(f"{instance.id} does not carry the tags of this run: it is not deleted.")
    flags = {"SkipFinalSnapshot": True, "DeleteAutomatedBackups": True}
    try:
        cloud.call("rds", "delete_db_instance", DBInstanceIdentifier=instance.id, **flags)
    except RequestError as error:
        if error.code not in (*_NOT_FOUND, *_WRONG_STATE):
            raise
        return f"{instance.status} (RDS deletes it only when that is over)"
    return "deletion accepted"


def delete_command(cloud: Cloud, identifier: str) -> str:
    """Return the AWS CLI command that removes a throwaway by hand."""
    return (
        f"aws rds delete-db-instance {login_flags(cloud)} --db-instance-identifier {identifier} "
        "--skip-final-snapshot --delete-automated-backups"
    )


def login_flags(cloud: Cloud) -> str:
    """Return the AWS CLI's flags for our profile and region."""
    profile = f"--profile {cloud.settings.profile} " if cloud.settings.profile else ""
    return f"{profile}--region {cloud.settings.region}"
