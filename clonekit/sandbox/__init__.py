"""A small production of one's own: `up` starts it, `environment` points a shell at it, `down` removes it."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from clonekit.errors import AwsError, UsageError
from clonekit.files import write_private
from clonekit.postgres.dumps import prepare_folder
from clonekit.postgres.embedded import address
from clonekit.sandbox import shell
from clonekit.sandbox.ending import end, end_recorded, stop_server
from clonekit.sandbox.layout import PACKAGE, Layout

_CLOUD_SECONDS = 60
_CLOUD_MODULE = "clonekit.sandbox.cloud"


def up(folder: Path) -> None:
    """Start the sandbox under `folder`; nothing happens if it is up. On failure nothing is left, and it raises."""
    layout = Layout(folder.absolute())
    if _is_up(layout):
        return
    if missing := [name for name in ("moto", "flask", "flask_cors", "yoyo") if find_spec(name) is None]:
        raise UsageError(f"The sandbox needs {', '.join(missing)}; run: pip install 'clonekit[sandbox]'")
    down(folder)
    prepare_folder(layout.folder)
    layout.sessions.mkdir()
    try:
        _start(layout)
    except BaseException:
        down(folder)
        raise


def down(folder: Path) -> None:
    """Stop everything that runs under `folder` and remove it; fine if there is nothing, or only half of it."""
    layout = Layout(folder.absolute())
    if (pid := _cloud(layout)[1]) is not None:
        end(pid, f"{_CLOUD_MODULE} {layout.folder}", signal.SIGTERM)
    for record in layout.sessions.glob("*"):
        end_recorded(record, str(PACKAGE / "plugin.py"))
    for data in (layout.local.data, *layout.folder.glob("instances/*/data")):
        stop_server(data)
    shutil.rmtree(layout.folder, ignore_errors=True)


def environment(folder: Path) -> dict[str, str]:
    """Return the variables that point a shell at the sandbox; raise UsageError if it is not up."""
    layout = Layout(folder.absolute())
    local = address(layout.local)
    if local is None or not _is_up(layout):
        raise UsageError("The sandbox is not up; run: inv sandbox.up")
    return shell.variables(layout, _cloud(layout)[0], local)


def _start(layout: Layout) -> None:
    from clonekit.sandbox.copies import take
    from clonekit.sandbox.production import build, copy_app, start_quick

    password = secrets.token_urlsafe(18)
    cloud = _start_cloud(layout, password)
    build(layout, password)
    take(layout.source, layout.nightly)
    local = start_quick(layout.local)
    copy_app(layout.app)
    shell.write_program(layout)
    shell.write_aws_files(layout)
    _await_cloud(layout, cloud)
    write_private(layout.pgpass, f"{local.host}:{local.port}:*:{local.user}:{local.password}\n")  # where libpq looks


def _start_cloud(layout: Layout, password: str) -> "subprocess.Popen[bytes]":
    """Start the cloud process; it needs a moment, in which the databases are made."""
    argv = [sys.executable, "-m", _CLOUD_MODULE, str(layout.folder)]
    layout.cloud_log.touch(mode=0o600)
    with layout.cloud_log.open("ab") as log:
        others = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        environ = {**others, "SANDBOX_MASTER_PASSWORD": password}
        quiet = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        process = subprocess.Popen(argv, env=environ, start_new_session=True, **quiet)  # type: ignore[call-overload]
    write_private(layout.cloud, json.dumps({"url": "", "pid": process.pid}))
    return process  # type: ignore[no-any-return]


def _await_cloud(layout: Layout, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _CLOUD_SECONDS
    while not _answers(_cloud(layout)[0]):
        if process.poll() is not None or time.monotonic() > deadline:
            tail = layout.cloud_log.read_text(errors="replace")[-1500:]
            raise AwsError(f"The sandbox's pretend AWS did not start:\n{tail}")
        time.sleep(0.05)


def _is_up(layout: Layout) -> bool:
    servers = (layout.source, layout.local)
    return layout.pgpass.exists() and _answers(_cloud(layout)[0]) and all(address(server) for server in servers)


def _cloud(layout: Layout) -> tuple[str, int | None]:
    try:
        told = json.loads(layout.cloud.read_text())
        return told["url"], told["pid"]
    except (OSError, ValueError, KeyError):
        return "", None


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=2).close()
    except OSError:
        return False
    return bool(parts.port)
