"""Rows about the clone: its first load, its reset with and without a spare, and the memory that loading takes.

And, where pgcopydb is installed, the whole way from one database to another: it goes without a dump in between.
"""

import io
import os
import shutil
import time
from contextlib import redirect_stderr
from functools import partial
from pathlib import Path
from subprocess import Popen

from clonekit import local, names
from clonekit.postgres import clones, databases
from clonekit.postgres.loading import jobs
from clonekit.settings import Settings

from .measuring import Line, Measured, lines, timed
from .stage import SOURCE, Stage

_BY_PLAN = "by_the_plan"
_LOOK_SECONDS = 0.02
_PGCOPYDB = "pgcopydb"
_PG_RESTORE = "`pg_restore`, one job"


def load(stage: Stage, rounds: int) -> list[Line]:
    """Measure a dump's first load on the project's own server."""
    measured: Measured = {
        _PG_RESTORE: partial(_restore, stage),
        "`db.load-clone`": partial(_first, stage),
        "`db.load-clone --no-template`": partial(_first, stage, template=False),
    }
    return lines("first load", measured, rounds)


def whole(stage: Stage, rounds: int) -> list[Line]:
    """Measure dump and load together, next to pgcopydb; nothing where that is not installed."""
    if not shutil.which(_PGCOPYDB):
        return []
    measured: Measured = {
        "`pg_dump -Fc -Z1`, then `pg_restore`, one job": partial(_plan_whole, stage),
        "`pg_dump -Fd`, then `db.load-clone --no-template`": partial(_our_whole, stage),
        f"`pgcopydb clone`, {jobs()} jobs, from server to server": partial(_pgcopydb, stage),
    }
    return lines("dump and load", measured, rounds)


def _plan_whole(stage: Stage) -> float:
    return timed(partial(stage.plan_dump, stage.client, stage.dump)) + _restore(stage)


def _our_whole(stage: Stage) -> float:
    target = stage.settings.root / "ours.dump"
    try:
        taken = timed(partial(stage.our_dump, stage.client, target))
        stage.forget()
        return taken + _loading(stage, stage.with_spares(0), target, template=False)
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _pgcopydb(stage: Stage) -> float:
    databases.create(stage.server, _BY_PLAN)
    source, target = (stage.server.url(name) for name in (SOURCE, _BY_PLAN))
    work, programs = stage.settings.root / "pgcopydb", stage.client.program("pg_dump").parent
    argv = [_PGCOPYDB, "clone", "--source", source, "--target", target, "--dir", str(work), "--no-owner", "--no-acl"]
    argv += [f"--table-jobs={jobs()}", f"--index-jobs={jobs()}"]
    path = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    try:
        return timed(partial(stage.run, argv, **path))
    finally:
        databases.discard(stage.server, _BY_PLAN)
        shutil.rmtree(work, ignore_errors=True)


def reset(stage: Stage, rounds: int) -> list[Line]:
    """Measure the same dump's next load."""
    _first(stage)
    measured: Measured = {
        f"{_PG_RESTORE}, again": partial(_restore, stage),
        "a copy, no spare ready": partial(_again, stage, stage.with_spares(0)),
        "a spare, ready": partial(_again, stage, stage.with_spares(1)),
        "the same as a command, `inv db.load-clone`": partial(_by_command, stage),
    }
    return lines("reset", measured, rounds)


def memory(stage: Stage) -> str:
    """Return how much memory the process of `inv db.load-clone` takes at most."""
    stage.forget()
    first = _peak(stage.inv("db.load-clone", "--dump-file", str(stage.dump)))
    stage.settle()
    again = _peak(stage.inv("db.load-clone", "--dump-file", str(stage.dump)))
    stage.settle()
    return f"Memory of `inv db.load-clone` itself at most: {names.size(first)}; of a reset: {names.size(again)}."


def _restore(stage: Stage) -> float:
    """Return how long pg_restore takes alone, without the making and dropping of the database."""
    databases.create(stage.server, _BY_PLAN)
    try:
        return timed(partial(stage.plan_restore, stage.client, stage.dump, _BY_PLAN))
    finally:
        databases.discard(stage.server, _BY_PLAN)


def _first(stage: Stage, *, template: bool = True) -> float:
    stage.forget()
    return _loading(stage, stage.with_spares(0), stage.dump, template=template)


def _again(stage: Stage, settings: Settings) -> float:
    clones.clear(stage.server, stage.clone, 0)
    source = clones.pristine(stage.server, stage.clone)
    assert source, "nothing was kept"
    with_spare = settings.local.spares != "0"
    if with_spare:
        clones.make(stage.server, stage.clone, source)
    taken = _loading(stage, settings, stage.dump)
    if with_spare:
        stage.settle()
    return taken


def _loading(stage: Stage, settings: Settings, dump: Path, *, template: bool = True) -> float:
    with redirect_stderr(io.StringIO()):
        taken = timed(partial(local.load_clone, settings, str(dump), template=template))
    stage.await_sync()
    return taken


def _by_command(stage: Stage) -> float:
    """Return how long the command takes; its spare was made ready before."""
    source = clones.pristine(stage.server, stage.clone)
    if source and not clones.ready(stage.server, stage.clone, source):
        clones.make(stage.server, stage.clone, source)

    def work() -> None:
        code = stage.inv("db.load-clone", "--dump-file", str(stage.dump)).wait()
        assert code == 0, "inv db.load-clone failed"

    taken = timed(work)
    stage.settle()
    return taken


def _peak(child: "Popen[bytes]") -> int:
    """Return the most memory, in bytes, that a process took until it ended, without its children (Linux)."""
    most, status = 0, Path(f"/proc/{child.pid}/status")
    while child.poll() is None:
        found = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        most = max([most, *(int(value) << 10 for value in found)])
        time.sleep(_LOOK_SECONDS)
    assert child.returncode == 0, "inv db.load-clone failed"
    return most
