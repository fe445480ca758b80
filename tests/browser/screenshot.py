"""Make the picture of a report that the README shows: `python -m tests.browser.screenshot [report.html]`.

Without a file it is of an example, in which no figure was measured.
"""

import sys
import tempfile
from pathlib import Path

from clonekit.rehearsal.page import page
from tests.browser import chromium
from tests.examples import failing

PICTURE = Path(__file__).parents[2] / "runbooks" / "rehearsal.png"
SIZE = "1200,1065"


def main() -> None:
    browser = chromium.find()
    if not browser:
        sys.exit("No Chromium here; install it: apt-get update && apt-get install -y chromium")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(sys.argv[1]).absolute() if sys.argv[1:] else Path(folder) / "report.html"
        if not sys.argv[1:]:
            report.write_text(page(failing()), encoding="utf-8")
        chromium.run(browser, Path(folder) / "profile", report, f"--screenshot={PICTURE}", f"--window-size={SIZE}")


if __name__ == "__main__":
    main()
