"""The main recipe: production's snapshot, a throwaway restored from it, a dump of that, and nothing left behind."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from clonekit import checks, doctor, dumping, leftovers, names, output, preparing, runs
from clonekit.aws import Cloud, RequestError, instances, lifecycles, snapshots, tunnels
from clonekit.aws.leases import Lease
from clonekit.aws.lifecycles import Kind, R
from clonekit.aws.resources import Instance, Resource
from clonekit.aws.tunnels import Route
from clonekit.dumping import Job
from clonekit.errors import AwsError, Declined, Error, Interrupted, LeftoverError, NotOursError
from clonekit.interrupts import cleaning
from clonekit.output import say
from clonekit.plan import ClonePlan, Request
from clonekit.postgres import dumps
from clonekit.postgres.manifests import Facts, Manifest
from clonekit.postgres.server import Server
from clonekit.preparing import Options, Ready
from clonekit.runs import Run
from clonekit.settings import Settings
from clonekit.waiting import Pace

LOOPBACK = "127.0.0.1"


def clone(settings: Settings, options: Options) -> Path:
    """Make a dump of production and return its path; ask first, and leave nothing else behind.

    Raises an Error when anything is missing before the start, when a step fails, or when something could not be
    removed at the end.
    """
    cloud = Cloud(settings.aws)
    preparing.check_account(settings, options, cloud)
    if options.resume:
        run = preparing.resumable(settings, cloud.where)
    else:
        run = None
        leftovers.tell(settings, cloud)
    wanted = preparing.wanted(settings, options)
    wanted = preparing.as_before(wanted, run) if run else wanted
    ready = preparing.prepare(settings, wanted, cloud, resumed=run)
    for line in (*ready.plan.header(), *ready.plan.steps()):
        say(line)
    known = {"account": lambda: ready.plan.account, "bastion": lambda: ready.plan.bastion}
    doctor.tell(checks.Case(settings, cloud, **known), "login", "permissions")
    if not options.yes and not output.ask("Continue? [y/N]"):
        raise Declined("Nothing was changed.")
    dumps.prepare_folder(settings.dump_dir)
    return _recorded(settings, ready, cloud, run or _begun(settings, ready.plan, cloud.where))


def show_plan(settings: Settings, options: Options) -> None:
    """Print the header and the plan, and what could not be looked up for it; change nothing."""
    cloud, wanted = Cloud(settings.aws, attempts=1), preparing.wanted(settings, options)
    decided = preparing.prepare(settings, wanted, cloud, tolerant=True).plan
    for line in (*decided.header(), *decided.steps()):
        output.result(line)
    for what in decided.missing:
        say(f"Could not look up {what}")
    output.result("[--skip-restore] nothing was changed.")


def _begun(settings: Settings, decided: ClonePlan, where: str) -> Run:
    wanted, folder = decided.wanted, settings.runs_dir
    started, dump = names.time_text(wanted.now), str(wanted.dump_path)
    return Run(wanted.run_id, wanted.source, started, dump, folder, where=where)


def _recorded(settings: Settings, ready: Ready, cloud: Cloud, run: Run) -> Path:
    """Carry the plan out, and let the run's record say how it ended."""
    run.state = runs.RUNNING
    with runs.held(run):
        try:
            path = _Cloning(settings, ready, cloud, run).carry_out()
        except BaseException as error:
            run.end(runs.FAILED, str(error) if isinstance(error, Error) else type(error).__name__)
            raise
        run.end(runs.DONE)
        return path


