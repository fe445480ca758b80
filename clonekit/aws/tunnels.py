"""The way to a database in a private subnet: an SSM session through the bastion, and the plugin that carries it."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from clonekit import names
from clonekit.aws import Cloud, RequestError
from clonekit.aws.resources import Resource
from clonekit.errors import AwsError, ClientError, Error, LostError, TunnelError
from clonekit.interrupts import cleaning, held
from clonekit.output import Progress, say
from clonekit.postgres import commands
from clonekit.postgres.embedded import free_port
from clonekit.processes import end_group, ended
from clonekit.settings import Ssm

if TYPE_CHECKING:
    from psycopg import Connection

PLUGIN = "session-manager-plugin"
REASON = "clonekit run "  # what precedes the run's id in a session's reason
DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost"
# From this version on the plugin takes the response, with its token, from the environment instead of argv.
# https://github.com/aws/session-manager-plugin/releases/tag/1.2.497.0
_RESPONSE_VARIABLE = "AWS_SSM_START_SESSION_RESPONSE"
_RESPONSE_VARIABLE_SINCE = (1, 2, 497, 0)


def plugin() -> str:
    """Return the path of a `session-manager-plugin` that keeps the session's token out of the process list.

    Raises ClientError if PATH has none, or one that is too old for that.
    """
    path = shutil.which(PLUGIN)
    if path is None:
        raise ClientError(
            f"{PLUGIN} is not on PATH. Install it: "
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
        )
    said = ended([path, "--version"], os.environ).stdout
    if commands.parse_version(said) < _RESPONSE_VARIABLE_SINCE:
        wanted = ".".join(map(str, _RESPONSE_VARIABLE_SINCE))
        raise ClientError(f"{path} is version {said.strip() or 'unknown'}; {wanted} or later is needed. Update it.")
    return path


def bastion(cloud: Cloud, name: str) -> str:
    """Return the id of the running, online instance tagged Name=`name`; raise AwsError if there is none."""
    filters = [
        {"Name": "tag:Name", "Values": [name]},
        {"Name": "instance-state-name", "Values": ["running"]},
    ]
    found = [
        instance["InstanceId"]
        for reservation in cloud.pages("ec2", "describe_instances", "Reservations", Filters=filters)
        for instance in reservation["Instances"]
    ]
    if not found:
        raise AwsError(f"No running EC2 instance is tagged Name={name}; start the bastion, or see ssm.bastion.")
    return _online(cloud, name, found)


def _online(cloud: Cloud, name: str, found: list[str]) -> str:
    filters = [{"Key": "InstanceIds", "Values": found}]
    agents = cloud.pages("ssm", "describe_instance_information", "InstanceInformationList", Filters=filters)
    online = [str(agent["InstanceId"]) for agent in agents if agent.get("PingStatus") == "Online"]
    if not online:
        raise AwsError(f"The bastion {name} ({', '.join(found)}) is running, but its SSM agent is not online.")
    return online[0]


@dataclass(frozen=True)
class Tunnel:
    """An open tunnel: its local port, and whether the plugin that carries it still runs."""

    port: int
    is_open: Callable[[], bool]


@dataclass(frozen=True)
class Route:
    """Where a tunnel leads: through which instance to which address, and which run asks for it."""

    bastion: str
    host: str
    port: int
    run_id: str = ""

    def request(self, local_port: int) -> dict[str, Any]:
        """Return the StartSession request; its reason lets the session be found if we are killed."""
        values = {"host": [self.host], "portNumber": [str(self.port)], "localPortNumber": [str(local_port)]}
        named = {"Target": self.bastion, "DocumentName": DOCUMENT, "Parameters": values}
        return {**named, **({"Reason": f"{REASON}{self.run_id}"} if self.run_id else {})}


@contextmanager
def opened(cloud: Cloud, route: Route, settings: Ssm) -> Iterator[Tunnel]:
    """Forward a local port along `route`; yield the tunnel.

    The configured port is used if it is free, else one that the system picks. An open port proves nothing yet about
    what is behind it. The session is ended on both sides when this is left.
    """
    program, seconds = plugin(), settings.open_seconds
    with ExitStack() as stack:
        with Progress("Opening the SSM tunnel"):
            try:
                tunnel = _opened(stack, program, cloud, route.request(free_port(settings.local_port)), seconds)
            except _PortTakenError:  # by somebody else, in the moment since we looked
                tunnel = _opened(stack, program, cloud, route.request(0), seconds)
        yield tunnel


def _opened(stack: ExitStack, program: str, cloud: Cloud, request: Any, seconds: float) -> Tunnel:
    with ExitStack() as trial:
        tunnel = trial.enter_context(_session(program, cloud, request))(seconds)
        stack.enter_context(trial.pop_all())
    return tunnel


@contextmanager
def more(cloud: Cloud, route: Route, settings: Ssm, number: int) -> Iterator[list[Tunnel]]:
    """Forward so many more local ports along `route`, which open side by side; yield the tunnels, as `opened` does."""
    program = plugin()
    with ExitStack() as stack:
        with Progress(f"Opening {number} more SSM tunnel{'s' if number > 1 else ''}"):
            begun = [stack.enter_context(_session(program, cloud, route.request(0))) for _ in range(number)]
            tunnels = [ready(settings.open_seconds) for ready in begun]
        yield tunnels


class Watch:
    """Whether a tunnel still carries what is sent through it: a connection is held in it and asked now and then."""

    def __init__(self, tunnel: Tunnel, connection: "Connection[Any]", seconds: float) -> None:
        self._tunnel, self._asked, self._seconds = tunnel, connection.pgconn, seconds
        self._asked.nonblocking = 1
        self._size = 0
        self._alive = self._sent = self._looked = time.monotonic()
        self._waits = False

    def __call__(self, size: int) -> None:
        """Raise LostError if the plugin has ended or nothing came through for too long; `size` is what the dump has."""
        if not self._tunnel.is_open():
            raise LostError("The SSM session has ended.")
        now = time.monotonic()
        if now - self._looked > self._seconds / 2:  # as long as nobody looks, nothing is amiss
            self._alive = now
        self._looked = now
        if size > self._size or self._answered(now):
            self._size, self._alive = max(size, self._size), now
        if now - self._alive > self._seconds:
            raise LostError(f"Nothing came through the SSM tunnel for {self._seconds:g} s (ssm.stall_seconds).")

    def carries(self) -> bool:
        """Return whether the held connection stands, as far as can be seen at once."""
        from psycopg import OperationalError

        try:
            self._asked.consume_input()
        except OperationalError:
            return False
        return True

    def _answered(self, now: float) -> bool:
        from psycopg import OperationalError

        try:
            if self._waits:
                self._asked.consume_input()
                self._waits = bool(self._asked.is_busy())
                if not self._waits:
                    while self._asked.get_result():
                        pass
                return not self._waits
            if now - self._sent > self._seconds / 4:
                self._asked.send_query(b"SELECT 1")
                self._asked.flush()
                self._waits, self._sent = True, now
        except OperationalError as error:
            raise LostError(f"The connection through the SSM tunnel broke: {' '.join(str(error).split())}.") from None
        return False


class _PortTakenError(TunnelError):
    """The plugin could not have the local port."""


@contextmanager
def _session(program: str, cloud: Cloud, request: Any) -> Iterator[Callable[[float], Tunnel]]:
    """Start a session and its plugin; yield what waits for the tunnel, at most so many seconds."""
    try:
        response = cloud.call("ssm", "start_session", **request)
    except RequestError as error:
        if error.code == "TargetNotConnected":
            raise TunnelError(f"The bastion's SSM agent is not connected. {error}") from None
        raise
    try:
        with tempfile.TemporaryFile() as log, ExitStack() as stack:
            with held():
                child = _start(program, cloud, request, response, log)
                stack.callback(end_group, child.pid, lambda: child.poll() is None, signal.SIGINT)
            token = response["TokenValue"]
            yield lambda seconds: Tunnel(_local_port(child, log, seconds, token), lambda: child.poll() is None)
    finally:
        _terminate(cloud, response["SessionId"])


def _start(program: str, cloud: Cloud, request: Any, response: Any, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the plugin in a session of its own; it writes to a file, so that nothing waits for a reader."""
    token = {key: response[key] for key in ("SessionId", "TokenValue", "StreamUrl")}
    settings, endpoint = cloud.settings, cloud.client("ssm").meta.endpoint_url
    argv = commands.plugin(
        program, _RESPONSE_VARIABLE, json.dumps(request), settings.region, settings.profile, endpoint
    )
    environ = {**os.environ, _RESPONSE_VARIABLE: json.dumps(token)}
    return subprocess.Popen(
        argv, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )


