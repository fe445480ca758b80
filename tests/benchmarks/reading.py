"""Rows about reading: the dump, the two schemas of a comparison, and the start of a task."""

import io
import shutil
import subprocess
import sys
from contextlib import redirect_stderr
from functools import partial
from pathlib import Path

from clonekit import comparing, sides
from clonekit.postgres import clones, databases, dumps
from clonekit.postgres.clients import Client
from clonekit.postgres.loading import jobs
from clonekit.schema.verdicts import Options

from .machine import compressions
from .measuring import Line, Measured, lines, timed
from .stage import SOURCE, Stage

_FRESH = "fresh"
_ALL_AT_THE_TOP = "import boto3, botocore.session, flask, moto, psycopg, rich.console, rich.live, rich.table, sh\n"


def dump(stage: Stage, rounds: int) -> list[Line]:
    """Measure a dump, with each of the client programs: the plan's and the whole of clonekit's."""
    found = []
    for client in stage.clients:
        measured: Measured = {
            f"`pg_dump -Fc -Z1`, {compressions(client)}": partial(_plan_dump, stage, client),
            f"`pg_dump -Fd -j{jobs()}`, {stage.form(client).name}": partial(_dump_folder, stage, client),
            "`db.clone-prod`'s, read back to its end": partial(_our_dump, stage, client),
        }
        found += lines("dump", measured, rounds)
    return found


def schema(stage: Stage, rounds: int) -> list[Line]:
    """Measure the reading of two schemas, and a whole comparison."""
    with databases.connect(stage.server) as connection:
        connection.execute(f"CREATE DATABASE {_FRESH} TEMPLATE {SOURCE} STRATEGY file_copy".encode())
    both = sides.sides(SOURCE, _FRESH, stage.server)
    calls = [side.dump(stage.client) for side in both]

    def one_after_the_other() -> None:
        for call in calls:
            with sides.reading([call]) as texts:
                list(texts)

    def at_once() -> None:
        with sides.reading(calls) as texts:
            list(texts)

    measured: Measured = {
        "two `pg_dump -s`, one after the other": one_after_the_other,
        "the two at once": at_once,
        "the whole of `db.schema-diff`": lambda: comparing.compare(stage.settings, *both, Options()),
    }
    try:
        return lines("schema", measured, rounds)
    finally:
        databases.discard(stage.server, _FRESH)


def start(folder: Path, rounds: int) -> list[Line]:
    """Measure `inv --list`, next to invoke's with an empty tasks file."""
    ours = (Path(clones.__file__).parents[2] / "tasks.py").read_text()
    texts = {"empty": "", "ours": ours, "top": ours.replace("import os\n", f"{_ALL_AT_THE_TOP}import os\n", 1)}
    for name, text in texts.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "tasks.py").write_text(text)
    measured: Measured = {
        "`inv --list`, all imports at the top": partial(_list, folder / "top"),
        "`inv --list`": partial(_list, folder / "ours"),
        "invoke alone, no tasks": partial(_list, folder / "empty"),
    }
    return lines("start", measured, rounds)


def _plan_dump(stage: Stage, client: Client) -> float:
    target = stage.settings.root / "plan-again.dump"
    try:
        return timed(partial(stage.plan_dump, client, target))
    finally:
        target.unlink(missing_ok=True)


def _dump_folder(stage: Stage, client: Client) -> float:
    """Return how long the dump itself takes as clonekit makes it."""
    target = stage.settings.root / "ours.dump"
    try:
        return timed(partial(stage.our_dump, client, target))
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _our_dump(stage: Stage, client: Client) -> float:
    target = stage.settings.root / "ours.dump"
    try:
        with redirect_stderr(io.StringIO()):
            return timed(lambda: dumps.write(client, stage.server, SOURCE, target, form=stage.form(client)))
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _list(folder: Path) -> None:
    argv = [str(Path(sys.executable).with_name("inv")), "--search-root", str(folder), "--list"]
    listed = subprocess.run(argv, check=False, capture_output=True)
    assert listed.returncode == 0 or b"No tasks" in listed.stderr + listed.stdout, listed.stderr
