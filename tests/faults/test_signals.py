"""Signals at every step, and what a run leaves that was killed."""

from pathlib import Path

import pytest

from .cases import SIGNALS, Case, title
from .plays import play
from .world import World


@pytest.mark.parametrize("case", SIGNALS, ids=title)
def test_nothing_is_left_after(world: World, case: Case, tmp_path: Path) -> None:
    play(world, case, tmp_path)
