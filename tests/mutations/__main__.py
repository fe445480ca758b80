"""`python -m tests.mutations`: run the whole suite, or what `-k` selects, and print what was found."""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from clonekit.postgres.embedded import Embedded, stop

from .cases import all_cases
from .runner import Outcome, Verdict, leftovers, prepared, run_all

_TITLES = {
    Verdict.MISSED: "Missed (said to be equal)",
    Verdict.UNNAMED: "Found but not named",
    Verdict.FALSE_ALARM: "False alarms (equal, said to differ)",
    Verdict.UNEXPLAINED: "Equal but for a class that was not named",
    Verdict.BROKEN: "Broken (an error)",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite; return 0 if everything was as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("-k", metavar="TEXT", default="", help="only the cases whose name has TEXT in it")
    parser.add_argument("--plain", action="store_true", help="judge by the plain text of pg_dump instead of clonekit")
    parser.add_argument("--audit", action="store_true", help="tell for each mutation where the catalogs hold it")
    parser.add_argument("--slowest", type=int, default=0, metavar="N", help="print the N slowest cases")
    parser.add_argument("--verbose", action="store_true", help="print what the comparer said of the cases that failed")
    options = parser.parse_args(arguments)
    chosen = [case for case in all_cases() if options.k in case.name]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kit-mutations-") as folder:
        embedded = Embedded(Path(folder))
        try:
            server = prepared(embedded)
            found = run_all(server, chosen, plain=options.plain, audit=options.audit)
            left = leftovers(server)
        finally:
            stop(embedded)
    if options.audit:
        _print_audit(found)
    for outcome in sorted(found, key=lambda outcome: -outcome.seconds)[: options.slowest]:
        print(f"{outcome.seconds:6.2f} s  {outcome.case.name}")  # noqa: T201
    if left:
        print(f"\nLeft behind on the server: {len(left)} databases, such as {left[0]}")  # noqa: T201
    return max(_report(found, time.monotonic() - started, verbose=options.verbose), int(bool(left)))


def _print_audit(found: Sequence[Outcome]) -> None:
    for outcome in found:
        if outcome.places:
            shown = "shown" if outcome.shown else "HIDDEN"
            print(f"{shown:6} {outcome.case.name}: {', '.join(outcome.places)}")  # noqa: T201


def _report(found: Sequence[Outcome], seconds: float, *, verbose: bool) -> int:
    for verdict, title in _TITLES.items():
        some = [outcome for outcome in found if outcome.verdict is verdict]
        if some:
            print(f"\n{title}: {len(some)}")  # noqa: T201
        for outcome in some:
            print(f"  {outcome.case.name}{outcome.hint(verbose=verbose)}")  # noqa: T201
    changes = [outcome for outcome in found if outcome.is_mutation]
    others = [outcome for outcome in found if not outcome.is_mutation]
    detected = sum(outcome.verdict is Verdict.GOOD for outcome in changes)
    equal = sum(outcome.verdict is Verdict.GOOD for outcome in others)
    print(  # noqa: T201
        f"\n{detected} of {len(changes)} changes detected and named, {len(changes) - detected} not; "
        f"{equal} of {len(others)} roads equal, {len(others) - equal} not; {seconds:.0f} s"
    )
    return 0 if detected == len(changes) and equal == len(others) else 1


if __name__ == "__main__":
    sys.exit(main())
