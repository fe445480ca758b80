"""RDS instances: the source, which is only looked at, and the throwaways that clonekit makes and removes."""

from collections.abc import Iterator

from clonekit.aws import Cloud, RequestError, lifecycles
from clonekit.aws.lifecycles import Kind
from clonekit.aws.resources import Instance
from clonekit.errors import AwsError, NotOursError
from clonekit.waiting import Pace, until

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
_DOOMED = ("failed", "incompatible-", "inaccessible-", "restore-error", "storage-full", "insufficient-", "stopp")
_DELETED_WHOLE = {"SkipFinalSnapshot": True, "DeleteAutomatedBackups": True}
KIND = Kind("throwaway", "DBInstance", Instance.of, _DOOMED, _DELETED_WHOLE)
RESTORE = "restore_db_instance_from_db_snapshot"


def get(cloud: Cloud, identifier: str) -> Instance:
    """Return the instance; raise AwsError if there is none of that name."""
    instance = lifecycles.find(cloud, KIND, identifier)
    if instance is None:
        raise AwsError(f"There is no RDS instance {identifier!r} in {cloud.settings.region}; see rds.source.")
    return instance


def throwaways(cloud: Cloud) -> Iterator[Instance]:
    """Yield every instance that clonekit made."""
    every = map(Instance.of, cloud.pages("rds", "describe_db_instances", "DBInstances"))
    return (instance for instance in every if instance.is_ours)


def set_password(cloud: Cloud, instance: Instance, password: str, run_id: str, pace: Pace) -> None:
    """Ask for a new master password on this run's throwaway; it works some time after this returns.

    RDS may be busy with it once more after it was available; while it is, this waits.
    """
    if not instance.is_of_run(run_id):
        raise NotOursError(f"{instance.id} does not carry the name and tags of this run: its password is not changed.")

    def ask() -> str:
        parameters = {"MasterUserPassword": password, "ApplyImmediately": True}
        try:
            cloud.call("rds", "modify_db_instance", DBInstanceIdentifier=instance.id, **parameters)
        except RequestError as error:
            if not KIND.failed(error, "Invalid"):
                raise
            return f"busy ({get(cloud, instance.id).state})"
        return "accepted"

    doomed = tuple(f"busy ({state}" for state in (*_DOOMED, "deleting"))
    until(f"Setting a password on {instance.id}", ask, pace, "accepted", lambda state: state.startswith(doomed))
