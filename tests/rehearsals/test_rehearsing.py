"""`inv rehearse`, its verdicts and flags, in a project whose migrations are plain SQL."""

import json
import subprocess
from collections.abc import Callable

import pytest

from clonekit.errors import (
    DIFFERENT,
    AppError,
    DataLossError,
    MigrationError,
    NotComparedError,
    SmokeError,
    StaleError,
    UsageError,
)
from tests.rehearsals.conftest import MARKER, QUICK, Project

Maker = Callable[..., Project]


def test_a_migration_is_mended_in_three_tries(project: Maker) -> None:
    """As a user goes about it: it fails; mended and tried again from there; at last the old drift is adopted."""
    ours = project(INVOKE_APP_DOWN="sh migrate.sh down").failing()

    failed = ours.rehearse("--json")
    assert failed.code == MigrationError.exit_code, failed.err
    assert json.loads(failed.out) == failed.report
    assert failed.report["schema"] is None

    ours.take("0002_client.sql")
    drifted = ours.rehearse("--from", "migrate")
    assert drifted.code == DIFFERENT, drifted.err
    assert drifted.steps["measure"] == "as measured by the rehearsal before"
    assert drifted.blamed() == [("old drift", "hotfix_invoice_due")]
    assert drifted.out.splitlines()[-1].startswith("FAIL (schema differs): 1 object differs from")
    assert "1 old drift" in drifted.report["why"][0]

    ours.take("0003_adopt.sql", "0003_adopt.sql.down")
    passed = ours.rehearse("--from", "migrate", "--roundtrip", "--keep")
    assert passed.code == 0, passed.err
    assert passed.out.splitlines()[-1].startswith("PASS")
    assert passed.report["roundtrip"] is True
    assert ours.databases() == {"clone", "clone__pristine", "fresh"}
    assert passed.states()["shop_document"] == "unchanged"
    assert passed.report["evidence"]["migrations"].keys() == {
        f"migrations/{path.name}" for path in ours.migrations.iterdir()
    }

    assert passed.folder
    holds = ours.inv("rehearse", "--verify", str(passed.folder))
    assert (holds.code, holds.folder) == (0, None)
    ours.pending("0002_client.sql", "SELECT 1")
    changed = ours.inv("rehearse", "--verify", str(passed.folder / "report.json"))
    assert changed.code == StaleError.exit_code
    assert "migrations/0002_client.sql has changed." in changed.err


RAISING = """
    DO $$ BEGIN
        IF EXISTS (SELECT FROM shop_client) THEN RAISE EXCEPTION 'no %', (SELECT max(name) FROM shop_client); END IF;
    END $$
"""
LOSSES = {
    "a row": ("DELETE FROM shop_line WHERE id = 7", "public.shop_line (800 rows): 1 row gone."),
    "a key of a document": (
        "UPDATE shop_document SET body = body - 'sender' WHERE id = 7",
        "public.shop_document (400 rows): column body: rewritten in 1 row.",
    ),
}


def test_planted_losses_fail_it_and_are_told_unless_they_are_expected(project: Maker) -> None:
    ours = project(**QUICK)
    ours.pending("0004_loss.sql", ";\n".join(statement for statement, _ in LOSSES.values()))
    lost = ours.rehearse()
    assert lost.code == DataLossError.exit_code, lost.err
    assert sorted(lost.report["why"]) == sorted(said for _, said in LOSSES.values())
    expected = ours.rehearse(INVOKE_REHEARSE_EXPECTED="public.shop_line: rows\npublic.shop_document.body: rewritten")
    assert expected.code == 0, expected.err


def test_a_smoke_command_may_migrate(project: Maker) -> None:
    told = project(INVOKE_APP_SMOKE="python -m invoke migrate migrate", **QUICK).rehearse()
    assert told.code == 0, told.err
    assert "Running the app's migrate command on" in told.err


