"""`python -m tests.benchmarks`: what is gained over the plan's own commands, as a table in Markdown.

Without arguments all rows, in a few minutes; or those that are named. With pgcopydb on PATH that is measured, too.
"""

import argparse
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from clonekit import databases, names

from . import copies, gate, machine, reading, stage, tunnel
from .measuring import Line, markdown

_ON_STAGE: dict[str, Callable[[stage.Stage, int], list[Line]]] = {
    "load": copies.load,
    "reset": copies.reset,
    "dump": reading.dump,
    "schema": reading.schema,
}
_ROWS = [*_ON_STAGE, "tunnel", "start", "gate"]
_UNITS = {"MB": 10**6, "GB": 10**9}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmarks that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", choices=_ROWS, metavar="row", help=", ".join(_ROWS))
