"""Make the picture of a report that the README shows: `python -m tests.browser.screenshot report.html`.

The one that it shows is of the sandbox, whose mended migration leaves an index that was made by hand. In a folder with
a copy of tasks.py:

    inv sandbox.up; eval "$(inv sandbox.env)"; inv db.clone-prod --yes; app=.clonekit/sandbox/app
    cp $app/variants/0010-rename-tenant.mended.sql $app/migrations/0010-rename-tenant.sql
    INVOKE_APP_SMOKE="python $app/manage.py status" inv rehearse --roundtrip; inv sandbox.down
"""

import sys
import tempfile
from pathlib import Path

from tests.browser import chromium

PICTURE = Path(__file__).parents[2] / "runbooks" / "rehearsal.png"
SIZE = "1200,1362"


def main() -> None:
    browser = chromium.find()
    if not browser:
        sys.exit("No Chromium here; install it: apt-get update && apt-get install -y chromium")
    if not sys.argv[1:]:
        sys.exit("Of which report? python -m tests.browser.screenshot dump/rehearsals/<time>/report.html")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(sys.argv[1]).absolute()
        chromium.run(browser, Path(folder) / "profile", report, f"--screenshot={PICTURE}", f"--window-size={SIZE}")


if __name__ == "__main__":
    main()
