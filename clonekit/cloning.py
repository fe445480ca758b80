"""The main recipe: production's snapshot, a throwaway restored from it, a dump of that, and nothing left behind."""

import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from clonekit import clients, databases, dumps, instances, names, output, plan, snapshots, tunnels
from clonekit.aws import Cloud, RequestError
from clonekit.clients import Client
from clonekit.credentials import Credentials, parse_credentials
from clonekit.errors import (
    AwsError,
    DatabaseError,
    Declined,
    DumpError,
    Error,
    Interrupted,
    LeftoverError,
    TunnelError,
    UsageError,
)
from clonekit.interrupts import cleaning
from clonekit.output import Progress, say
from clonekit.plan import ClonePlan, Request, Wanted
from clonekit.resources import Instance, tags_of
from clonekit.server import Server
from clonekit.settings import Settings
from clonekit.waiting import Pace, pause

Found = TypeVar("Found")
LOOPBACK = "127.0.0.1"
_NONE_WORKED = "If nothing answered, check that the security groups let the bastion in. Tried for"
_LOGIN_PAUSE_SECONDS = 1.0
_MAX_FILE_NAME = 200  # bytes; the unfinished file beside it has a longer one


@dataclass(frozen=True)
class Options:
    """The flags of `db.clone-prod`; empty means the setting."""

    fresh_snapshot: bool = False
    freshness_hours: float | None = None
    instance_class: str = ""
    output: str = ""
    yes: bool = False


@dataclass(frozen=True)
class Ready:
    """What was looked up before anything is spent."""

    plan: ClonePlan
    credentials: Credentials | None
    source: Instance | None
    client: Client | None


def clone(settings: Settings, options: Options) -> Path:
    """Make a dump of production and return its path; ask first, and leave nothing else behind.

    Raises an Error when anything is missing before the start, when a step fails, or when something could not be
    removed at the end.
    """
    cloud = Cloud(settings.aws)
    check_account(settings, options, cloud)
    ready = prepare(settings, options, cloud)
    for line in (*ready.plan.header(), *ready.plan.steps()):
        say(line)
    if not options.yes and not output.ask("Continue? [y/N]"):
        raise Declined("Nothing was changed.")
    return run(settings, ready, cloud)


def show_plan(settings: Settings, options: Options) -> None:
    """Print the header and the plan, and what could not be looked up for it; change nothing."""
    decided = prepare(settings, options, Cloud(settings.aws, attempts=1), tolerant=True).plan
    for line in (*decided.header(), *decided.steps()):
        output.result(line)
    for what in decided.missing:
        say(f"Could not look up {what}")
    output.result("[--skip-restore] nothing was changed.")


def prepare(settings: Settings, options: Options, cloud: Cloud, *, tolerant: bool = False) -> Ready:
    """Look everything up and decide; change nothing.

    Raises the first error, unless `tolerant`: then the plan says what could not be looked up.
    """
    wanted, missing = _wanted(settings, options), list[str]()
    if settings.dump_dir.exists() and not os.access(settings.dump_dir, os.W_OK | os.X_OK):
        raise DumpError(f"{settings.dump_dir} is not a folder in which dumps can be made.")

    def look(what: str, ask: Callable[[], Found]) -> Found | None:
        try:
            return ask()
        except Error as error:
            if not tolerant:
                raise
            missing.append(f"{what}: {error}")
            return None

    account = look("the account", cloud.account)
    source = look("the source instance", lambda: instances.get(cloud, wanted.source))
    newest = look("the newest snapshot", lambda: [snapshots.newest(cloud, wanted.source)])
    bastion = look("the bastion", lambda: tunnels.bastion(cloud, settings.ssm.bastion))
    credentials = look("the database credentials", lambda: _credentials(cloud, settings.ssm.credentials_parameter))
    look("the SSM plugin", tunnels.plugin)
    client = look("the client programs", lambda: _client(settings, source)) if source else None
    reuse = plan.reusable(newest[0], wanted) if newest else None
    create = None if reuse or newest is None else plan.snapshot_request(wanted)
    snapshot_id = reuse.id if reuse else create["DBSnapshotIdentifier"] if create else ""
    decided = ClonePlan(
        wanted=wanted,
        account=account,
        reuse=reuse,
        create=create,
        restore=plan.restore_request(wanted, source, snapshot_id) if source and snapshot_id else None,
        bastion=bastion,
        client=str(client) if client else None,
        login=f"{credentials.user} to {credentials.dbname}" if credentials else None,
        sslmode=settings.rds.sslmode,
        sets_password=not (source and credentials) or credentials.user == source.master_user,
        missing=tuple(missing),
    )
    return Ready(decided, credentials, source, client)


def _wanted(settings: Settings, options: Options) -> Wanted:
    now, rds = datetime.now(UTC), settings.rds
    return Wanted(
        source=rds.source,
        instance_class=options.instance_class or rds.instance_class,
        storage_type=rds.storage_type,
        freshness_hours=rds.freshness_hours if options.freshness_hours is None else options.freshness_hours,
        fresh_snapshot=options.fresh_snapshot,
        dump_path=_target(options.output) if options.output else settings.dump_dir / names.dump_name(now),
        now=now,
        run_id=secrets.token_hex(8),
    )


def _target(output: str) -> Path:
    path = Path(output).absolute()
    if len(os.fsencode(path.name)) > _MAX_FILE_NAME or path.exists():
        raise UsageError(f"{names.printable(str(path))} exists already, or is too long a name; give another --output.")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"The folder {path.parent} for the dump is not there or not writable.")
    return path