def test_a_smoke_command_that_fails_is_told_with_its_exit_code_and_drop_leaves_no_database(project: Maker) -> None:
    ours = project(INVOKE_APP_SMOKE="sh -c 'psql -XAtc \"SELECT count(*) FROM shop_client\"'\nsh -c 'exit 7'", **QUICK)
    told = ours.rehearse("--json", "--drop")
    assert told.code == SmokeError.exit_code, told.err
    assert json.loads(told.out)["verdict"] == "smoke failed"
    assert [command["code"] for command in told.report["smoke"]] == [0, 7]
    assert ours.databases() == set()


def test_what_a_failing_row_or_the_databases_own_code_says_is_in_no_report(project: Maker) -> None:
    """`rehearse` looks for the marker in each report; here it is in what the server says of the failure."""
    ours = project(**QUICK).mended()
    ours.pending("0003_unique.sql", "CREATE UNIQUE INDEX ON shop_client (email)")
    twice = ours.rehearse()
    assert twice.code == MigrationError.exit_code, twice.err
    assert "keys are there more than once, in 198 rows" in twice.report["why"][0]
    ours.pending("0003_unique.sql", RAISING)
    assert ours.rehearse("--from", "migrate").code == MigrationError.exit_code
    shown = ours.inv("rehearse", "--from", "migrate", "--show-values")
    assert shown.folder
    assert MARKER in (shown.folder / "report.json").read_text()


def test_a_password_in_the_apps_command_lines_is_in_no_report(project: Maker) -> None:
    ours = project(INVOKE_APP_SMOKE=f"sh -c 'exit 7' -password={MARKER}", **QUICK)
    migrate = {"INVOKE_APP_MIGRATE": f"sh migrate.sh up '' postgres://me:{MARKER}@far/shop"}
    told = ours.rehearse(**migrate)
    assert told.code == SmokeError.exit_code, told.err
    assert told.report["evidence"]["migrate"] == "sh migrate.sh up '' postgres://me:***@far/shop"
    assert told.report["smoke"][0]["command"] == "sh -c exit 7 -password=***"
    ours.pending("0004_wrong.sql", "SELECT 1 FROM shop_nowhere")
    failed = ours.rehearse("--from", "migrate", **migrate)
    assert failed.code == MigrationError.exit_code, failed.err
    assert MARKER not in failed.err


def test_a_command_line_that_can_not_be_one_changes_nothing(project: Maker) -> None:
    ours = project()
    for setting, line in (("MIGRATE", "sh 'migrate.sh up"), ("MIGRATE", ""), ("BASELINE", "'"), ("SMOKE", "'")):
        told = ours.inv("rehearse", **{f"INVOKE_APP_{setting}": line})
        assert (told.code, told.folder) == (UsageError.exit_code, None), told.err
        assert f"app.{setting.lower()}" in told.err
    assert ours.databases() == set()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--roundtrip",), "app.down is not set"),
        (("--from", "compare"), "--from takes load or migrate"),
        (("--renamed", "shop_line"), "--renamed public.old=public.new"),
        (("--keep", "--drop"), "can't both be given"),
        (("--verify", "no-report.json"), "no-report.json is no report.json"),
    ],
)
def test_flags_that_can_not_be_meant_change_nothing(project: Maker, flags: tuple[str, ...], said: str) -> None:
    ours = project()
    told = ours.inv("rehearse", *flags)
    assert (told.code, told.folder) == (UsageError.exit_code, None), told.err
    assert said in told.err
    assert ours.databases() == set()


