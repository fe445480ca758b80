"""A task starts without what it does not need: heavy packages are imported when they are used."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import clonekit
from clonekit.errors import UsageError
from clonekit.postgres.server import Server

from . import Database

HEAVY = {"boto3", "botocore", "rich", "psycopg", "sh"}


def imported(folder: Path, *arguments: str, server: Server | None = None) -> set[str]:
    """Run `inv` in a project and return which packages it imported, by Python's own account; it must succeed."""
    shutil.copy(Path(clonekit.__file__).parents[1] / "tasks.py", folder)
    environ = {**os.environ, "PGPASSWORD": server.password or "" if server else ""}
    argv = [sys.executable, "-X", "importtime", "-m", "invoke", *arguments]
    done = subprocess.run(argv, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    return set(re.findall(r"^import time:.*\| +(\w+)$", done.stderr, re.MULTILINE))


@pytest.mark.parametrize("arguments", [("--list",), ("--help", "db.schema-diff"), ("db.schema-diff", "--help")])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    found = imported(tmp_path, *arguments)
    assert "clonekit" in found
    assert not found & HEAVY


def test_the_gate_of_two_equal_schemas_imports_nothing_of_aws(
    server: Server, database: Database, tmp_path: Path
) -> None:
    a, b = (database("CREATE TABLE t (id int PRIMARY KEY)") for _ in range(2))
    where = ("--host", server.host, "--port", str(server.port), "--user", server.user)
    found = imported(tmp_path, "db.schema-diff", "-a", a, "-b", b, *where, server=server)
    assert "psycopg" in found
    assert not found & {"boto3", "botocore", "rich"}


def test_a_list_that_nobody_reads_to_its_end_ends_without_a_traceback(tmp_path: Path) -> None:
    shutil.copy(Path(clonekit.__file__).parents[1] / "tasks.py", tmp_path)
    read, write = os.pipe()
    os.close(read)
    argv = [sys.executable, "-m", "invoke", "--list"]
    done = subprocess.run(argv, cwd=tmp_path, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")


@pytest.mark.parametrize("arguments", [("db.lod-clone",), ("db.load-clone", "--dump-file"), ("migrate",)])
def test_what_was_mistyped_is_told_with_how_to_see_what_there_is(arguments: tuple[str, ...], tmp_path: Path) -> None:
    shutil.copy(Path(clonekit.__file__).parents[1] / "tasks.py", tmp_path)
    argv = [sys.executable, "-m", "invoke", *arguments]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "inv --list" in done.stderr) == (UsageError.exit_code, True)
