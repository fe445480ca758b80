"""A sandbox for each file of the matrix."""

from collections.abc import Iterator

import pytest

from .world import World, opened


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A sandbox that can be told what to do wrong."""
    yield from opened(tmp_path_factory.mktemp("faults") / "sandbox")
