"""The HTML page in a real browser: it opens without an error, says the verdict and can be seen."""

import os
import re
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from clonekit.classes import Sort
from clonekit.differences import Change, Difference
from clonekit.pages import page
from clonekit.verdicts import Verdict

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--v=0",
]
SECONDS = 120
ATTACK = """</style></title><script>document.title='taken'</script><img src=x onerror="document.title='taken'">"""

Browse = Callable[..., tuple[str, list[str]]]


@pytest.fixture(scope="module")
def browser() -> str:
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    lacking = "No Chromium here; install it: apt-get update && apt-get install -y chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(lacking)
    pytest.skip(lacking)


@pytest.fixture
def browse(browser: str, tmp_path: Path) -> Browse:
    """Open a file and return what the browser printed (a page's elements, say) and the errors on its console."""

    def run(file: Path, *flags: str) -> tuple[str, list[str]]:
        argv = [browser, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *flags, file.as_uri()]
        done = subprocess.run(argv, capture_output=True, timeout=SECONDS, check=True, encoding="utf-8")
        return done.stdout, re.findall(r":CONSOLE[:(].*", done.stderr)

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "diff.html"
    path.write_text(page(verdict(), f"clone {ATTACK}", "fresh"), encoding="utf-8", newline="")
    return path


def verdict() -> Verdict:
    found = [
        Difference(Change.CHANGED, "TABLE", "app", "orders", "id int,\namount text", "id bigint,\namount text  \r"),
        Difference(Change.ONLY_A, "FUNCTION", "app", ATTACK, f"AS $$ {ATTACK} $$", ""),
        Difference(Change.ONLY_B, "COMMENT", "app", "x\n\u202ey\x01", "", f"IS '{ATTACK}'"),
    ]
    return Verdict(tuple((Sort.DEFINITION, each) for each in found), (), {Sort.COMMENTS: 2}, 1, ("rows",))


def colours(png: bytes) -> tuple[int, int, int]:
    """Return a picture's width, height, and number of different bytes in it."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    position, data = 8, b""
    while position < len(png):
        length, kind = struct.unpack(">I4s", png[position : position + 8])
        data += png[position + 8 : position + 8 + length] if kind == b"IDAT" else b""
        position += length + 12
    width, height = struct.unpack(">II", png[16:24])
    return width, height, len(set(zlib.decompress(data)))


def test_the_page_opens_without_an_error(browse: Browse, file: Path) -> None:
    elements, errors = browse(file, "--dump-dom")
    assert errors == []
    assert '<h1 class="diff">DIFF: 3 objects differ</h1>' in elements
    assert len(re.findall(r"<article id=", elements)) == 3
    assert not re.search(r"<(script|img)|<title>taken", elements)
    assert unescape(elements).count(ATTACK) >= 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_seen(browse: Browse, file: Path, tmp_path: Path, scheme: str) -> None:
    picture = tmp_path / f"{scheme}.png"
    dark = ["--blink-settings=preferredColorScheme=0"] if scheme == "dark" else []
    _, errors = browse(file, f"--screenshot={picture}", "--window-size=1200,1600", *dark)
    width, height, different = colours(picture.read_bytes())
    assert errors == []
    assert (width, height) == (1200, 1600)
    assert different > 50  # letters have many shades; a blank page has one


def test_the_policy_is_in_force(browse: Browse, file: Path) -> None:
    """A script and a picture that were in the page all the same would not run; and errors would be seen here."""
    file.write_text(file.read_text().replace("</body>", "<script>document.title = 'taken'</script></body>"))
    elements, errors = browse(file, "--dump-dom")
    assert "<title>taken" not in elements
    assert re.search("Content.Security.Policy", " ".join(errors))


def test_the_pages_own_style_is_let_through(browse: Browse, file: Path, tmp_path: Path) -> None:
    """Without its style the page would look otherwise: the policy's hash is the one the browser computes."""
    pictures = [tmp_path / "styled.png", tmp_path / "bare.png"]
    browse(file, f"--screenshot={pictures[0]}")
    file.write_text(re.sub(r"<style>.*</style>", "", file.read_text(), flags=re.DOTALL))
    browse(file, f"--screenshot={pictures[1]}")
    assert pictures[0].read_bytes() != pictures[1].read_bytes()
