"""`inv rehearse` with the migrations of three real tools, on a production that its first migration made."""

from collections.abc import Callable

import pytest

from clonekit.errors import MigrationError
from tests.rehearsals.conftest import TOOLS, Project

Maker = Callable[..., Project]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_failing_migration_is_told_with_its_statement_and_how_many_rows_are_like_it(
    project: Maker, tool: str
) -> None:
    told = project(tool, INVOKE_APP_BASELINE="").failing().rehearse()
    assert told.code == MigrationError.exit_code, told.err
    assert told.report["verdict"] == "migration failed"
    failure = told.report["migration"]["failure"]
    assert failure["statement"].replace('"', "").startswith("ALTER TABLE shop_client ALTER COLUMN country SET NOT NULL")
    assert failure["like_it"] == 25
    assert "25 rows like it" in told.report["why"][0]


@pytest.mark.parametrize("tool", TOOLS)
def test_a_mended_migration_passes_and_loses_nothing_in_its_renames(project: Maker, tool: str) -> None:
    told = project(tool).rehearse()
    assert told.code == 0, told.out + told.err
    assert told.report["verdict"] == "pass"
    assert {table: state for table, state in told.states().items() if table.startswith("shop_")} == {
        "shop_customer": "changed",
        "shop_invoice": "changed",
        "shop_line": "unchanged",
        "shop_document": "unchanged",
    }
    assert told.report["schema"]["equal"]
    assert told.report["schema"]["drift"] == 1
