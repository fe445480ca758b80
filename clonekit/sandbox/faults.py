"""What a test has the pretend AWS do wrong, and what was asked of it: told and read over HTTP, at `/_sandbox`."""

import json
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

PATH = "/_sandbox"
_SCHEDULER = {"POST": "CreateSchedule", "PUT": "UpdateSchedule", "DELETE": "DeleteSchedule"}
App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass
class Fault:
    """One thing that goes wrong.

    `at` is an operation (`StartSession`; `*`: any), where `do` says what becomes of the request: `refuse` (with `code`
    and `status`), `answer` (with `text`), `cut` (not done, no reply), `lose` (done, no reply). Or it is a step of the
    life cycle (`creating`, `deleting`, `snapshot`), which is to `hold` until the faults are told anew, or to `end` in
    the status `code`. Or it is `tunnel`, and the plugin does what `do` says (see its `Trouble`).
    """

    at: str
    do: str
    code: str = ""
    status: int = 400
    text: str = ""
    times: int = 0  # 0: always
    holding: str = ""  # only if the request holds this text
    after: str = ""  # only once this operation was asked for
    swap: tuple[str, str] = ("", "")  # of the request's text, before it is done


class Faults:
    """The faults that are to come, and every call since they were told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._calls: list[tuple[str, str]] = []

    def tell(self, faults: list[dict[str, Any]]) -> None:
        """Replace all faults."""
        with self._lock:
            self._faults = [Fault(**fault) for fault in faults]

    def calls(self) -> list[tuple[str, str]]:
        """Return each call, operation and text, since this was asked last."""
        with self._lock:
            calls, self._calls = self._calls, []
        return calls

    def note(self, operation: str, text: str) -> None:
        """Remember a call."""
        with self._lock:
            self._calls.append((operation, text))

    def take(self, at: str, text: str = "") -> Fault | None:
        """Return what goes wrong here and now, and count it."""
        with self._lock:
            asked = {operation for operation, _ in self._calls[:-1]}
            for fault in self._faults:
                due = fault.at == at or (fault.at == "*" and at[0].isupper())
                if due and fault.holding in text and (not fault.after or fault.after in asked):
                    fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                    return fault
        return None

    def holds(self, step: str) -> bool:
        """Return whether a step of the life cycle is not to end yet."""
        return any((fault.at, fault.do) == (step, "hold") for fault in self._faults)


class Gate:
    """The WSGI application in front of the pretend AWS."""

    def __init__(self, app: App, faults: Faults) -> None:
        self._app, self._faults = app, faults

    def __call__(self, environ: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request, or let AWS."""
        text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode("utf-8", "replace")
        if environ["PATH_INFO"] == PATH:
            return self._told(environ["REQUEST_METHOD"], text, respond)
        operation = _operation(environ, text)
        self._faults.note(operation, text)
        fault = self._faults.take(operation, text)
        if fault and fault.do in ("refuse", "answer"):
            return _answer(fault, _service(environ), respond)
        if fault and fault.do == "cut":
            return _cut(environ)
        given = text.replace(*fault.swap).encode() if fault and fault.swap[0] else text.encode()
        environ |= {"wsgi.input": BytesIO(given), "CONTENT_LENGTH": str(len(given))}
        if fault and fault.do == "lose":
            list(self._app(environ, lambda *_: None))
            return _cut(environ)
        return self._app(environ, respond)

    def _told(self, method: str, text: str, respond: Callable[..., Any]) -> list[bytes]:
        if method == "PUT":
            self._faults.tell(json.loads(text))
        respond("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(self._faults.calls() if method == "GET" else []).encode()]


def told(faults: Iterable[Fault]) -> bytes:
    """Return the text to PUT at `/_sandbox`."""
    return json.dumps([asdict(fault) for fault in faults]).encode()


def _service(environ: dict[str, Any]) -> str:
    """Return the service that the signature of a request names: Credential=KEY/DATE/REGION/SERVICE/aws4_request."""
    parts = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split("/")
    return parts[3] if len(parts) > 3 else ""  # noqa: PLR2004


def _operation(environ: dict[str, Any], text: str) -> str:
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return str(target).rpartition(".")[2]
    if _service(environ) == "scheduler":
        method, is_list = environ["REQUEST_METHOD"], environ["PATH_INFO"].rstrip("/") == "/schedules"
        return _SCHEDULER.get(method, "ListSchedules" if is_list else "GetSchedule")
    return parse_qs(text).get("Action", ["?"])[0]


def _answer(fault: Fault, service: str, respond: Callable[..., Any]) -> list[bytes]:
    code, said = escape(fault.code), escape(fault.text or "The sandbox was told to.")
    if fault.do == "answer":
        body = fault.text
    elif service in ("ssm", "scheduler"):
        body = json.dumps({"__type": fault.code, "message": said, "Message": said})
    else:
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{said}</Message></Error>"
        outer = "<Response><Errors>{}</Errors></Response>" if service == "ec2" else "<ErrorResponse>{}</ErrorResponse>"
        body = outer.format(error)
    status = "200 OK" if fault.do == "answer" else f"{fault.status} Refused"
    respond(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body.encode())))])
    return [body.encode()]


def _cut(environ: dict[str, Any]) -> list[bytes]:
    """End the connection without a word."""
    import socket

    with suppress(OSError):
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return []
