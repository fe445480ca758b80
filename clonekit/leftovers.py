"""What clonekit made in AWS and is still there: found, told, and removed once it is nobody's any more."""

import json
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from clonekit import names, output, preparing, runs
from clonekit.aws import Cloud, RequestError, instances, lifecycles, snapshots, switches, tunnels
from clonekit.aws.lifecycles import Kind
from clonekit.aws.resources import Instance, Resource, age
from clonekit.errors import AwsError, Declined, LeftoverError, NotOursError
from clonekit.interrupts import cleaning
from clonekit.output import result, say, table
from clonekit.runs import Run
from clonekit.settings import Settings
from clonekit.waiting import Pace

_RDS: dict[str, Kind[Any]] = {"instance": instances.KIND, "snapshot": snapshots.KIND}
_NAMES = {
    "instance": "throwaway instance",
    "snapshot": "temporary snapshot",
    "schedule": "schedule",
    "session": "session",
}
_COLUMNS = ("kind", "id", "status", "age", "expires", "run")


@dataclass(frozen=True)
class Leftover:
    """One thing that is left: `session`, `instance`, `snapshot` or `schedule`."""

    kind: str
    of: Resource

    @property
    def belongs_to(self) -> str:
        """What it stays with: a schedule has the name of what it is for, a session is its run's."""
        return self.of.run_id if self.kind == "session" else self.of.id

    def told(self, cloud: Cloud) -> dict[str, str]:
        """Return what `--json` prints."""
        expires = names.time_text(self.of.expires) if self.of.expires else ""
        endpoint = self.of.endpoint if isinstance(self.of, Instance) else ""
        about = {"kind": self.kind, "id": self.of.id, "status": self.of.state, "age": age(self.of)}
        return {**about, "expires": expires, "run": self.of.run_id, "endpoint": endpoint, "remove": self.command(cloud)}

    def command(self, cloud: Cloud) -> str:
        """Return the AWS CLI command that removes it by hand."""
        if self.kind in _RDS:
            return lifecycles.delete_command(cloud, _RDS[self.kind], self.of.id)
        if self.kind == "schedule":
            return switches.delete_command(cloud, self.of.id)
        return f"aws ssm terminate-session {cloud.login_flags} --session-id {shlex.quote(self.of.id)}"

    def remove(self, cloud: Cloud, pace: Pace) -> None:
        """Remove it, and wait until it is gone; NotOursError if a run has marked it anew since it was looked at."""
        if self.kind in _RDS:
            lifecycles.delete(cloud, _RDS[self.kind], self.of.id, pace, lambda now: now.tags == self.of.tags)
        elif self.kind == "schedule":
            switches.remove(cloud, self.of.id, self.of.run_id)
        else:
            tunnels.terminate(cloud, self.of.id)


def find(cloud: Cloud) -> list[Leftover]:
    """Return everything of ours, of any run and source, in the order in which it has to be removed."""
    return _listed(_looked(cloud))


def _listed(found: dict[str, list[Resource]]) -> list[Leftover]:
    return [Leftover(kind, one) for kind, every in found.items() for one in every]


def _looked(cloud: Cloud) -> dict[str, list[Resource]]:
    """Return what there is of each kind; one that can't be looked for is told and not in it, if it costs no money."""
    asked: tuple[tuple[str, Callable[[Cloud], Iterator[Resource]]], ...] = (
        ("session", tunnels.sessions),
        ("instance", instances.throwaways),
        ("snapshot", snapshots.temporary),
        ("schedule", switches.every),
    )
    found = dict[str, list[Resource]]()
    for kind, ask in asked:
        try:
            found[kind] = list(ask(cloud))
        except RequestError as error:
            if kind in _RDS:  # who uses no switch need not be allowed to list schedules
                raise
            say(f"Could not look for {kind}s. {error}")
    return found


def show(settings: Settings, *, as_json: bool) -> None:
    """Print everything that is left, as a table or as JSON."""
    cloud = Cloud(settings.aws)
    found = _looked(cloud)
    left = [(one, one.told(cloud)) for one in _listed(found)]
    if as_json:
        result(json.dumps([told for _, told in left], indent=2))
        return
    if not left:
        where = "" if len(found) == len(_NAMES) else " of what could be looked for"
        result(f"Nothing is left{where}: {', '.join(f'no {name}' for kind, name in _NAMES.items() if kind in found)}.")
        return
    with table("Left in AWS", _COLUMNS) as rows:
        rows.extend([told[column] for column in _COLUMNS] for _, told in left)
    result("inv db.reap-clones removes what has expired. By hand:")
    for _, told in left:
        result(f"  {told['remove']}")


def of_ended_runs(settings: Settings, cloud: Cloud) -> list[Leftover]:
    """Return what is left of runs that do not go on here."""
    left, going = find(cloud), _by_liveness(settings)[0]
    return [one for one in left if one.of.run_id not in going]


