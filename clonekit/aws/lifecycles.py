"""What instances and snapshots have in common: asked for, waited for, deleted until gone; each step safe to repeat."""

import shlex
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from clonekit.aws import Cloud, RequestError
from clonekit.aws.resources import Resource
from clonekit.errors import NotOursError
from clonekit.waiting import GONE, Pace, until, until_gone

R = TypeVar("R", bound=Resource)
# RDS may answer "not found" for a short while after it accepted the making.
APPEAR_SECONDS = 60
_ACCEPTED = "deletion accepted"


@dataclass(frozen=True)
class Kind(Generic[R]):
    """A kind of RDS resource: how it is called, described and deleted, and from which states it never recovers."""

    noun: str
    api: str  # as the API spells it: DBInstance, DBSnapshot
    of: Callable[[dict[str, Any]], R]
    doomed: tuple[str, ...]
    flags: dict[str, bool]  # of the request to delete one

    @property
    def key(self) -> str:
        """The parameter that names one."""
        return f"{self.api}Identifier"

    @property
    def operation(self) -> str:
        """How boto3 and the AWS CLI (with hyphens) spell it."""
        return self.api.replace("DB", "db_").lower()

    def failed(self, error: RequestError, *reasons: str) -> bool:
        """Return whether the request was refused for one of these reasons, such as `NotFound`."""
        codes = {f"{self.api}{reason}" for reason in reasons} | {f"{reason}{self.api}State" for reason in reasons}
        return error.code.removesuffix("Fault") in codes


def find(cloud: Cloud, kind: Kind[R], identifier: str) -> R | None:
    """Return the resource, or None if there is none of that name."""
    try:
        answer = cloud.call("rds", f"describe_{kind.operation}s", **{kind.key: identifier})
    except RequestError as error:
        if kind.failed(error, "NotFound"):
            return None
        raise
    return kind.of(answer[f"{kind.api}s"][0])


def make(cloud: Cloud, kind: Kind[R], operation: str, request: dict[str, Any], run_id: str) -> None:
    """Ask for it. If it exists and is of this run, an earlier try of the same request had arrived."""
    try:
        cloud.call("rds", operation, **request)
    except RequestError as error:
        if not kind.failed(error, "AlreadyExists"):
            raise
        there = None
        with suppress(RequestError):
            there = find(cloud, kind, request[kind.key])
        if not (there and there.is_of_run(run_id)):
            error.is_final = there is not None  # the name is another's, so no try of ours had an effect
            raise


def wait_available(cloud: Cloud, kind: Kind[R], identifier: str, pace: Pace) -> R:
    """Wait until it is available and return it; raise AwsError at once if it can't become so any more."""
    asked, last = time.monotonic(), list[R]()

    def look() -> str:
        found = find(cloud, kind, identifier)
        if found is None:
            return "not listed yet" if time.monotonic() - asked < APPEAR_SECONDS else GONE
        last[:] = [found]
        return found.state

    doomed = (*kind.doomed, "deleting", GONE)
    until(f"Waiting for the {kind.noun} {identifier}", look, pace, "available", lambda state: state.startswith(doomed))
    return last[0]


def delete(
    cloud: Cloud, kind: Kind[R], identifier: str, pace: Pace, may: Callable[[R], bool], *, maybe_late: bool = False
) -> None:
    """Delete it if `may` allows, and wait until it is gone; while RDS refuses because it is busy, try again.

    `maybe_late`: it was asked for and has not been seen yet, so it may still appear. Raises NotOursError, and
    LeftoverError with the command to run if it can't be removed.
    """
    patience = time.monotonic() + (APPEAR_SECONDS if maybe_late else 0)

    def look() -> str:
        nonlocal patience
        found = find(cloud, kind, identifier)
        if found is None:
            return GONE if time.monotonic() >= patience else "not listed"
        state = found.state if found.state == "deleting" else _try_delete(cloud, kind, found, may)
        if state in ("deleting", _ACCEPTED):
            patience = 0
        return state

    until_gone(f"The {kind.noun} {identifier}", look, pace, delete_command(cloud, kind, identifier))


def _try_delete(cloud: Cloud, kind: Kind[R], found: R, may: Callable[[R], bool]) -> str:
    if not (found.is_ours and may(found)):
        raise NotOursError(f"{found.id} does not carry the name and tags of this run: it is not deleted.")
    try:
        cloud.call("rds", f"delete_{kind.operation}", **{kind.key: found.id}, **kind.flags)
    except RequestError as error:
        if not kind.failed(error, "NotFound", "Invalid"):
            raise
        return f"{found.state} (RDS deletes it only when that is over)"
    return _ACCEPTED


def delete_command(cloud: Cloud, kind: Kind[R], identifier: str) -> str:
    """Return the AWS CLI command that removes one by hand."""
    command, option = (text.replace("_", "-") for text in (f"delete_{kind.operation}", f"{kind.operation}_identifier"))
    flags = {"SkipFinalSnapshot": " --skip-final-snapshot", "DeleteAutomatedBackups": " --delete-automated-backups"}
    return f"aws rds {command} {cloud.login_flags} --{option} {shlex.quote(identifier)}" + "".join(
        map(flags.__getitem__, kind.flags)
    )
