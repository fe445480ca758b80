"""A task starts without what it does not need: heavy packages are imported when they are used."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import clonekit
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