def _credentials(cloud: Cloud, parameter: str) -> Credentials:
    answer = cloud.call("ssm", "get_parameter", Name=parameter, WithDecryption=True)
    return parse_credentials(answer["Parameter"]["Value"], environ={})


def _client(settings: Settings, source: Instance) -> Client:
    return clients.choose(source.engine_major, settings.local.client_dir, settings.rds.sslmode)


def check_account(settings: Settings, options: Options, cloud: Cloud) -> None:
    """Raise, before anything else is asked of AWS, unless the login belongs to the configured account."""
    wanted = settings.aws.account
    if options.yes and not wanted:
        raise UsageError("--yes needs the production account in aws.account (invoke.yaml or INVOKE_AWS_ACCOUNT).")
    account = cloud.account()
    if wanted and account != wanted:
        raise AwsError(
            f"The profile {settings.aws.profile!r} belongs to the account {account}, not to {wanted} (aws.account). "
            "Nothing was changed."
        )


def run(settings: Settings, ready: Ready, cloud: Cloud) -> Path:
    """Carry the plan out and return the dump's path; whatever happens, remove what was made.

    Every removal is certain before its making begins: an interruption in between finds it.
    """
    decided, source, credentials, client = ready.plan, ready.source, ready.credentials, ready.client
    if not (decided.restore and decided.bastion and source and credentials and client):
        raise AwsError("The plan is not complete.")
    pace = Pace(settings.rds.poll_seconds, settings.rds.restore_minutes * 60, "rds.restore_minutes")
    dumps.prepare_folder(settings.dump_dir)
    with ExitStack() as undo:
        if decided.create:
            undo.enter_context(_snapshot(cloud, decided.create, pace))
        clone = undo.enter_context(_throwaway(cloud, decided.restore, pace))
        server = _login(cloud, clone, credentials, settings.rds.sslmode)
        tunnel = tunnels.opened(cloud, decided.bastion, clone.endpoint, clone.port, settings.ssm)
        opened = undo.enter_context(tunnel)
        reached = replace(server, port=opened.port)
        _log_in(reached, credentials.dbname, settings.rds.login_seconds, opened.is_open)
        dumps.write(client, reached, credentials.dbname, decided.wanted.dump_path)
    return decided.wanted.dump_path


@contextmanager
def _made(make: Callable[[], None], wait: Callable[[], Found], remove: Callable[..., None]) -> Iterator[Found]:
    """Make something in AWS and wait for it; remove it at the end, also when the reply to its making was lost."""
    answered = refused = False
    before: Error | None = None
    try:
        make()
        answered = True
        yield wait()
    except Error as error:
        before = error
        refused = isinstance(error, RequestError) and error.is_final and not answered
        raise
    finally:
        if not refused:
            _remove(partial(remove, maybe_late=not answered), before)


def _remove(remove: Callable[[], None], before: Error | None) -> None:
    """Remove what was made; whoever can't, or gives up on it, ends with what is left and with what went before."""
    try:
        with cleaning():
            remove()
    except (LeftoverError, Interrupted) as error:
        said = str(error) if isinstance(error, LeftoverError) else "The clean-up was given up; see what is left above."
        raise LeftoverError(f"{said}\nBefore that: {before}" if before else said) from None


def _snapshot(cloud: Cloud, request: Request, pace: Pace) -> AbstractContextManager[None]:
    which = (cloud, request["DBSnapshotIdentifier"], pace)
    make, remove = partial(snapshots.create, cloud, request), partial(snapshots.delete, *which, _run_id(request))
    return _made(make, partial(snapshots.wait_available, *which), remove)


def _throwaway(cloud: Cloud, request: Request, pace: Pace) -> AbstractContextManager[Instance]:
    which = (cloud, request["DBInstanceIdentifier"], pace)
    make, remove = partial(instances.restore, cloud, request), partial(instances.delete, *which, _run_id(request))
    return _made(make, partial(instances.wait_available, *which), remove)


def _run_id(request: Request) -> str:
    return tags_of({"TagList": request["Tags"]})[names.RUN_TAG]


def _login(cloud: Cloud, clone: Instance, credentials: Credentials, sslmode: str) -> Server:
    """Return the login for the throwaway: a password made up just now, which no other server can have.

    Only where the app logs in as another role than the master does its own password have to do.
    """
    password = credentials.password
    if credentials.user == clone.master_user:
        password = secrets.token_urlsafe(30)
        instances.set_password(cloud, clone, password)
    return Server(clone.endpoint, clone.port, credentials.user, password, hostaddr=LOOPBACK, sslmode=sslmode)


def _log_in(server: Server, dbname: str, seconds: float, is_open: Callable[[], bool]) -> None:
    """Wait until the login works: only that shows that the tunnel leads to the throwaway."""
    deadline = time.monotonic() + seconds
    with Progress(f"Logging in to {server.host} as {server.user}") as progress:
        while True:
            try:
                with databases.connect(server, dbname):
                    return
            except DatabaseError as error:
                reason = _hopeless(str(error), is_open())
                if reason or time.monotonic() > deadline:
                    limit = reason or f"{_NONE_WORKED} {names.duration(seconds)} (rds.login_seconds)."
                    raise TunnelError(f"No login through the tunnel. {error} {limit}") from None
            pause(_LOGIN_PAUSE_SECONDS, lambda: progress.update("not accepted yet"))


def _hopeless(said: str, is_open: bool) -> str:
    """Return why waiting longer can't help, or nothing."""
    if re.search(r'database ".*" does not exist', said):
        return "The dbname in the credentials is not one of the source's databases."
    return "" if is_open else "The SSM session has ended. Check that the bastion may reach the source's port."
