"""What `db.clone-prod` looks up and decides before anything is spent; nothing is changed here."""

import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from clonekit import names, plan, runs
from clonekit.aws import Cloud, asked, credentials, instances, lifecycles, snapshots, tunnels
from clonekit.aws.credentials import Login
from clonekit.aws.resources import Instance
from clonekit.errors import AwsError, DumpError, Error, NotOursError, UsageError
from clonekit.plan import ClonePlan, Wanted
from clonekit.postgres import clients, splitting
from clonekit.postgres.clients import Client
from clonekit.postgres.server import TLS_MODES
from clonekit.processes import ended
from clonekit.runs import Run
from clonekit.settings import Settings

Found = TypeVar("Found")
BUNDLE = "global-bundle.pem"  # as AWS publishes the certificates of RDS
_MAX_FILE_NAME = 200  # bytes; the unfinished file beside it has a longer one


@dataclass(frozen=True)
class Options:
    """The flags of `db.clone-prod`; empty means the setting."""

    fresh_snapshot: bool = False
    freshness_hours: float | None = None
    instance_class: str = ""
    output: str = ""
    yes: bool = False
    resume: bool = False
    format: str = ""


@dataclass(frozen=True)
class Ready:
    """What was looked up."""

    plan: ClonePlan
    login: Login | None
    source: Instance | None
    client: Client | None
    sslrootcert: str | None


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


def prepare(
    settings: Settings, wanted: Wanted, cloud: Cloud, *, tolerant: bool = False, resumed: Run | None = None
) -> Ready:
    """Look everything up and decide; change nothing.

    AWS is asked all at once. Raises the first error, in the order of the plan, unless `tolerant`: then the plan says
    what could not be looked up.
    """
    missing = list[str]()
    check_dump_folder(settings, wanted.dump_path.parent)

    def look(what: str, ask: Callable[[], Found]) -> Found | None:
        try:
            return ask()
        except Error as error:
            if not tolerant:
                raise
            missing.append(f"{what}: {error}")
            return None

    rds, (sslmode, bundle) = settings.rds, transit(settings)
    questions: dict[str, Callable[[], Any]] = {
        "the account": cloud.account,
        "the source instance": lambda: find_source(cloud, wanted.source),
        "the throwaway": lambda: lifecycles.find(cloud, instances.KIND, wanted.clone_id) if resumed else None,
        "the newest snapshot": lambda: [snapshots.newest(cloud, wanted.source)],
        "the bastion": lambda: tunnels.bastion(cloud, settings.ssm.bastion),
    }
    account, source, there, newest, bastion = (look(what, get) for what, get in asked(questions).items())
    login = look("the database credentials", lambda: _login(cloud, settings, source)) if source else None
    look("the SSM plugin", tunnels.plugin)
    client = look("the client programs", lambda: find_client(settings, source, sslmode)) if source else None
    reuse = plan.reusable(newest[0], wanted) if newest else None
    create = plan.snapshot_request(wanted) if newest and not (reuse or there) else None
    snapshot_id = reuse.id if reuse else wanted.snapshot_id if create else ""
    decided = ClonePlan(
        wanted=wanted,
        account=account,
        reuse=reuse,
        create=create,
        restore=plan.restore_request(wanted, source, snapshot_id) if source and snapshot_id else None,
        bastion=bastion,
        client=str(client) if client else None,
        login=f"{login.user} to {login.dbname}" if login else None,
        sslmode=sslmode,
        sets_password=rds.credentials == "generated",
        tunnels=splitting.planned(settings.ssm.sessions, wanted.format),
        expiry_role=rds.expiry_role_arn,
        there=there.state if there else "",
        is_dumped=resumed is not None and resumed.has_done(runs.DUMPED),
        left=tuple(f"{one.kind} {one.id}" for one in resumed.left) if resumed else (),
        missing=tuple(missing),
    )
    return Ready(decided, login, source, client, bundle)


def wanted(settings: Settings, options: Options) -> Wanted:
    """Return what the flags and the settings ask for, as a new run."""
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
        expires=now + timedelta(hours=rds.expiry_hours),
        format=options.format or rds.format,
    )


