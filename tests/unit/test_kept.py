"""What is kept of a rehearsal for the next one: only where that is of the same pristine state."""

from dataclasses import replace
from pathlib import Path

import pytest

from clonekit.postgres.clones import Pristine
from clonekit.rehearsal import kept
from clonekit.rehearsal.kept import Before
from clonekit.rehearsal.tallies import Contents
from clonekit.settings import Settings

SOURCE = Pristine(16384, "clone__pristine", "0" * 64, "", "2026-11-25 12:00:00 UTC")
FOUND = Before(Contents(7, (), (), 0, "0" * 16), {("INDEX", "public.hotfix")})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A project in which a rehearsal of `SOURCE` has ended."""
    found = Settings(root=tmp_path)
    kept.write(found, SOURCE, FOUND)
    return found


def test_what_was_found_is_there_for_the_same_pristine_state(settings: Settings) -> None:
    assert kept.read(settings, replace(SOURCE, seen="moved")) == FOUND


@pytest.mark.parametrize("other", [{"oid": 16385}, {"sha256": "1" * 64}, {"loaded": "2026-11-25 12:00:01 UTC"}])
def test_of_another_pristine_state_nothing_was_found(settings: Settings, other: dict[str, object]) -> None:
    """The same dump has the same OID on a server of the same age, but its tables have others."""
    assert kept.read(settings, replace(SOURCE, **other)) is None  # type: ignore[arg-type]


def test_where_no_pristine_state_is_kept_nothing_is(settings: Settings) -> None:
    kept.write(settings, replace(SOURCE, oid=0), FOUND)
    assert kept.read(settings, replace(SOURCE, oid=0)) is None
