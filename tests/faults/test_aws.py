"""What AWS answers: throttled, lost, denied, expired."""

from pathlib import Path

import pytest

from .cases import ANSWERS, DENIALS, Case, title
from .plays import play
from .world import World


@pytest.mark.parametrize("case", [*ANSWERS, *DENIALS], ids=title)
def test_nothing_is_left_after(world: World, case: Case, tmp_path: Path) -> None:
    play(world, case, tmp_path)
