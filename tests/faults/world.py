"""One sandbox, told what to do wrong; the program in it as a child process; and what is there afterwards."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import boto3
import pytest

from clonekit import sandbox
from clonekit.sandbox.faults import PATH, Fault, told
from clonekit.sandbox.layout import SOURCE
from tests.e2e.conftest import REPOSITORY
from tests.test_sandbox import Cloud, connect
from tests.waiting import PATIENCE, until

MARK = "CLONEKIT_TESTED"  # a variable that every process of a case inherits
_SETTINGS = {
    "RDS_POLL_SECONDS": "0.1",
    "RDS_RESTORE_MINUTES": "2",
    "RDS_LOGIN_SECONDS": "60",
    "RDS_EXPIRY_ROLE_ARN": "arn:aws:iam::123456789012:role/expiry",
    "SSM_LOCAL_PORT": "0",
    "SSM_SESSIONS": "1",
}


class Child:
    """`inv` with these arguments in a project; what it says is read as it comes."""

    def __init__(self, project: Path, environ: dict[str, str], *arguments: str, file_size: int | None = None) -> None:
        limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (file_size, file_size)) if file_size else None
        argv = [sys.executable, "-m", "invoke", *arguments]
        pipes: Any = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(argv, cwd=project, env=environ, text=True, preexec_fn=limit, **pipes)  # noqa: PLW1509
        self.project, self._lines, self._news = project, list[str](), threading.Condition()
        self.stdout = ""
        self._readers = [threading.Thread(target=read, daemon=True) for read in (self._read, self._read_results)]
        for reader in self._readers:
            reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def _read_results(self) -> None:
        assert self.process.stdout
        self.stdout = self.process.stdout.read()

    @property
    def said(self) -> str:
        """Its stderr so far."""
        with self._news:
            return "".join(self._lines)

    def says(self, text: str) -> None:
        """Wait until its stderr has this text."""

        def ready() -> bool:
            return text in "".join(self._lines) or not self._readers[0].is_alive()

        with self._news:
            self._news.wait_for(ready, PATIENCE)
        assert text in self.said, f"never said {text!r}:\n{self.said}"

    def ended(self) -> int:
        """Wait for its end and return its exit code."""
        code = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        assert "Traceback" not in self.said + self.stdout, self.said
        return code


class World:
    """The sandbox, and a project for each case."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        with pytest.MonkeyPatch.context() as patch:
            for name, value in cloud.environ.items():
                patch.setenv(name, value)
            self._scheduler = boto3.Session(profile_name="orcha-prod").client("scheduler")
        self._source, self._snapshots = self._production(), self._snapshot_names()

    def tell(self, *faults: Fault) -> None:
        """Have these faults happen from now on, and no others."""
        self._faults = faults
        self._http("PUT", told(faults))

    def let_us_look(self) -> None:
        """Have AWS answer as it is; what is held stays so."""
        self.tell(*(fault for fault in self._faults if fault.do == "hold"))

    def calls(self) -> list[tuple[str, dict[str, str]]]:
        """Return the calls that AWS got since this was asked last, each with its parameters."""
        return [(name, _parameters(text)) for name, text in json.loads(self._http("GET"))]

    def _http(self, method: str, data: bytes | None = None) -> bytes:
        request = urllib.request.Request(f"{self.cloud.environ['AWS_ENDPOINT_URL']}{PATH}", data, method=method)  # noqa: S310
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=PATIENCE) as reply:
            return bytes(reply.read())

    def carries(self) -> None:
        """Wait until a session has its plugin."""
        until(lambda: any(record.stat().st_size for record in self.cloud.layout.sessions.iterdir()))

    def project(self, folder: Path) -> "Project":
        """Return a new project in this folder."""
        shutil.copy(REPOSITORY / "tasks.py", folder)
        return Project(self, folder)

    def left(self) -> dict[str, str]:
        """Return what clonekit has left in AWS, each name with its kind."""
        instances = self.cloud.rds.describe_db_instances()["DBInstances"]
        found = {item["DBInstanceIdentifier"]: "throwaway" for item in instances}
        found |= dict.fromkeys(self._snapshot_names() - self._snapshots, "snapshot")
        found |= {f"{item['Name']} (schedule)": "schedule" for item in self._scheduler.list_schedules()["Schedules"]}
        sessions = self.cloud.ssm.describe_sessions(State="Active")["Sessions"]
        found |= {item["SessionId"]: "session" for item in sessions}
        del found[SOURCE]
        return found

    def _snapshot_names(self) -> set[str]:
        return {str(item["DBSnapshotIdentifier"]) for item in self.cloud.snapshots()}

    def _production(self) -> dict[str, Any]:
        found = self.cloud.instance(SOURCE)
        return {name: value for name, value in found.items() if name != "LatestRestorableTime"}

    def source_is_untouched(self, calls: Sequence[tuple[str, dict[str, str]]]) -> None:
        """Fail if production is not as it was, or anything but to snapshot it was asked for."""
        until(lambda: self.cloud.status(SOURCE) == "available")
        assert self._production() == self._source
        self.cloud.login(SOURCE).close()
        looks = ("Describe", "Get", "List", "Simulate")
        changes = {name for name, asked in calls if not name.startswith(looks) and _names(asked)}
        assert changes <= {"CreateDBSnapshot"}


