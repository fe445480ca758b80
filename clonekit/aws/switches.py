"""The dead man's switch: a one-time schedule in AWS that deletes a resource at its expiry, whatever became of us."""

import json
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from clonekit import names
from clonekit.aws import Cloud, RequestError
from clonekit.aws.lifecycles import Kind
from clonekit.aws.resources import Resource
from clonekit.errors import NotOursError

_MISSING, _THERE = "ResourceNotFoundException", "ConflictException"
_HOUR = 3600


def request(kind: Kind[Any], identifier: str, at: datetime, role: str, tags: dict[str, str]) -> dict[str, Any]:
    """Return the CreateSchedule request that has EventBridge Scheduler delete the resource at that time. Pure.

    A universal target takes parameters as AWS's SDK for Java spells them (`DbInstanceIdentifier`). A schedule has no
    tags, so its description holds them. While RDS refuses, it is tried again for a day.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
    """
    partition = role.split(":")[1] if role.count(":") > 1 else "aws"
    return {
        "Name": identifier,
        "Description": json.dumps(tags),
        "ScheduleExpression": f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": f"arn:{partition}:scheduler:::aws-sdk:rds:delete{kind.api}",
            "RoleArn": role,
            "Input": json.dumps({kind.key.replace("DB", "Db"): identifier, **kind.flags}),
            "RetryPolicy": {"MaximumEventAgeInSeconds": 24 * _HOUR, "MaximumRetryAttempts": 185},
        },
    }


def set_to(cloud: Cloud, wanted: dict[str, Any]) -> None:
    """Make the schedule, or set the one of that name to another time; NotOursError if that is another run's."""
    try:
        cloud.call("scheduler", "create_schedule", **wanted)
    except RequestError as error:
        if error.code != _THERE:
            raise
        _of_run(cloud, wanted["Name"], _tags(wanted["Description"]).get(names.RUN_TAG, ""))
        cloud.call("scheduler", "update_schedule", **wanted)


def find(cloud: Cloud, name: str) -> Resource | None:
    """Return the schedule with the tags that its description holds, or None if there is none of that name."""
    try:
        told = cloud.call("scheduler", "get_schedule", Name=name)
    except RequestError as error:
        if error.code == _MISSING:
            return None
        raise
    tags = _tags(told.get("Description", ""))
    return Resource(id=name, state=told["ScheduleExpression"], created=told.get("CreationDate"), tags=tags)


def every(cloud: Cloud) -> Iterator[Resource]:
    """Yield every schedule that clonekit made and that has not run."""
    for item in cloud.pages("scheduler", "list_schedules", "Schedules"):
        found = find(cloud, item["Name"]) if names.CLONE in item["Name"] else None
        if found and found.is_ours:
            yield found


def remove(cloud: Cloud, name: str, run_id: str) -> None:
    """Delete a run's schedule; fine if it is gone, as it is after it has run."""
    if not _of_run(cloud, name, run_id):
        return
    try:
        cloud.call("scheduler", "delete_schedule", Name=name)
    except RequestError as error:
        if error.code != _MISSING:
            raise


def _of_run(cloud: Cloud, name: str, run_id: str) -> Resource | None:
    found = find(cloud, name)
    if found and not found.is_of_run(run_id):
        raise NotOursError(f"The schedule {name} does not say that this run made it: it is left alone.")
    return found


def delete_command(cloud: Cloud, name: str) -> str:
    """Return the AWS CLI command that removes a schedule by hand."""
    return f"aws scheduler delete-schedule {cloud.login_flags} --name {shlex.quote(name)}"


def _tags(description: str) -> dict[str, str]:
    try:
        told = json.loads(description)
    except (ValueError, RecursionError):
        told = None
    return {str(key): str(value) for key, value in told.items()} if isinstance(told, dict) else {}
