"""The SSM sessions that moto lacks; a session's stream is the instance's own server, on this machine."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.rds.models import rds_backends
from moto.ssm.exceptions import SSMException
from moto.ssm.responses import SimpleSystemManagerResponse

from clonekit.postgres.embedded import HOST, address
from clonekit.sandbox.faults import Faults
from clonekit.sandbox.instances import Instance
from clonekit.sandbox.layout import PROFILE, Layout

DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost"
_NOBODY_LISTENS = 1  # for a host that does not exist: as on AWS the session opens and only the connection fails


@dataclass
class Session:
    """One port-forwarding session."""

    target: str
    reason: str | None
    session_id: str = field(default_factory=lambda: f"{PROFILE}-{secrets.token_hex(9)[:17]}")
    start_date: datetime = field(default_factory=utcnow)
    end_date: datetime | None = None

    def describe(self) -> dict[str, Any]:
        """Return what DescribeSessions says about it."""
        status = "Terminated" if self.end_date else "Connected"
        dates = {"StartDate": self.start_date.timestamp()}
        dates |= {"EndDate": self.end_date.timestamp()} if self.end_date else {}
        about = {"SessionId": self.session_id, "Target": self.target, "Status": status, "DocumentName": DOCUMENT}
        return {**about, **dates, **({"Reason": self.reason} if self.reason else {})}


class Ssm(SimpleSystemManagerResponse):
    """Sessions and the agents' state on top of moto's parameters."""

    layout: ClassVar[Layout]
    faults: ClassVar[Faults]
    sessions: ClassVar[dict[str, Session]] = {}

    def start_session(self) -> ActionResult:
        """Open a session; its record is a file that its plugin watches."""
        target, document = self._get_param("Target"), self._get_param("DocumentName")
        if document != DOCUMENT:
            raise SSMException("InvalidDocument", f"Document with name {document} does not exist.")
        if target not in self._online():
            raise SSMException("TargetNotConnected", f"{target} is not connected.")
        session = Session(target, self._get_param("Reason"))
        self.sessions[session.session_id] = session
        self._record(session.session_id).touch(mode=0o600)
        parameters = self._get_param("Parameters", {})
        port = self._port(parameters.get("host", [""])[0], parameters.get("portNumber", [""])[0])
        about = {"SessionId": session.session_id, "TokenValue": secrets.token_urlsafe(48)}
        trouble = self.faults.take("tunnel")
        return ActionResult({**about, "StreamUrl": f"tcp://{HOST}:{port}/{trouble.do if trouble else ''}"})

    def terminate_session(self) -> ActionResult:
        """End a session: without its record its plugin ends."""
        session = self.sessions.get(self._get_param("SessionId"))
        if session is None:
            raise SSMException("DoesNotExistException", "Session does not exist.")
        session.end_date = session.end_date or utcnow()
        self._record(session.session_id).unlink(missing_ok=True)
        return ActionResult({"SessionId": session.session_id})

    def describe_sessions(self) -> ActionResult:
        """List the sessions of a state, Active or History."""
        history = self._get_param("State") == "History"
        found = [session.describe() for session in self.sessions.values() if bool(session.end_date) == history]
        return ActionResult({"Sessions": found})

    def describe_instance_information(self) -> ActionResult:
        """List the instances with an agent: every instance has one, online while it runs."""
        found = [{"InstanceId": name, "PingStatus": "Online", **_AGENT} for name in self._online()]
        for wanted in self._get_param("Filters", []):
            found = [agent for agent in found if _value(agent, wanted["Key"]) in wanted["Values"]]
        return ActionResult({"InstanceInformationList": found})

    def _online(self) -> list[str]:
        every = ec2_backends[self.current_account][self.region].all_instances()
        return [instance.id for instance in every if instance.state == "running"]

    def _port(self, host: str, port: str) -> int:
        for instance in rds_backends[self.current_account][self.region].databases.values():
            if isinstance(instance, Instance) and (instance.address, str(instance.port)) == (host, port):
                where = address(self.layout.instance(instance.db_instance_identifier))
                return where.port if where else _NOBODY_LISTENS
        return _NOBODY_LISTENS

    def _record(self, session_id: str) -> Path:
        return self.layout.sessions / session_id


_AGENT = {
    "PlatformType": "Linux",
    "PlatformName": "Amazon Linux",
    "AgentVersion": "3.3.2299.0",
    "IsLatestVersion": True,
}
_FILTERS = {"InstanceIds": "InstanceId", "PingStatus": "PingStatus", "PlatformTypes": "PlatformType"}


def _value(agent: dict[str, Any], key: str) -> Any:
    if key not in _FILTERS:
        raise SSMException("InvalidFilterKey", f"The filter key {key} is not one that the sandbox knows.")
    return agent[_FILTERS[key]]