class _Cloning:
    """One plan being carried out."""

    def __init__(self, settings: Settings, ready: Ready, cloud: Cloud, run: Run) -> None:
        rds = settings.rds
        self.settings, self.ready, self.cloud, self.run = settings, ready, cloud, run
        self.lease = Lease(cloud, ready.plan.wanted, rds.expiry_hours, rds.expiry_role_arn)
        self.pace = Pace(rds.poll_seconds, rds.restore_minutes * 60, "rds.restore_minutes", self.lease.renew)

    def carry_out(self) -> Path:
        """Do it and return the dump's path; whatever happens, remove what was made."""
        decided, run = self.ready.plan, self.run
        with ExitStack() as undo:
            if decided.left:  # of an earlier try, which was perhaps killed
                tunnels.end_sessions(self.cloud, run.id)
                run.remove_unfinished()
            for kind, identifier in self._only_left():
                undo.enter_context(self._removed(kind, identifier))
            if not decided.is_dumped:
                used = decided.reuse
                if create := decided.create:
                    name = decided.wanted.snapshot_id
                    used = undo.enter_context(self._made(snapshots.KIND, name, snapshots.CREATE, create))
                if used and not decided.there:
                    run.snapshot, run.snapshot_at = used.id, names.time_text(used.created or decided.wanted.now)
                restore = {} if decided.there else decided.restore
                name = decided.wanted.clone_id
                clone = undo.enter_context(self._made(instances.KIND, name, instances.RESTORE, restore))
                run.note("restored")
                undo.callback(tunnels.end_sessions, self.cloud, run.id)  # also those whose start had no reply
                run.dump = str(dumping.dump(self.cloud, self.settings, self._job(clone)))
                run.note(runs.DUMPED)
        return Path(run.dump)

    def _only_left(self) -> Iterator[tuple[Kind[Any], str]]:
        """Yield what an earlier try has left and this one does not need: what was restored or dumped is done with."""
        for kind in (snapshots.KIND, instances.KIND):  # the last one is removed first
            needless = self.ready.plan.is_dumped or (kind is snapshots.KIND and self.ready.plan.there)
            yield from ((kind, one.id) for one in self.run.left if needless and one.kind == kind.noun)

    @contextmanager
    def _removed(self, kind: Kind[Any], identifier: str) -> Iterator[None]:
        try:
            yield
        finally:
            self._remove(kind, identifier, sys.exception(), is_there=True, maybe_late=False)

    @contextmanager
    def _made(self, kind: Kind[R], identifier: str, operation: str, request: Request | None) -> Iterator[R]:
        """Make something in AWS (an empty request: it is there) and wait for it; at the end remove it.

        It is written down, and its switch is set, before it is asked for; it is removed also where the reply to its
        making was lost, where AWS does not list it yet, or where an earlier try of this run had asked for it.
        """
        if request is None:
            raise AwsError("The plan is not complete.")
        asked = before = bool(self.ready.plan.left)
        answered = refused = False
        listed = not request
        self.run.ask(kind.noun, identifier)
        try:
            self.lease.keep(kind, identifier)
            asked = True
            if request:
                lifecycles.make(self.cloud, kind, operation, {**request, "Tags": self.lease.tags}, self.run.id)
            else:
                self.lease.mark(kind, identifier)
            answered = True
            available = lifecycles.wait_available(self.cloud, kind, identifier, self.pace)
            self.run.set(kind.noun, identifier, runs.THERE)
            listed = True
            if not available.is_of_run(self.run.id):
                raise NotOursError(f"{identifier} does not carry the name and tags of this run: it is not used.")
            yield available
        except RequestError as error:
            refused = error.is_final and not (answered or before)
            raise
        finally:
            is_there = asked and not refused
            self._remove(kind, identifier, sys.exception(), is_there=is_there, maybe_late=not listed)

    def _remove(
        self, kind: Kind[R], identifier: str, before: BaseException | None, *, is_there: bool, maybe_late: bool
    ) -> None:
        """Remove something and its switch; whoever can't, or gives up on it, says what is left and what went before."""
        try:
            with cleaning():
                if isinstance(before, Interrupted):
                    say(f"Removing the {kind.noun} {identifier}. A second Ctrl-C stops waiting. {self.lease.fate}")
                if is_there:
                    ours = partial(Resource.is_of_run, run_id=self.run.id)
                    lifecycles.delete(self.cloud, kind, identifier, self.pace, ours, maybe_late=maybe_late)
                self.run.set(kind.noun, identifier, runs.GONE)
                self.lease.drop(identifier)
        except (AwsError, LeftoverError, Interrupted) as error:
            said = str(error) if isinstance(error, Error) else "The clean-up was given up; see what is left above."
            told = f"\nBefore that: {before}" if isinstance(before, Error) else ""
            raise LeftoverError(f"{said}\n{self.lease.fate}{told}") from None

    def _job(self, clone: Instance) -> Job:
        """Return what is to be dumped, with a password made up just now where no other is told to be used."""
        decided, login, client = self.ready.plan, self.ready.login, self.ready.client
        if not (decided.bastion and login and client):
            raise AwsError("The plan is not complete.")
        password = login.password
        if decided.sets_password:
            password = secrets.token_urlsafe(30)
            instances.set_password(self.cloud, clone, password, self.run.id, self.pace)
        server = Server(
            clone.endpoint, clone.port, login.user, password, LOOPBACK, decided.sslmode, self.ready.sslrootcert
        )
        route = Route(decided.bastion, clone.endpoint, clone.port, self.run.id)
        return Job(
            route=route,
            server=server,
            dbname=login.dbname,
            client=client,
            target=Path(self.run.dump),
            format=decided.wanted.format,
            password_is_new=decided.sets_password,
            about=self._about,
            on_tick=self.lease.renew,
        )

    def _about(self, facts: Facts, part: Path) -> Manifest:
        run, client = self.run, self.ready.client
        return Manifest(
            sha256=dumps.checksum(part),
            size=dumps.size(part),
            run=run.id,
            source=run.source,
            dbname=self.ready.login.dbname if self.ready.login else "",
            snapshot=run.snapshot,
            snapshot_at=run.snapshot_at,
            dumped_at=names.time_text(datetime.now(UTC)),
            server_version=facts.version,
            tools={"clonekit": version("clonekit"), "pg_dump": str(client)},
            tables=facts.tables,
        )
