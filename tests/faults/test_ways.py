"""Dead ends in AWS, broken tunnels, this machine, and several runs beside each other."""

from pathlib import Path

import pytest

from .cases import MACHINE, RUNS, STATES, TUNNELS, Case, title
from .plays import play
from .world import World


@pytest.mark.parametrize("case", [*STATES, *TUNNELS, *MACHINE, *RUNS], ids=title)
def test_nothing_is_left_after(world: World, case: Case, tmp_path: Path) -> None:
    play(world, case, tmp_path)