def test_where_the_log_can_not_be_read_the_verdict_stands_and_the_report_says_what_is_missing(project: Maker) -> None:
    """On a server that clonekit has not started."""
    ours = project(**QUICK).failing()
    (ours.folder / ".clonekit" / "postgres").unlink()
    server, port = ours.server, str(ours.server.port)
    told = ours.rehearse(INVOKE_LOCAL_HOST=server.host, INVOKE_LOCAL_PORT=port, PGPASSWORD=server.password or "")
    assert told.code == MigrationError.exit_code, told.err
    assert told.report["why"] == [
        f"The app's command failed with exit code 3 on the database '{ours.clone}': sh migrate.sh up"
    ]
    assert any("It is no server of dev.up" in limit for limit in told.report["migration"]["limits"])


def test_a_dump_folder_that_git_would_take_up_is_told_before_anything_is_loaded(project: Maker) -> None:
    ours = project(**QUICK)
    subprocess.run(["git", "init", "--quiet", str(ours.folder)], check=True)
    told = ours.rehearse()
    assert told.code == 0, told.err
    assert told.err.index("failed, dump folder: git would take up dumps") < told.err.index("restor")


def test_a_migration_that_fails_on_an_empty_database_too_is_told_as_both(project: Maker) -> None:
    ours = project()
    ours.pending("0004_both.sql", "ALTER TABLE shop_client ADD CHECK (id < 176); ALTER TABLE shop_nowhere ADD x int")
    told = ours.rehearse()
    assert told.code == MigrationError.exit_code, told.err
    on_clone, on_empty = told.report["why"]
    assert "25 rows like it" in on_clone
    assert told.report["migration"]["failure"]["statement"].startswith("ALTER TABLE shop_client ADD CHECK")
    assert on_empty.startswith("The migrations fail on an empty database, too. The app's command failed with exit code")
    assert on_empty.endswith("inv db.fresh")
    assert told.report["schema"] is None
    assert list(told.steps) == ["load", "measure", "build from nothing", "migrate"]
    assert 'relation "shop_nowhere" does not exist' in told.err


def test_after_a_failure_on_an_empty_database_it_is_tried_again_from_there_with_all_comparisons(project: Maker) -> None:
    ours = project()
    ours.pending("0004_both.sql", "ALTER TABLE shop_nowhere ADD x int")
    ours.rehearse()
    ours.pending("0004_both.sql", "SELECT 1")
    told = ours.rehearse("--from", "migrate")
    assert told.code == 0, told.err
    assert told.steps["measure"] == "as measured by the rehearsal before"
    assert (told.report["schema"]["equal"], told.report["schema"]["drift"]) == (True, 1)


def test_a_migration_that_fails_on_an_empty_database_only_is_no_pass_and_the_schema_not_compared(
    project: Maker,
) -> None:
    ours = project()
    ours.pending(
        "0004_rows.sql",
        "ALTER TABLE shop_line ADD kind int; DO $$ BEGIN ASSERT (SELECT 1 FROM shop_client LIMIT 1) = 1; END $$",
    )
    told = ours.rehearse()
    assert told.code == NotComparedError.exit_code, told.err
    assert told.out.splitlines()[-1].startswith("FAIL (schema not compared): The migrations fail on an empty database")
    assert told.report["why"][0].endswith("inv db.fresh")
    assert told.report["schema"] is None
    assert told.states()["shop_line"] == "changed"
    assert "compare" not in told.steps


@pytest.mark.parametrize(
    ("setting", "line", "said"),
    [
        ("INVOKE_APP_MIGRATE", "no-such-program up", "'no-such-program' can't be started"),
        ("INVOKE_APP_BASELINE", "sh -c 'echo not this >&2; exit 5'", "failed with exit code 5 on"),
    ],
)
def test_without_a_database_to_compare_with_it_is_an_error_and_no_verdict(
    project: Maker, setting: str, line: str, said: str
) -> None:
    ours = project(**{setting: line})
    told = ours.inv("rehearse")
    assert (told.code, told.folder) == (AppError.exit_code, None), told.err
    assert said in told.err
    assert told.err.endswith("nothing to compare the clone with, and it was not migrated.\n")
    assert ours.databases() <= {"clone", "clone__pristine", "fresh"}