def _parameters(text: str) -> dict[str, str]:
    if text.startswith("{"):
        return {name: str(value) for name, value in json.loads(text).items()}
    return {name: values[0] for name, values in parse_qs(text).items()}


def _names(asked: dict[str, str]) -> bool:
    return any(value == SOURCE or value.endswith(f":db:{SOURCE}") for name, value in asked.items() if "Tag" not in name)


class Project:
    """A user's folder with its runs and dumps."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder

    def start(self, *arguments: str, file_size: int | None = None, **variables: str) -> Child:
        """Start `inv`; the variables are settings (`SSM_ATTEMPTS`), or whole names with a leading underscore."""
        settings = {**_SETTINGS, **{name: value for name, value in variables.items() if name[0] != "_"}}
        environ = {**os.environ, **self.world.cloud.environ, MARK: str(self.folder)}
        environ |= {f"INVOKE_{name}": value for name, value in settings.items()}
        environ |= {name[1:]: value for name, value in variables.items() if name[0] == "_"}
        return Child(self.folder, environ, *arguments, file_size=file_size)

    def finish(self, *arguments: str) -> Child:
        """Run `inv` to its end, which has to be a good one."""
        child = self.start(*arguments)
        assert child.ended() == 0, child.said
        return child

    def runs(self) -> list[dict[str, Any]]:
        """Return the records of its runs, the newest last."""
        found = [json.loads(path.read_text()) for path in self.folder.glob(".clonekit/runs/*.json")]
        return sorted(found, key=lambda run: str(run["started"]))

    @property
    def dumps(self) -> list[Path]:
        """What is in the dump folder, manifests left out."""
        return [path for path in self.folder.glob("dump/*") if path.suffix != ".json"]

    def is_quiet(self) -> None:
        """Wait until no process of this project runs any more."""
        until(lambda: not list(self.processes()))

    def kill_all(self) -> None:
        """End what a failed case has left running."""
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)

    def another(self) -> "Project":
        """Return a project on another machine: it has no record of this one's runs."""
        (self.folder / "elsewhere").mkdir()
        return self.world.project(self.folder / "elsewhere")

    def processes(self) -> Iterator[int]:
        """Yield the ids of the running processes of this project."""
        wanted = f"{MARK}={self.folder}".encode()
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                found = wanted in path.read_bytes().split(b"\0")
            except OSError:
                continue
            if found:
                yield int(path.parent.name)


def opened(folder: Path) -> Iterator[World]:
    """Start a sandbox whose statuses last a moment; stop it afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANDBOX_STATUS_SECONDS", "0.2")
        sandbox.up(folder)
    try:
        yield World(connect(folder))
    finally:
        sandbox.down(folder)


def repeat(act: Callable[[], None], while_: Callable[[], bool], seconds: float = 0.4) -> None:
    """Do something again and again as long as a condition holds."""
    deadline = time.monotonic() + PATIENCE
    while while_():
        assert time.monotonic() < deadline, "in vain"
        act()
        time.sleep(seconds)