def _local_port(child: subprocess.Popen[bytes], log: IO[bytes], seconds: float, token: str) -> int:
    """Return the port that the plugin says it opened; its exit code tells nothing, it is 0 for most failures."""
    deadline = time.monotonic() + seconds
    while True:
        ended = child.poll() is not None
        said = os.pread(log.fileno(), 1 << 16, 0).decode(errors="replace")
        if port := commands.opened_port(said):
            return port
        if ended or time.monotonic() > deadline:
            why = "ended" if ended else f"opened no port within {seconds:g} s (ssm.open_seconds)"
            kind = _PortTakenError if "address already in use" in said else TunnelError
            said = names.printable(said.replace(token, "***")).strip()
            raise kind(f"{PLUGIN} {why}. It said: {said or 'nothing'}")
        time.sleep(0.1)


def _terminate(cloud: Cloud, session: str) -> None:
    try:
        terminate(cloud, session)
    except Error as error:
        say(f"The SSM session {session} was not terminated on the AWS side; it ends by itself when idle. {error}")


def terminate(cloud: Cloud, session: str) -> None:
    """End a session on the AWS side; fine if it has ended."""
    try:
        cloud.call("ssm", "terminate_session", SessionId=session)
    except RequestError as error:
        if error.code != "DoesNotExistException":
            raise


def end_sessions(cloud: Cloud, run_id: str) -> None:
    """End what one run still has of sessions; that it can't be done is said."""
    try:
        with cleaning():
            for one in sessions(cloud):
                if one.run_id == run_id:
                    terminate(cloud, one.id)
    except Error as error:
        say(f"The SSM sessions of the run could not be ended; they end by themselves when idle. {error}")


def sessions(cloud: Cloud) -> Iterator[Resource]:
    """Yield the sessions of ours that have not ended; of which run one is stands in its reason."""
    for item in cloud.pages("ssm", "describe_sessions", "Sessions", State="Active"):
        reason = item.get("Reason", "")
        if reason.startswith(REASON):
            tags = {names.RUN_TAG: reason.removeprefix(REASON)}
            yield Resource(id=item["SessionId"], state=item.get("Status", ""), created=item.get("StartDate"), tags=tags)
