"""`inv demo`: the runbook from end to end in the sandbox, each command shown as it would be typed."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clonekit import sandbox
from clonekit.errors import DIFFERENT, AppError, DemoError, UsageError
from clonekit.output import raw, result
from clonekit.postgres import manifests, parts

_APP = ".clonekit/sandbox/app"
_DIFF = "inv db.schema-diff -a orcha_prod_clone -b orcha_fresh"


@dataclass(frozen=True)
class Step:
    """One command, why it is typed, and how it must end."""

    why: str
    command: str
    code: int = 0
    prints: str = ""  # must be in what it prints


STEPS = (
    Step("Clone production: snapshot, throwaway, tunnel, dump, throwaway deleted.", "inv db.clone-prod --yes"),
    Step("Nothing that costs money is left.", "inv db.list-clones", prints="Nothing is left"),
    Step("The dump becomes a local database.", "inv db.load-clone", prints="orcha_prod_clone"),
    Step(
        "The pending migration passes on an empty database. Ten years of data break it:",
        "inv migrate migrate",
        AppError.exit_code,
        "null values",
    ),
    Step(
        "Old documents never had a legal entity. The mended migration repairs them first.",
        f"cp {_APP}/variants/0010-rename-tenant.mended.sql {_APP}/migrations/0010-rename-tenant.sql",
    ),
    Step("Once more on real data:", "inv migrate migrate", prints="applied 0010-rename-tenant"),
    Step("What the migrations alone would make:", "inv db.fresh", prints="orcha_fresh"),
    Step("The gate finds an index that somebody made by hand.", _DIFF, DIFFERENT, "hotfix_invoice_due_2024"),
    Step(
        "The index is worth keeping. A migration adopts it:",
        f"cp {_APP}/variants/0011-adopt-hotfix-index.sql {_APP}/migrations/",
    ),
    Step("on the clone, where it is there already,", "inv migrate migrate", prints="applied 0011"),
    Step("and from scratch.", "inv db.fresh", prints="orcha_fresh"),
    Step("The gate opens.", _DIFF, prints="schemas match"),
    Step("All of that again in one command, with what it would do to production:", "inv rehearse", prints="PASS"),
    Step("Clean up: the clone and what it was made from,", "inv db.drop-clone --all"),
    Step("and a last look at AWS.", "inv db.list-clones", prints="Nothing is left"),
)


def run(root: Path, folder: Path) -> None:
    """Run the demonstration in a sandbox of its own, under `folder`; raise at the first step that goes wrong."""
    if folder.exists():
        raise UsageError("The sandbox is there already, and the demo ends with removing it. First: inv sandbox.down")
    dumps: list[Path] = []
    _show("A small production of our own, with ten years of drift.", "inv sandbox.up")
    try:
        sandbox.up(folder)
        _show("This shell now takes it for AWS.", 'eval "$(inv sandbox.env)"')
        environ = {**os.environ, **sandbox.environment(folder)}
        for step in STEPS:
            last = _take(step, root, environ)
            dumps += [root / last] if "clone-prod" in step.command else []
    finally:
        for dump in dumps:
            _show("The dump holds personal data.", f"rm -r {dump.relative_to(root)} {dump.relative_to(root)}.json")
            parts.remove(dump)
            parts.remove(manifests.path_of(dump))
        _show("Stop it all.", "inv sandbox.down")
        sandbox.down(folder)
    result("The demo went through: every step did what it should.")


def _take(step: Step, root: Path, environ: Mapping[str, str]) -> str:
    """Run one step, show what it prints as it comes, and return its last line."""
    _show(step.why, step.command)
    argv = shlex.split(step.command)
    argv[:1] = [sys.executable, "-m", "invoke"] if argv[0] == "inv" else argv[:1]
    lines = list[str]()
    streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(argv, cwd=root, env=environ, text=True, **streams) as child:
        for line in child.stdout or ():
            raw(line)
            lines.append(line)
    if child.returncode != step.code or step.prints not in "".join(lines):
        raise DemoError(
            f"`{step.command}` ended with {child.returncode}, expected {step.code}"
            + (f" and {step.prints!r} in its output." if step.prints else ".")
        )
    return lines[-1].strip() if lines else ""


def _show(why: str, command: str) -> None:
    result(f"\n# {why}\n$ {command}")
