"""A throwaway's dump through SSM tunnels: proven by a login, watched while it comes, tried again when one is lost."""

import re
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clonekit import names
from clonekit.aws import Cloud, tunnels
from clonekit.aws.tunnels import Route, Tunnel, Watch
from clonekit.errors import AwsError, ClientError, DatabaseError, LostError, TunnelError
from clonekit.output import Progress, say
from clonekit.postgres import clients, databases, dumps, splitting, spreading
from clonekit.postgres.clients import Client
from clonekit.postgres.commands import Form
from clonekit.postgres.manifests import Facts, Manifest
from clonekit.postgres.server import Server
from clonekit.settings import Settings
from clonekit.waiting import pause

if TYPE_CHECKING:
    from psycopg import Connection

_LOGIN_PAUSE_SECONDS = 1.0
_AGAIN_SECONDS = 5.0
# What libpq says when a connection breaks, as opposed to what a server says of a query; and what a worker of pg_dump
# makes of that while it locks its table.
_BROKEN = re.compile(
    r"server closed the connection|could not (?:receive|send) data|SSL (?:SYSCALL )?error|Connection (?:reset|refused)"
    r"|connection to server .* failed: (?!FATAL)|no connection to the server|timeout expired"
    r"|could not obtain lock on relation|PQget(?:Result|CopyData)\(\) failed|unexpected EOF|lost synchronization"
)


@dataclass(frozen=True)
class Job:
    """What is to be dumped, how it is reached, and where to."""

    route: Route
    server: Server  # with the throwaway's address and login, but not yet the tunnel's port
    dbname: str
    client: Client
    target: Path
    format: str  # directory, or custom: one file
    password_is_new: bool  # set on the throwaway by us, so that it may take a while to work
    about: Callable[[Facts, Path], Manifest]
    on_tick: Callable[[], None]  # called now and then as long as it lasts


def dump(cloud: Cloud, settings: Settings, job: Job) -> Path:
    """Write the dump and return its path; a tunnel that is lost costs another try of the dump, not of the restore.

    Raises TunnelError when `ssm.attempts` tries were lost, and what `dumps.write` raises.
    """
    attempts = settings.ssm.attempts
    for attempt in range(1, attempts + 1):
        try:
            return _try(cloud, settings, job)
        except TunnelError as error:
            if attempt == attempts or isinstance(error, _HopelessError):
                raise
            say(f"{error}\nTrying again through new tunnels ({attempt + 1} of {attempts}, ssm.attempts).")
        with Progress("Pausing before the next tunnel"):
            pause(min(_AGAIN_SECONDS, settings.ssm.stall_seconds), job.on_tick)
    raise AssertionError


class _HopelessError(TunnelError):
    """A login that no other tunnel would make work."""


def _try(cloud: Cloud, settings: Settings, job: Job) -> Path:
    with ExitStack() as stack:
        first = stack.enter_context(tunnels.opened(cloud, job.route, settings.ssm))
        attempt = _Attempt(cloud, settings, job, stack, [first])
        try:
            return attempt.carry_out()
        except (ClientError, DatabaseError) as error:
            if attempt.stands() and not _BROKEN.search(str(error)):
                raise
            raise LostError(f"The SSM tunnel was lost. {error}") from None


