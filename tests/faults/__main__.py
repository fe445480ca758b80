"""`python -m tests.faults`: print the fault matrix as Markdown; with `--write` put it into the README."""

import sys

from .table import README, in_readme, markdown

if sys.argv[1:] == ["--write"]:
    before, _, after = in_readme(README.read_text())
    README.write_text(before + markdown() + after)
else:
    print(markdown())  # noqa: T201
