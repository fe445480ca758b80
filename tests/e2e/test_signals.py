"""However a clone ends, nothing that costs money stays: closed terminals and impatient signals too.

Signals at every step are in the fault matrix, `tests/faults/`.
"""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.conftest import Inv, processes_under


def started(inv: Inv, project: Path, until: str) -> "subprocess.Popen[str]":
    """Start a clone and return when its stderr says `until`."""
    argv = [sys.executable, "-m", "invoke", "db.clone-prod", "--yes"]
    child = subprocess.Popen(
        argv, cwd=project, env=inv.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    assert child.stderr
    while until not in child.stderr.readline():
        assert child.poll() is None
    return child


def nothing_is_left(inv: Inv, project: Path) -> bool:
    return json.loads(inv("db.list-clones", "--json").stdout) == [] and not list(project.glob("dump/*.part"))


def test_an_impatient_second_signal_does_not_stop_the_clean_up(inv: Inv, project: Path) -> None:
    child = started(inv, project, "Waiting for")
    child.send_signal(signal.SIGINT)
    time.sleep(0.3)
    child.send_signal(signal.SIGTERM)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "Another Ctrl-C stops waiting" in said
    assert nothing_is_left(inv, project)


def test_a_closed_terminal_does_not_stop_the_clean_up(inv: Inv, project: Path) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(project)
        argv = [sys.executable, "-m", "invoke", "db.clone-prod", "--yes"]
        os.execve(argv[0], argv, inv.environ)  # noqa: S606
    said = b""
    while b"Logging in" not in said:
        said += os.read(terminal, 4096)
    os.close(terminal)
    os.waitpid(child, 0)
    assert nothing_is_left(inv, project)


def test_a_reader_that_goes_away_does_not_stop_the_clean_up(inv: Inv, project: Path) -> None:
    child = started(inv, project, "Waiting for")
    assert child.stderr
    child.stderr.close()
    child.wait(timeout=90)
    assert nothing_is_left(inv, project)


def test_the_apps_command_ends_with_a_script_that_is_ended(inv: Inv, project: Path, tmp_path: Path) -> None:
    """Its own children, too: a migration must not go on when nobody waits for it any more."""
    environ = {**inv.environ, "INVOKE_APP_MIGRATE": f"sh -c 'tail -f {tmp_path}/log; exit' {{action}}"}
    (tmp_path / "log").touch()
    argv = [sys.executable, "-m", "invoke", "migrate", "up", "--db", "postgres"]
    with subprocess.Popen(argv, cwd=project, env=environ, stdin=subprocess.DEVNULL) as child:
        while not any(line.startswith("tail") for line in processes_under(tmp_path)):
            assert child.poll() is None
        child.terminate()
        assert child.wait() == 128 + signal.SIGTERM
    assert processes_under(tmp_path) == []