@dataclass
class _Attempt:
    """One try: the tunnels that are open, each proven by a login that is held and watched; `stack` closes all."""

    cloud: Cloud
    settings: Settings
    job: Job
    stack: ExitStack
    tunnels: list[Tunnel]
    watches: list[Watch] = field(default_factory=list)

    def carry_out(self) -> Path:
        """Log in, look at the database, open as many more tunnels as help, and dump."""
        job, (first,) = self.job, self.tunnels
        server = replace(job.server, port=first.port)
        with Progress(f"Logging in to {server.host} as {names.printable(server.user)}") as progress:
            self._prove(first, lambda: progress.update("not accepted yet"))
        facts = dumps.look(job.client, server, job.dbname, self._look)
        if told := splitting.dominating(facts):
            say(told)
        splits = job.format == "directory"
        if splits:
            self._widen(splitting.sessions(self.settings.ssm.sessions, facts) - 1)
        if len(self.tunnels) > 1:
            several = spreading.spread([tunnel.port for tunnel in self.tunnels])
            server = replace(server, port=self.stack.enter_context(several))
        jobs = splitting.jobs(len(self.tunnels), facts) if splits else 1
        form = Form(job.format, clients.compression(job.client, self.settings.local.client_dir), jobs)
        say(f"SSM sessions: {len(self.tunnels)}, tables at once: {jobs}, compression: {form.name}.")
        return dumps.write(
            job.client, server, job.dbname, job.target, form=form, facts=facts, watch=self._look, about=job.about
        )

    def _look(self, size: int) -> None:
        """Raise LostError if a tunnel is lost. One of several must answer: the dump grows through the others."""
        self.job.on_tick()
        for watch in self.watches:
            watch(size if len(self.watches) == 1 else 0)

    def stands(self) -> bool:
        """Return whether every tunnel is open and carries what was proven."""
        return all(tunnel.is_open() for tunnel in self.tunnels) and all(watch.carries() for watch in self.watches)

    def _prove(self, tunnel: Tunnel, on_wait: Callable[[], None]) -> None:
        server, seconds = replace(self.job.server, port=tunnel.port), self.settings.rds.login_seconds
        held = self.stack.enter_context(closing(_log_in(server, self.job, seconds, tunnel, on_wait)))
        self.watches.append(Watch(tunnel, held, self.settings.ssm.stall_seconds))

    def _widen(self, number: int) -> None:
        """Open so many more tunnels; if AWS refuses, perhaps for a quota, slow is better than not at all."""
        if not number:
            return
        try:
            more = self.stack.enter_context(tunnels.more(self.cloud, self.job.route, self.settings.ssm, number))
        except AwsError as error:
            say(f"{error} Going on with one SSM session.")
            return
        self.tunnels += more
        with Progress("Logging in through each"):
            for tunnel in more:
                self._prove(tunnel, lambda: self._look(0))


def _log_in(server: Server, job: Job, seconds: float, tunnel: Tunnel, on_wait: Callable[[], None]) -> "Connection[Any]":
    """Wait until a login works and return the connection: only that shows that the tunnel leads to the throwaway."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return databases.login(server, job.dbname)
        except DatabaseError as error:
            said = f"No login through the tunnel. {error}"
            if reason := _hopeless(str(error), job):
                raise _HopelessError(f"{said} {reason}") from None
            if not tunnel.is_open():
                raise LostError(f"{said} The SSM session has ended.") from None
            if time.monotonic() > deadline:
                limit = f"Tried for {names.duration(seconds)} (rds.login_seconds)"
                raise _HopelessError(f"{said} {limit}; {_CHECK}") from None
        job.on_tick()
        pause(_LOGIN_PAUSE_SECONDS, on_wait)


_CHECK = "if nothing answered, check that the security groups let the bastion reach the source's port."


def _hopeless(said: str, job: Job) -> str:
    """Return why waiting longer can't help, and what to do; empty if it may help."""
    if re.search(r'database ".*" does not exist', said):
        return "Set rds.dbname to one of the source's databases."
    if re.search(r"certificate verify failed|signature failure|does not match host name|root certificate file", said):
        return "Check rds.ca_bundle: the newest is https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
    if "does not support SSL" in said:
        return "It must: the password does not travel unencrypted. Only rds.sslmode allows that."
    if "password authentication failed" in said and not job.password_is_new:
        return (
            "The throwaway has the password of the time when the snapshot was taken; it was changed since. "
            "Take a new snapshot with --fresh-snapshot, or let clonekit set one: rds.credentials: generated."
        )
    return ""
