"""What a rehearsal's verdict rests on, and whether it still holds."""

import json
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clonekit.errors import DataLossError, RehearsalError, StaleError, UsageError
from clonekit.rehearsal import evidence, rehearsals
from clonekit.rehearsal.rehearsals import Evidence, Outcome, Rehearsal
from clonekit.settings import Rehearse, Settings

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def project(tmp_path: Path) -> Settings:
    """A project with one migration."""
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001-init.sql").write_text("CREATE TABLE t ();")
    return Settings(root=tmp_path, rehearse=Rehearse(migrations="migrations/*.sql"))


def report(settings: Settings, verdict: Outcome = Outcome.PASS, age: timedelta = timedelta(days=1)) -> Path:
    """Write the report of a rehearsal of the project as it is now, on data that old."""
    dump = settings.root / "prod.dump"
    dump.touch()
    found = evidence.gather(settings, dump, "0" * 64, {})
    found = replace(found, snapshot_at=f"{NOW - age:%Y-%m-%dT%H:%M:%SZ}")
    path = settings.root / "report.json"
    path.write_text(rehearsals.as_json(Rehearsal(verdict, [], found)))
    return path


def test_a_pass_holds_while_the_migrations_are_the_same(project: Settings) -> None:
    assert "holds" in evidence.verify(project, report(project), NOW)


def test_a_folder_stands_for_the_report_in_it(project: Settings) -> None:
    assert "holds" in evidence.verify(project, report(project).parent, NOW)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda folder: (folder / "0001-init.sql").write_text("-- another"), "migrations/0001-init.sql has changed"),
        (lambda folder: (folder / "0002-more.sql").write_text(""), "migrations/0002-more.sql is new"),
        (
            lambda folder: (folder / "0001-init.sql").rename(folder / "0001-start.sql"),
            "migrations/0001-init.sql is gone. migrations/0001-start.sql is new",
        ),
    ],
)
def test_a_pass_does_not_hold_after_a_migration_changed(project: Settings, change: object, said: str) -> None:
    path = report(project)
    change(project.root / "migrations")  # type: ignore[operator]
    with pytest.raises(StaleError, match=said):
        evidence.verify(project, path, NOW)


def test_a_pass_on_old_data_does_not_hold(project: Settings) -> None:
    with pytest.raises(StaleError, match=r"more than 14 days \(rehearse.max_days\)"):
        evidence.verify(project, report(project, age=timedelta(days=15)), NOW)


def test_without_known_migrations_nothing_holds(project: Settings) -> None:
    unset = replace(project, rehearse=Rehearse())
    with pytest.raises(StaleError, match=r"rehearse\.migrations is not set"):
        evidence.verify(unset, report(unset), NOW)


def test_a_rehearsal_that_did_not_pass_is_verified_with_its_own_exit_code(project: Settings) -> None:
    with pytest.raises(DataLossError, match="did not pass: data lost"):
        evidence.verify(project, report(project, Outcome.DATA_LOST), NOW)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 1}', '{"format": 2}', '{"format": 1, "verdict": "pass"}', "[" * 99999]
)
def test_what_is_no_report_is_refused(project: Settings, text: str) -> None:
    path = project.root / "report.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"is no report\.json"):
        evidence.verify(project, path, NOW)


@pytest.mark.parametrize("damage", [{"at": 5}, {"snapshot_at": None}, {"migrations": []}])
def test_a_report_whose_evidence_is_damaged_is_refused(project: Settings, damage: dict[str, object]) -> None:
    path = report(project)
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "evidence": {**told["evidence"], **damage}}))
    with pytest.raises(UsageError, match=r"is no report\.json"):
        evidence.verify(project, path, NOW)


@pytest.mark.parametrize("pattern", ["migration/*.sql", "/migrations/*.sql"])
def test_a_pattern_that_fits_nothing_is_refused_beside_one_that_does(project: Settings, pattern: str) -> None:
    """Or the files that it was to name could change unseen."""
    unfit = replace(project, rehearse=Rehearse(migrations=f"migrations/*.sql\n{pattern}"))
    with pytest.raises(UsageError, match=r"names no file below .*: " + re.escape(pattern)):
        evidence.verify(unfit, report(project), NOW)


def test_each_verdict_has_an_exit_code_of_its_own() -> None:
    codes = {RehearsalError.of(outcome).exit_code for outcome in Outcome if outcome != Outcome.PASS}
    assert len(codes) == len(Outcome) - 1


def test_the_commit_and_whether_the_tree_was_dirty_are_told(project: Settings) -> None:
    def git(*words: str) -> str:
        told = ["-c", "user.name=t", "-c", "user.email=t@t"]
        done = subprocess.run(["git", *told, *words], cwd=project.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message=first")
    clean = evidence.gather(project, project.root / "prod.dump", "", {})
    (project.root / "migrations" / "0002-more.sql").write_text("")
    dirty = evidence.gather(project, project.root / "prod.dump", "", {})
    assert (clean.commit, clean.dirty, dirty.dirty) == (git("rev-parse", "HEAD"), False, True)


def test_the_manifest_tells_from_which_snapshot_the_data_is(project: Settings) -> None:
    about = {"snapshot": "nightly", "snapshot_at": "2026-11-24T00:00:00Z", "source": "v1-orcha-db", "run": "r"}
    more = {"sha256": "0", "size": 1, "dbname": "orcha", "dumped_at": "", "server_version": "18"}
    (project.root / "prod.dump.json").write_text(json.dumps({**about, **more}))
    found = evidence.gather(project, project.root / "prod.dump", "0", {})
    assert (found.snapshot, found.snapshot_at, found.source) == ("nightly", "2026-11-24T00:00:00Z", "v1-orcha-db")


def test_a_pattern_that_names_no_migration_is_refused(project: Settings) -> None:
    with pytest.raises(UsageError, match="names no file"):
        evidence.migrations(replace(project, rehearse=Rehearse(migrations="nowhere/*.sql")))


def test_evidence_reads_back_as_it_was_written(project: Settings) -> None:
    written = evidence.gather(project, project.root / "prod.dump", "0" * 64, {"PostgreSQL": "18.6"})
    text = rehearsals.as_json(Rehearsal(Outcome.SMOKE_FAILED, ["why"], written))
    assert rehearsals.evidence(text) == (Outcome.SMOKE_FAILED, written)
    assert isinstance(written, Evidence)
