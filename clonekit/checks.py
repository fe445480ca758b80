"""What must be true before an expensive run: one check each, and what they share. Nothing is changed."""

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Self, cast

from clonekit import leftovers, local, names, preparing
from clonekit.aws import Cloud, instances, permissions, prices, snapshots, tunnels
from clonekit.aws.resources import Instance
from clonekit.errors import AwsError, DatabaseError, DumpError, Error
from clonekit.postgres import clients, commands, databases, dumps, manifests
from clonekit.postgres.manifests import Manifest
from clonekit.processes import ended
from clonekit.settings import Settings

_SOON = timedelta(hours=2)  # a clone takes longer than a login that ends before
_GIGABYTE = 1024**3
_EXTENSION = re.compile(r"^\d+; \d+ \d+ EXTENSION - (\S+) ", re.MULTILINE)
NOT_LOOKED_AT = "Not looked at"
SESSION_RATE = 700_000  # bytes a second: https://github.com/aws/amazon-ssm-agent/issues/664


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class UnknownError(Error):
    """Something can't be looked at because what it depends on is not known."""


class Case:
    """The project that is examined, and what more than one of the checks needs, asked for once."""

    def __init__(self, settings: Settings, cloud: Cloud, **answers: Callable[[], Any]) -> None:
        self.settings, self.cloud, self._answers = settings, cloud, answers

    @classmethod
    def asked(cls, settings: Settings, pool: ThreadPoolExecutor) -> Self:
        """Return a case of which AWS is asked in the background."""
        cloud = Cloud(settings.aws, attempts=2)
        source = pool.submit(instances.get, cloud, settings.rds.source)
        account, bastion = pool.submit(cloud.account), pool.submit(tunnels.bastion, cloud, settings.ssm.bastion)
        return cls(settings, cloud, source=source.result, account=account.result, bastion=bastion.result)

    @property
    def source(self) -> Instance:
        """The instance to clone."""
        return cast("Instance", self._known("source"))

    @property
    def account(self) -> str:
        """The account of the login."""
        return str(self._known("account"))

    @property
    def bastion(self) -> str:
        """The id of the bastion."""
        return str(self._known("bastion"))

    def _known(self, what: str) -> Any:
        try:
            if what in self._answers:
                return self._answers[what]()
        except Error:
            pass  # its own check tells that
        raise UnknownError(f"{NOT_LOOKED_AT}: the {what} is not known.")

    def dump(self) -> Path | None:
        """Return the dump to load: the newest, unless another was chosen; None if there is none."""
        try:
            found: Path = self._answers.get("dump", partial(dumps.newest, self.settings.dump_dir))()
        except DumpError:
            return None
        return found

    def manifest(self) -> Manifest | None:
        """Return what is known of the newest dump."""
        dump = self.dump()
        return manifests.of(dump) if dump else None

    def data(self) -> tuple[int, str]:
        """Return the size of the data in bytes, and how that is known."""
        if manifest := self.manifest():
            size = sum(int(table["bytes"]) for table in manifest.tables)
            return size, f"{names.size(size)} as of the last dump"
        size = int(self.source.description.get("AllocatedStorage", 0)) * _GIGABYTE
        return size, f"at most {names.size(size)}, its storage"


# --- one check each: it returns a level and what it found, or raises what is wrong ------------------------------------

Found = tuple[Level, str]


def _login(case: Case) -> Found:
    preparing.check_account(case.settings, preparing.Options(), case.cloud)
    ends = permissions.login_ends(case.cloud)
    until = f"until {names.time_text(ends)}" if ends else "for how long is not known"
    if ends and ends - datetime.now(UTC) < _SOON:
        return Level.WARNING, f"Account {case.account}, but only {until}. {case.cloud.how_to_log_in}"
    if not case.settings.aws.account:
        return Level.WARNING, f"Account {case.account}, {until}. Write it into aws.account: --yes needs it."
    return Level.OK, f"Account {case.account}, {until}."


def _permissions(case: Case) -> Found:
    try:
        denied = permissions.denied(case.cloud, case.settings, case.account, case.bastion)
    except AwsError as error:
        return Level.WARNING, f"Not simulated, so a denied action will only show when it is needed. {error}"
    if denied:
        raise AwsError(f"Denied, by IAM's simulator: {', '.join(denied)}. See runbooks/iam-policy.json.")
    return Level.OK, "Everything that a clone needs is allowed, by IAM's simulator."


def _source(case: Case) -> Found:
    source = preparing.find_source(case.cloud, case.settings.rds.source)
    if source.state != "available":
        return Level.WARNING, f"{source.id} is {source.state}; a new snapshot of it has to wait."
    return Level.OK, f"{source.id}, PostgreSQL {source.version}, {source.description.get('AllocatedStorage', '?')} GB."


