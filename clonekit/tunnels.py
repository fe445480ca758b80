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
from typing import IO, Any

from clonekit import commands
from clonekit.aws import Cloud
from clonekit.embedded import free_port
from clonekit.errors import AwsError, ClientError, Error, TunnelError
from clonekit.names import printable
from clonekit.output import Progress, say
from clonekit.processes import end_group, run
from clonekit.settings import Ssm

PLUGIN = "session-manager-plugin"
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
    said = run([path, "--version"], os.environ).stdout
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


@contextmanager
def opened(cloud: Cloud, target: str, host: str, port: int, settings: Ssm) -> Iterator[Tunnel]:
    """Forward a local port to `host`:`port` through the instance `target`; yield the tunnel.

    The configured port is used if it is free, else one that the system picks. An open port proves nothing yet about
    what is behind it. The session is ended on both sides when this is left.
    """
    program = plugin()
    values = {"host": [host], "portNumber": [str(port)], "localPortNumber": [str(free_port(settings.local_port))]}
    request = {"Target": target, "DocumentName": DOCUMENT, "Parameters": values}
    with ExitStack() as stack:
        try:
            yield stack.enter_context(_session(program, cloud, request, settings.open_seconds))
        except _PortTakenError:  # by somebody else, in the moment since we looked
            request["Parameters"] = {**values, "localPortNumber": ["0"]}
            yield stack.enter_context(_session(program, cloud, request, settings.open_seconds))


class _PortTakenError(TunnelError):
    """The plugin could not have the local port."""


@contextmanager
def _session(program: str, cloud: Cloud, request: Any, seconds: float) -> Iterator[Tunnel]:
    response = cloud.call("ssm", "start_session", **request)
    try:
        with tempfile.TemporaryFile() as log:
            child = _start(program, cloud, request, response, log)
            try:
                yield Tunnel(_local_port(child, log, seconds), lambda: child.poll() is None)
            finally:
                end_group(child.pid, lambda: child.poll() is None, signal.SIGINT)
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


def _local_port(child: subprocess.Popen[bytes], log: IO[bytes], seconds: float) -> int:
    """Return the port that the plugin says it opened; its exit code tells nothing, it is 0 for most failures."""
    deadline = time.monotonic() + seconds
    with Progress("Opening the SSM tunnel") as progress:
        while True:
            ended = child.poll() is not None
            said = os.pread(log.fileno(), 1 << 16, 0).decode(errors="replace")
            port = commands.opened_port(said)
            if port:
                return port
            if ended or time.monotonic() > deadline:
                why = "ended" if ended else f"opened no port within {seconds:g} s (ssm.open_seconds)"
                kind = _PortTakenError if "address already in use" in said else TunnelError
                raise kind(f"{PLUGIN} {why}. It said: {printable(said).strip() or 'nothing'}")
            progress.update("waiting for the local port")
            time.sleep(0.1)


def _terminate(cloud: Cloud, session: str) -> None:
    try:
        cloud.call("ssm", "terminate_session", SessionId=session)
    except Error as error:
        say(f"The SSM session {session} was not terminated on the AWS side; it ends by itself when idle. {error}")
