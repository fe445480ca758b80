"""`db.schema-diff`: compare, say what was found, and return whether the gate opens."""

import os
from collections.abc import Iterable
from pathlib import Path

from clonekit import comparing, files, output, sides
from clonekit.errors import UsageError
from clonekit.postgres.server import Server
from clonekit.schema import reports
from clonekit.schema.classes import IGNORABLE, Sort
from clonekit.schema.verdicts import Options
from clonekit.settings import Settings


def options(schemas: Iterable[str], ignore: Iterable[str], *, privileges: bool, strict: bool) -> Options:
    """Return the flags as options; raise UsageError for a sort of difference that can't be ignored."""
    wrong = [sort for sort in ignore if sort not in IGNORABLE]
    if wrong:
        raise UsageError(f"--ignore takes {', '.join(IGNORABLE)}, not {', '.join(wrong)}.")
    return Options(tuple(schemas), frozenset(map(Sort, ignore)), privileges, strict)


def run(
    settings: Settings, names: tuple[str, str], server: Server, wanted: Options, *, as_json: bool, html: str
) -> bool:
    """Compare two databases, print the result (its last line is the verdict), and return whether they are equal."""
    if html and (Path(html).is_dir() or not os.access(Path(html).absolute().parent, os.W_OK)):
        raise UsageError(f"--html must be a file in a folder that can be written to, not {html}.")
    a, b = sides.sides(*names, server)
    verdict = comparing.compare(settings, a, b, wanted)
    if html:
        from clonekit.schema import pages

        files.replace(Path(html), pages.page(verdict, a.label, b.label, verdict.renames, verdict.suggestions))
        output.say(f"Written: {html}")
    if as_json:
        output.result(reports.as_json(verdict, a.label, b.label))
    else:
        output.coloured(reports.text(verdict, a.label, b.label))
        output.result(reports.last_line(verdict, a.label, b.label))
    return verdict.equal