def _snapshot(case: Case) -> Found:
    newest, hours = snapshots.newest(case.cloud, case.source.id), case.settings.rds.freshness_hours
    if newest is None or newest.created is None:
        return Level.WARNING, "There is no snapshot; the clone makes one, which takes a while."
    age, now = names.age(newest.created, datetime.now(UTC)), datetime.now(UTC)
    if not names.is_fresh(newest.created, now, hours):
        return Level.WARNING, f"{newest.id} is {age} old, more than {hours:g} h; the clone makes a new one."
    return Level.OK, f"{newest.id}, {age} old."


def _bastion(case: Case) -> Found:
    return Level.OK, f"{tunnels.bastion(case.cloud, case.settings.ssm.bastion)} runs and its SSM agent is online."


def _plugin(case: Case) -> Found:
    return Level.OK, f"{tunnels.plugin()}."


def _client(case: Case) -> Found:
    sslmode, bundle = preparing.transit(case.settings)
    client = preparing.find_client(case.settings, case.source, sslmode)
    trust = f"certificates from {bundle}" if bundle else "the server's certificate is not checked (rds.ca_bundle)"
    return Level.OK, f"{client} for PostgreSQL {case.source.engine_major}; sslmode {sslmode}, {trust}."


def _server(case: Case) -> Found:
    here = local.server(case.settings)
    try:
        major = databases.major(here)
    except DatabaseError as error:
        hint = "" if "inv dev.up" in str(error) else " Start one: inv dev.up"
        raise DatabaseError(f"{error}{hint}") from None
    clients.choose(major, case.settings.local.client_dir)
    if major < case.source.engine_major:
        raise DatabaseError(
            f"{here} is PostgreSQL {major}, older than {case.source.id} ({case.source.engine_major}): what the newer "
            "one dumps it may not take. Leave local.host and local.port empty and run: inv dev.up"
        )
    return Level.OK, f"{here}, PostgreSQL {major}."


def _extensions(case: Case) -> Found:
    dump = case.dump()
    if dump is None:
        return Level.OK, "Not known before there is a dump."
    here = local.server(case.settings)
    client = clients.choose(databases.major(here), case.settings.local.client_dir)
    listing = ended(commands.list_contents(client.program("pg_restore"), dump), os.environ)
    if listing.code:
        return Level.WARNING, f"{dump.name} is no archive that {client} can read, so its extensions are not known."
    there = {name for (name,) in databases.rows(here, "SELECT name FROM pg_available_extensions")}
    lacking = sorted({name.strip('"') for name in _EXTENSION.findall(listing.stdout)} - there)
    if lacking:
        return (
            Level.WARNING,
            f"{here} lacks {', '.join(lacking)}, which {dump.name} has; a load leaves out what needs it.",
        )
    return Level.OK, f"{here} has all that {dump.name} has."


def _space(case: Case) -> Found:
    (data, size), manifest, here = case.data(), case.manifest(), local.server(case.settings)
    need = (manifest.size if manifest else data) + 2 * data  # the clone and its pristine state
    free = databases.free_space(here)
    if free is None:
        return Level.WARNING, f"The data is {size}; what is free at {here} can't be seen from here."
    said = f"The data is {size}; a dump and two copies need {names.size(need)}, {names.size(free)} are free."
    if free < need and manifest:
        raise DumpError(f"{said} Make room: inv db.drop-clone --all")
    return Level.OK if free >= need else Level.WARNING, said


def _effort(case: Case) -> Found:
    (data, size), wanted = case.data(), case.settings.rds.instance_class
    said = f"The data is {size}; one SSM session carries that in {names.duration(data / SESSION_RATE)}."
    try:
        price = prices.hourly(case.settings, wanted)
    except AwsError as error:
        return Level.OK, f"{said} What an hour of {wanted} costs is not known. {error}"
    return Level.OK, f"{said} " + (
        f"An hour of {wanted} costs {price:g} USD, its storage comes on top." if price else f"{wanted} has no price."
    )


def _git(case: Case) -> Found:
    preparing.check_dump_folder(case.settings, case.settings.dump_dir)
    return Level.OK, f"{case.settings.dump_dir} can be written to, and git does not see it."


def _app(case: Case) -> Found:
    if not case.settings.app.migrate:
        return Level.WARNING, "app.migrate is not set: inv migrate, inv db.fresh and inv rehearse need it."
    return Level.OK, case.settings.app.migrate


def _leftovers(case: Case) -> Found:
    left = leftovers.of_ended_runs(case.settings, case.cloud)
    if left:
        told = ", ".join(f"{one.kind} {one.of.id}" for one in left)
        return Level.WARNING, f"Left by earlier runs: {told}. Remove it: inv db.reap-clones"
    return Level.OK, "Nothing is left of earlier runs."


CHECKS: dict[str, Callable[[Case], Found]] = {
    "login": _login,
    "permissions": _permissions,
    "source": _source,
    "snapshot": _snapshot,
    "bastion": _bastion,
    "SSM plugin": _plugin,
    "client programs": _client,
    "local server": _server,
    "extensions": _extensions,
    "disk": _space,
    "time and money": _effort,
    "dump folder": _git,
    "app": _app,
    "leftovers": _leftovers,
}
