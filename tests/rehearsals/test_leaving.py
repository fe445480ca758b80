"""What `inv rehearse` leaves when it is ended before its verdict: by Ctrl-C, a signal, an error."""

import os
import signal
from collections.abc import Callable
from functools import partial

import pytest

from clonekit import processes
from clonekit.errors import AppError, DatabaseError, DumpError
from clonekit.postgres import databases
from tests.rehearsals.conftest import QUICK, Project
from tests.waiting import until

Maker = Callable[..., Project]
SLEEPING = "SELECT FROM pg_stat_activity WHERE datname::text = %s AND query LIKE 'SELECT pg_sleep%%'"
SLOW = "SELECT pg_sleep(100)"
SLOW_ON_ROWS = f"{SLOW} FROM shop_client WHERE id = 7"
STUBBORN = f"""
import os, psycopg, signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
if os.environ["PGDATABASE"].endswith("_clone"):
    psycopg.connect("").execute("{SLOW}")
"""
KEPT = {"clone", "clone__pristine", "fresh"}
BROKEN = {"INVOKE_APP_BASELINE": "sh -c 'exit 5'"}
ENDINGS = [
    (signal.SIGINT, os.killpg),  # as a terminal does
    (signal.SIGTERM, os.kill),  # as a CI server does
]


def ended(ours: Project, kind: str, signum: signal.Signals, send: Callable[[int, int], None], *flags: str) -> None:
    """Rehearse until a migration sleeps in a database of this kind, and end that."""
    child = ours.start("rehearse", *flags)
    asleep = partial(databases.rows, ours.server, SLEEPING, f"{ours.folder.name}_{kind}")
    try:
        until(lambda: child.poll() is not None or asleep())
        send(child.pid, signum)
        _, err = child.communicate(timeout=100)
    finally:
        processes.end_group(child.pid, lambda: child.poll() is None)
    assert child.returncode == 128 + signum, err
    assert err.endswith("Interrupted.\n")
    assert "fault of clonekit" not in err
    assert not list(ours.folder.glob("dump/rehearsals/*/report.*"))
    assert not ours.processes()
    until(lambda: not asleep())


def test_nobody_else_migrates_the_clone_meanwhile(project: Maker) -> None:
    ours = project(**QUICK)
    ours.pending("0004_slow.sql", SLOW_ON_ROWS)
    child = ours.start("rehearse")
    try:
        until(partial(databases.rows, ours.server, SLEEPING, ours.clone))
        told = ours.inv("migrate", "migrate")
    finally:
        processes.end_group(child.pid, lambda: child.poll() is None, signal.SIGINT)
    assert told.code == DatabaseError.exit_code, told.err
    assert f"inv rehearse (process {child.pid}) is at work on the database '{ours.clone}'." in told.err


@pytest.mark.parametrize(("signum", "send"), ENDINGS)
@pytest.mark.parametrize(("script", "kind"), [(SLOW_ON_ROWS, "clone"), (SLOW, "fresh__building")])
def test_a_signal_ends_what_the_app_does_and_leaves_the_clone(
    project: Maker, script: str, kind: str, signum: signal.Signals, send: Callable[[int, int], None]
) -> None:
    ours = project(**QUICK)
    ours.pending("0004_slow.sql", script)
    ended(ours, kind, signum, send)
    assert databases.exists(ours.server, ours.clone)
    assert ours.databases() <= KEPT


@pytest.mark.parametrize(("signum", "send"), ENDINGS)
@pytest.mark.parametrize(("script", "kind"), [(SLOW_ON_ROWS, "clone"), (SLOW, "fresh__building")])
def test_a_signal_leaves_no_database_with_drop(
    project: Maker, script: str, kind: str, signum: signal.Signals, send: Callable[[int, int], None]
) -> None:
    ours = project(**QUICK)
    ours.pending("0004_slow.sql", script)
    ended(ours, kind, signum, send, "--drop")
    assert ours.databases() == set()


def test_sigterm_leaves_no_setting_of_the_watching_and_nothing_in_the_background(project: Maker) -> None:
    ours = project(**QUICK, INVOKE_LOCAL_SPARES="1")
    ours.pending("0004_slow.sql", SLOW_ON_ROWS)
    ended(ours, "clone", signal.SIGTERM, os.kill)
    settings = "SELECT FROM pg_db_role_setting WHERE setdatabase = %s::oid"
    assert not databases.rows(ours.server, settings, str(databases.oid(ours.server, ours.clone)))
    assert not list((ours.folder / ".clonekit" / "runs").glob("*.json"))


def test_a_migration_that_takes_no_signal_does_not_go_on_in_the_clone_that_is_kept(project: Maker) -> None:
    ours = project(**QUICK, INVOKE_APP_MIGRATE="python stubborn.py")
    (ours.folder / "stubborn.py").write_text(STUBBORN)
    ended(ours, "clone", signal.SIGTERM, os.kill, "--keep")
    assert ours.databases() == KEPT


def test_an_error_leaves_no_database_with_drop(project: Maker) -> None:
    ours = project(**BROKEN)
    told = ours.inv("rehearse", "--drop")
    assert told.code == AppError.exit_code, told.err
    assert ours.databases() == set()
    assert not list((ours.folder / "dump" / "rehearsals").iterdir())


def test_an_error_leaves_no_used_clone(project: Maker) -> None:
    ours = project()
    ours.rehearse()
    told = ours.inv("rehearse", **BROKEN)
    assert told.code == AppError.exit_code, told.err
    assert ours.databases() == KEPT


def test_a_report_that_can_not_be_written_is_told_before_anything_is_done(project: Maker) -> None:
    ours = project(**QUICK)
    (ours.folder / "dump" / "rehearsals").touch()
    told = ours.inv("rehearse")
    assert told.code == DumpError.exit_code, told.err
    assert f"The folder {ours.folder}/dump/rehearsals can't be used: File exists." in told.err
    assert ours.databases() == set()


def test_a_dump_that_can_not_be_loaded_leaves_the_clone_of_before_even_with_drop(project: Maker) -> None:
    ours = project(**QUICK)
    ours.rehearse()
    told = ours.inv("rehearse", "--drop", "--dump-file", "nowhere.dump")
    assert told.code == DumpError.exit_code, told.err
    assert ours.databases() == KEPT
