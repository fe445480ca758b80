"""The HTML page in a real browser: it opens without an error, says the verdict and can be seen."""

import re
from html import unescape
from pathlib import Path

import pytest

from clonekit.schema.classes import Sort
from clonekit.schema.differences import Change, Difference
from clonekit.schema.pages import page
from clonekit.schema.verdicts import Verdict
from tests.browser.chromium import ATTACK, DARK, Browse, colours


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
    dark = DARK if scheme == "dark" else []
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