def tell(settings: Settings, cloud: Cloud) -> None:
    """Say what earlier runs have left; that it can't be looked up is no reason to stop."""
    try:
        old = of_ended_runs(settings, cloud)
    except AwsError as error:
        say(f"Could not look for what earlier runs have left. {error}")
        return
    for one in old:
        say(f"Left by an earlier run: {one.kind} {one.of.id}, {one.of.state}, {age(one.of)} old.")
    if old:
        say("To remove it: inv db.reap-clones. To go on with the newest unfinished run: inv db.clone-prod --resume")


# --- the reaper -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reaping:
    """Which leftovers are to be removed: the expired ones, unless told otherwise."""

    everything: bool = False
    older_than: float | None = None  # hours
    expiry_hours: float = 4  # of what carries no expiry

    def reason(self, one: Resource, now: datetime, going: set[str], ended: set[str]) -> str:
        """Return why a thing is to be removed, or an empty text. Pure.

        `going` and `ended` are the runs that this machine has a record of.
        """
        if one.run_id in going:
            return ""
        if self.everything:
            return "--all"
        if self.older_than is not None:
            is_old = one.began is not None and one.began + timedelta(hours=self.older_than) <= now
            return f"older than {self.older_than:g} h" if is_old else ""
        if one.run_id in ended:
            return "its run has ended"
        until = one.expires or (one.began and one.began + timedelta(hours=self.expiry_hours))
        return "expired" if until and until <= now else ""


def reap(settings: Settings, wanted: Reaping, *, yes: bool) -> None:
    """Remove what is nobody's any more, after showing it and asking; raise LeftoverError if some of it stays."""
    cloud, now = Cloud(settings.aws), datetime.now(UTC)
    preparing.check_account(settings, preparing.Options(yes=yes), cloud)
    going, ended = _by_liveness(settings)
    left = find(cloud)
    why = {id(one): wanted.reason(one.of, now, set(going), set(ended)) for one in left}
    kept = {name for one in left if one.kind in _RDS and not why[id(one)] for name in (one.of.id, one.of.run_id)}
    due = [one for one in left if why[id(one)] and one.belongs_to not in kept]
    for one in left:
        verdict = f"remove ({why[id(one)]})" if one in due else "keep"
        say(f"  {verdict}: {one.kind} {one.of.id}, {one.of.state}, expires {one.told(cloud)['expires'] or 'never'}")
    if due and not yes and not output.ask(f"Remove {len(due)} of {len(left)}? [y/N]"):
        raise Declined("Nothing was removed.")
    failed = _remove_all(settings, cloud, due)
    listed = {one.of.id for one in left if one.kind in _RDS}
    gone = {one.of.id for one in due if one.of.id in listed and one.of.id not in failed}
    _tidy(
        [run for run in ended.values() if run.is_in(cloud.where)],
        gone,
        listed,
        now - timedelta(hours=settings.rds.expiry_hours),
    )
    if failed:
        raise LeftoverError("\n".join(failed.values()))
    result(f"removed {len(due)}, kept {len(left) - len(due)}")


def _remove_all(settings: Settings, cloud: Cloud, due: list[Leftover]) -> dict[str, str]:
    """Remove each; return what was said of those that stay. A schedule stays with the thing that it is for."""
    rds, failed = settings.rds, dict[str, str]()
    pace = Pace(rds.poll_seconds, rds.restore_minutes * 60, "rds.restore_minutes")
    for one in due:
        if one.kind == "schedule" and one.of.id in failed:
            continue
        try:
            with cleaning():
                one.remove(cloud, pace)
        except (LeftoverError, NotOursError) as error:
            failed[one.of.id] = str(error)
        except AwsError as error:
            failed[one.of.id] = f"{one.kind} {one.of.id} stays. {error}\n  {one.command(cloud)}"
    return failed


def _by_liveness(settings: Settings) -> tuple[dict[str, Run], dict[str, Run]]:
    """Return the runs recorded here that go on, and those that have ended, each by its id."""
    every = {run.id: run for run in runs.every(settings.runs_dir)}
    going = {name: run for name, run in every.items() if run.is_alive}
    return going, {name: run for name, run in every.items() if name not in going}


def _tidy(ended: Iterable[Run], gone: set[str], listed: set[str], expired: datetime) -> None:
    """Record what is gone of the runs that have ended, and remove the unfinished dumps of those that were killed.

    What AWS does not list has gone by its switch, or by hand, if it was there, or if the run began before `expired`;
    else it may appear.
    """
    for run in ended:
        is_old = datetime.fromisoformat(run.started) < expired
        for made in run.left:
            if made.id in gone or (made.id not in listed and (is_old or made.state == runs.THERE)):
                run.set(made.kind, made.id, runs.GONE)
        if run.state == runs.RUNNING:
            run.remove_unfinished()
            run.end(runs.FAILED, "killed")