def resumable(settings: Settings, where: str) -> Run:
    """Return the newest run of the source, in this account and region, that has left something and is not going on.

    Raises UsageError if there is none.
    """
    every = [one for one in runs.every(settings.runs_dir) if one.source == settings.rds.source and one.is_in(where)]
    found = next((one for one in every if one.left and not one.is_alive), None)
    if found is None:
        raise UsageError("There is no unfinished run to go on with (inv db.runs). Start a new one: inv db.clone-prod")
    return found


def as_before(new: Wanted, run: Run) -> Wanted:
    """Return what a run wanted when it began: the same names, and its own snapshot if it has made one."""
    began = datetime.fromisoformat(run.started)
    has_snapshot = any(one.kind == snapshots.KIND.noun for one in run.left)
    return replace(new, fresh_snapshot=has_snapshot, dump_path=Path(run.dump), now=began, run_id=run.id)


def transit(settings: Settings) -> tuple[str, str | None]:
    """Return the sslmode and the file of certificates: the bundle, where there is one, makes the mode `verify-full`."""
    rds = settings.rds
    places = (rds.ca_bundle, os.environ.get("PGSSLROOTCERT", ""), str(settings.root / BUNDLE))
    found = next((place for place in places if place and Path(place).is_file()), None)
    if rds.ca_bundle and found != rds.ca_bundle:
        raise UsageError(f"rds.ca_bundle is {rds.ca_bundle}, which is no file.")
    if rds.sslmode not in TLS_MODES:  # somebody lowered it
        return rds.sslmode, None
    return ("verify-full", found) if found else (rds.sslmode, None)


def check_dump_folder(settings: Settings, folder: Path) -> None:
    """Raise unless dumps can be made in the folder, and git, if it is in a work tree, would never see one."""
    if not os.access(folder if folder.exists() else folder.parent, os.W_OK | os.X_OK) or folder.is_file():
        raise DumpError(f"{folder} is not a folder in which dumps can be made.")
    git, here = shutil.which("git"), folder if folder.is_dir() else settings.root
    if not git:
        return
    ask, dump = [git, "-C", str(here)], folder / names.dump_name(datetime.now(UTC))
    is_inside = ended([*ask, "rev-parse", "--is-inside-work-tree"], os.environ).stdout.strip() == "true"
    if is_inside and ended([*ask, "check-ignore", "--quiet", str(dump)], os.environ).code:
        raise DumpError(f"git would take up dumps in {folder}. Ignore that: echo /dump/ >> {settings.root}/.gitignore")


def find_source(cloud: Cloud, identifier: str) -> Instance:
    """Return the instance to clone; NotOursError if it is a throwaway itself.

    RDS finds it by capital letters, too, but gives what is made from it no name that begins with them.
    """
    source = instances.get(cloud, identifier)
    if source.id != identifier:
        raise UsageError(f"RDS writes {identifier} otherwise. Set rds.source: {source.id}")
    if source.is_ours:
        raise NotOursError(f"{identifier} is a throwaway itself; rds.source must name production.")
    return source


def _target(output: str) -> Path:
    path = Path(output).absolute()
    if len(os.fsencode(path.name)) > _MAX_FILE_NAME or path.exists():
        raise UsageError(f"{names.printable(str(path))} exists already, or is too long a name; give another --output.")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"The folder {path.parent} for the dump is not there or not writable.")
    return path


def _login(cloud: Cloud, settings: Settings, source: Instance) -> Login:
    """Return who will log in to which database; the password is empty where one will be set."""
    rds = settings.rds
    if rds.credentials == "generated":
        login = Login(source.master_user, source.dbname)
    elif rds.credentials == "secret":
        answer = cloud.call("secretsmanager", "get_secret_value", SecretId=rds.secret)
        login = credentials.parse_login(answer.get("SecretString", ""))
    else:
        answer = cloud.call("ssm", "get_parameter", Name=settings.ssm.credentials_parameter, WithDecryption=True)
        login = credentials.parse_login(answer["Parameter"]["Value"])
    dbname = rds.dbname or login.dbname or source.dbname
    if not dbname:
        raise UsageError(f"{source.id} does not say which database to dump; name it in rds.dbname.")
    return replace(login, dbname=dbname)


def find_client(settings: Settings, source: Instance, sslmode: str) -> Client:
    """Return the client programs for the source; ClientError if none fit."""
    return clients.choose(source.engine_major, settings.local.client_dir, sslmode)
