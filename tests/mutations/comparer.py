"""The one place where the suite meets what it tests: are two databases equal, and what is said of them?"""

import difflib
import io
import os
import subprocess
import tempfile
from contextlib import redirect_stderr
from pathlib import Path

from clonekit import comparing, sides
from clonekit.postgres import embedded
from clonekit.postgres.server import Server
from clonekit.schema import reports
from clonekit.schema.verdicts import Options
from clonekit.settings import Settings


def compare_databases(server: Server, a: str, b: str, *, privileges: bool = False) -> tuple[bool, str]:
    """Return whether clonekit finds the schemas of two databases equal, and all it says of them."""
    with tempfile.TemporaryDirectory() as folder, redirect_stderr(io.StringIO()):
        options = Options(privileges=privileges)
        verdict = comparing.compare(Settings(root=Path(folder)), *sides.sides(a, b, server), options)
    return verdict.equal, reports.text(verdict, a, b)


def compare_text(server: Server, a: str, b: str, *, privileges: bool = False) -> tuple[bool, str]:
    """Return the same by the plain text of `pg_dump --schema-only`, with a fixed `\\restrict` key."""
    texts = [dump_text(server, name, privileges=privileges) for name in (a, b)]
    if texts[0] == texts[1]:
        return True, ""
    left, right = (text.split("\n") for text in texts)
    return False, "\n".join(difflib.unified_diff(left, right, a, b, n=12, lineterm=""))


def dump_text(server: Server, name: str, *, privileges: bool = False) -> str:
    """Return a database's schema as the embedded pg_dump prints it."""
    unowned = () if privileges else ("--no-owner", "--no-privileges")
    argv = [str(embedded.binaries() / "pg_dump"), "--schema-only", *unowned, "--restrict-key=kit"]
    child = subprocess.run(argv, env={**os.environ, **server.environment(name)}, capture_output=True, check=True)
    return child.stdout.decode(errors="surrogateescape")
