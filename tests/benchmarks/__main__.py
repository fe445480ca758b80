"""`python -m tests.benchmarks gate`: how long the gate takes, next to two `pg_dump -s` at once."""

import argparse
import signal
import sys
from collections.abc import Sequence

from . import gate


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("benchmark", choices=["gate"])
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each is measured")
    parser.add_argument("--tables", type=int, default=1500, metavar="N", help="how many tables the schema has")
    parser.add_argument("--sizes", type=int, nargs="*", default=[3, 10, 30, 100], metavar="MB", help="for linearity")
    parser.add_argument("--settle", action="store_true", help="measure a difference that PostgreSQL has to settle, too")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    gate.run(options.rounds, options.tables, options.sizes, settle=options.settle)


if __name__ == "__main__":
    main()
