"""The whole recipe against the sandbox, each task as a child process, in the order of the runbook."""

import json
import shutil
import stat
from pathlib import Path

from clonekit.errors import DIFFERENT, AppError
from tests.e2e.conftest import Inv

DIFF = ("db.schema-diff", "-a", "orcha_prod_clone", "-b", "orcha_fresh")


def last_line(text: str) -> str:
    return text.strip().splitlines()[-1]


def rows(inv: Inv, sql: str, db: str = "orcha_prod_clone") -> list[str]:
    finished = inv("db.psql", "--db", db, stdin=f"\\pset tuples_only\n\\pset format unaligned\n{sql}\n")
    assert finished.returncode == 0, finished.stderr
    return [line for line in finished.stdout.splitlines() if line and not line.startswith(("Tuples", "Output"))]


def test_1_clone_prod_prints_only_the_path_of_a_private_dump(inv: Inv, project: Path) -> None:
    finished = inv("db.clone-prod", "--yes")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.count("\n") == 1
    dump = project / finished.stdout.strip()
    assert dump.parent == project / "dump"
    assert stat.S_IMODE(dump.stat().st_mode) == 0o700
    assert stat.S_IMODE(dump.parent.stat().st_mode) == 0o700
    assert {path.name for path in dump.parent.iterdir()} == {dump.name, f"{dump.name}.json"}


def test_2_nothing_is_left_in_aws(inv: Inv) -> None:
    finished = inv("db.list-clones", "--json")
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout) == []


def test_3_load_clone_restores_productions_rows(inv: Inv) -> None:
    finished = inv("db.load-clone")
    assert finished.returncode == 0, finished.stderr
    assert last_line(finished.stdout) == "orcha_prod_clone"
    assert int(rows(inv, "SELECT count(*) FROM invoice;")[0]) > 1000


def test_4_the_rename_fails_on_real_data_and_says_why(inv: Inv) -> None:
    finished = inv("migrate", "migrate")
    assert finished.returncode == AppError.exit_code
    assert "null values" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_5_the_mended_rename_passes_on_real_data(inv: Inv, project: Path) -> None:
    app = project / ".clonekit/sandbox/app"
    shutil.copy(app / "variants/0010-rename-tenant.mended.sql", app / "migrations/0010-rename-tenant.sql")
    finished = inv("migrate", "migrate")
    assert finished.returncode == 0, finished.stderr
    assert int(rows(inv, "SELECT count(*) FROM tenant;")[0]) > 0


def test_6_fresh_builds_the_schema_from_migrations_alone(inv: Inv) -> None:
    finished = inv("db.fresh")
    assert finished.returncode == 0, finished.stderr
    assert last_line(finished.stdout) == "orcha_fresh"
    assert rows(inv, "SELECT count(*) FROM tenant;", "orcha_fresh") == ["0"]


def test_7_the_gate_finds_the_hand_made_index(inv: Inv, project: Path) -> None:
    finished = inv(*DIFF)
    assert finished.returncode == DIFFERENT, finished.stderr
    assert "hotfix_invoice_due_2024" in finished.stdout
    assert last_line(finished.stdout).startswith("DIFF: schemas differ")
    assert "CREATE TABLE" in (project / "dump/schema-orcha_fresh.sql").read_text()


def test_8_with_the_index_adopted_the_gate_opens(inv: Inv, project: Path) -> None:
    app = project / ".clonekit/sandbox/app"
    shutil.copy(app / "variants/0011-adopt-hotfix-index.sql", app / "migrations")
    assert inv("migrate", "migrate").returncode == 0
    assert inv("db.fresh").returncode == 0
    finished = inv("db.schema-diff", "--a", "orcha_prod_clone", "--b=orcha_fresh")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert last_line(finished.stdout) == "OK: schemas match (orcha_prod_clone vs orcha_fresh)"


def test_9_the_app_ingests_an_invoice_into_the_clone(inv: Inv, project: Path) -> None:
    before = int(rows(inv, "SELECT count(*) FROM invoice;")[0])
    fixture = next((project / ".clonekit/sandbox/app/fixtures").glob("*.json"))
    finished = inv("ingest", str(fixture))
    assert finished.returncode == 0, finished.stderr
    assert int(rows(inv, "SELECT count(*) FROM invoice;")[0]) == before + 1


def test_drop_clone_drops_it_and_is_fine_a_second_time(inv: Inv) -> None:
    assert inv("db.drop-clone").stdout.strip() == "orcha_prod_clone dropped"
    finished = inv("db.drop-clone")
    assert finished.returncode == 0
    assert finished.stdout.strip() == "orcha_prod_clone was not there"


def test_a_fresh_snapshot_is_made_used_and_removed(inv: Inv, project: Path) -> None:
    finished = inv("db.clone-prod", "--yes", "--fresh-snapshot", "--output", "mine.dump")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "mine.dump\n"
    assert (project / "mine.dump" / "toc.dat").read_bytes().startswith(b"PGDMP")
    assert "make the snapshot v1-orcha-db-clone-src-" in finished.stderr
    assert json.loads(inv("db.list-clones", "--json").stdout) == []


def test_dev_seed_makes_the_development_database(inv: Inv) -> None:
    finished = inv("dev.seed")
    assert finished.returncode == 0, finished.stderr
    assert int(rows(inv, "SELECT count(*) FROM tenant;", "orcha")[0]) > 0
