"""However a clone ends, nothing that costs money stays: closed terminals and impatient signals too."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clonekit.errors import AwsError, LeftoverError
from tests.e2e.conftest import Inv


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


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("moment", ["Waiting for", "Logging in", "Dumping", "Deleting"])
def test_a_signal_ends_it_after_cleaning_up(
    inv: Inv, project: Path, signum: signal.Signals, code: int, moment: str
) -> None:
    child = started(inv, project, moment)
    child.send_signal(signum)
    child.communicate(timeout=60)
    assert child.returncode == code
    assert nothing_is_left(inv, project)


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


def test_two_clones_at_the_same_moment_do_not_disturb_each_other(inv: Inv, project: Path) -> None:
    argv = [sys.executable, "-m", "invoke", "db.clone-prod", "--yes"]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    both = [subprocess.Popen(argv, cwd=project, env=inv.environ, text=True, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    said = [child.communicate(timeout=90)[1] for child in both]
    codes = sorted(child.returncode for child in both)
    assert codes in ([0, 0], [0, AwsError.exit_code]), said
    assert nothing_is_left(inv, project)


def test_giving_up_on_the_clean_up_says_what_is_left(inv: Inv, project: Path) -> None:
    """The last one here: its throwaway stays until the sandbox goes."""
    child = started(inv, project, "Waiting for")
    child.send_signal(signal.SIGINT)
    time.sleep(1.2)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == LeftoverError.exit_code
    assert "aws rds delete-db-instance" in said
    assert "inv db.reap-clones" in said
