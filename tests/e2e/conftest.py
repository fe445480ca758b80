"""A project of a user's own in an empty folder, and the sandbox that plays its production."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty project with a copy of tasks.py, as the README tells its users to make."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(REPOSITORY / "tasks.py", folder)
    return folder


def call(
    project: Path, environ: dict[str, str], *arguments: str, stdin: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run `inv` with these arguments as a child process."""
    argv = [sys.executable, "-m", "invoke", *arguments]
    return subprocess.run(
        argv, cwd=project, env=environ, input=stdin, capture_output=True, text=True, timeout=240, check=False
    )


class Inv:
    """`inv` in a shell that the sandbox's own lines have pointed at it."""

    def __init__(self, project: Path, environ: dict[str, str]) -> None:
        self.project = project
        self.environ = environ

    def __call__(self, *arguments: str, stdin: str = "", **changes: str) -> "subprocess.CompletedProcess[str]":
        return call(self.project, {**self.environ, **changes}, *arguments, stdin=stdin)


@pytest.fixture(scope="module")
def inv(project: Path) -> Iterator[Inv]:
    """The sandbox, up for one file of tests; it is gone afterwards, to the last process."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("INVOKE_", "AWS_", "PG"))}
    try:
        started = call(project, plain, "sandbox.up")
        assert started.returncode == 0, started.stderr
        lines = call(project, plain, "sandbox.env").stdout
        shell = subprocess.run(
            ["bash", "-c", f"{lines}\nenv -0"], env=plain, capture_output=True, text=True, check=True
        )
        yield Inv(project, dict(line.split("=", 1) for line in shell.stdout.split("\0") if line))
    finally:
        assert call(project, plain, "sandbox.down").returncode == 0
        assert not processes_under(project)


def processes_under(folder: Path) -> list[str]:
    """Return the command lines of running processes that mention the folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found
