"""The browser, for every test here."""

import os
from functools import partial
from pathlib import Path

import pytest

from tests.browser import chromium


@pytest.fixture(scope="session")
def browser() -> str:
    if found := chromium.find():
        return found
    lacking = "No Chromium here; install it: apt-get update && apt-get install -y chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(lacking)
    pytest.skip(lacking)


@pytest.fixture
def browse(browser: str, tmp_path: Path) -> chromium.Browse:
    """Return `chromium.run` for this browser, with a profile of its own."""
    return partial(chromium.run, browser, tmp_path / "profile")
