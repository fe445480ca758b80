"""A rehearsal's page in a real browser: it opens without an error, says the verdict, can be seen and printed."""

import re
from html import unescape
from pathlib import Path

import pytest

from clonekit.rehearsal.page import page
from tests.browser.chromium import ATTACK, DARK, Browse, colours
from tests.examples import failing
from tests.unit.test_rehearsal_reports import with_everywhere


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text(page(failing()), encoding="utf-8", newline="")
    return path


def test_the_report_opens_without_an_error_and_says_the_verdict(browse: Browse, file: Path) -> None:
    elements, errors = browse(file, "--dump-dom")
    assert errors == []
    assert '<header class="fail"><h1>FAIL: data lost</h1>' in elements
    assert elements.count("<article id=") == 3
    assert elements.count("<rect ") > 15


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_can_be_seen_and_is_dark_where_the_reader_wants_that(
    browse: Browse, file: Path, tmp_path: Path, scheme: str
) -> None:
    picture, other = tmp_path / f"{scheme}.png", tmp_path / "other.png"
    flags = {"light": [], "dark": DARK}
    _, errors = browse(file, f"--screenshot={picture}", "--window-size=1200,1600", *flags.pop(scheme))
    browse(file, f"--screenshot={other}", "--window-size=1200,1600", *flags.popitem()[1])
    width, height, different = colours(picture.read_bytes())
    assert errors == []
    assert (width, height) == (1200, 1600)
    assert different > 50  # letters have many shades; a blank page has one
    assert picture.read_bytes() != other.read_bytes()


def test_what_comes_from_outside_does_nothing(browse: Browse, file: Path) -> None:
    file.write_text(page(with_everywhere(ATTACK)), encoding="utf-8", newline="")
    elements, errors = browse(file, "--dump-dom")
    assert errors == []
    assert not re.search(r"<(script|img)|<title>taken", elements)
    assert unescape(elements).count(ATTACK) > 40


def test_the_report_can_be_printed_with_what_is_folded(browse: Browse, file: Path, tmp_path: Path) -> None:
    text = page(failing()).replace("4 unchanged</summary>", "4 unchanged</summary>" + "<p>a line of text</p>" * 300)
    text = re.sub(r"<meta http-equiv[^>]*>", "", text)  # its style is changed below
    pages = []
    for style in ("details::details-content", "details::nothing"):
        file.write_text(text.replace("details::details-content", style), encoding="utf-8", newline="")
        browse(file, f"--print-to-pdf={tmp_path / 'report.pdf'}")
        printed = (tmp_path / "report.pdf").read_bytes()
        assert printed.startswith(b"%PDF-")
        pages.append(len(re.findall(rb"/Type\s*/Page\b", printed)))
    assert pages[0] > pages[1] > 0
