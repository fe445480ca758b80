"""`python -m tests.benchmarks`: what is gained over the plan's own commands, as a table in Markdown.

Without arguments all rows, in a few minutes; or those that are named.
"""

import argparse
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from clonekit import names
from clonekit.postgres import databases

from . import copies, gate, machine, observe, reading, stage, tunnel
from .measuring import Line, markdown

_ON_STAGE: dict[str, Callable[[stage.Stage, int], list[Line]]] = {
    "load": copies.load,
    "reset": copies.reset,
    "dump": reading.dump,
    "whole": copies.whole,
    "schema": reading.schema,
}
_ROWS = [*_ON_STAGE, "tunnel", "start", "observe", "gate"]
_UNITS = {"MB": 10**6, "GB": 10**9}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmarks that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", type=_row, metavar="row", help=", ".join(_ROWS))
    parser.add_argument("--size", type=_size, default="150MB", help="of the production database: 900MB, 2.5GB, ...")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each is measured")
    parser.add_argument("--folder", type=Path, help="work here: on the file system to measure on")
    parser.add_argument("--client", type=Path, metavar="FOLDER", help="dump with these client programs, too")
    of_tunnel = parser.add_argument_group("tunnel")
    of_tunnel.add_argument("--through", type=_size, default="24MB", help="how much goes through the tunnels")
    of_tunnel.add_argument("--rate", type=_size, default="0.7MB", help="what a session carries in a second")
    of_tunnel.add_argument("--sessions", type=int, nargs="*", default=[8], metavar="N", help="how many, next to one")
    of_gate = parser.add_argument_group("gate")
    of_gate.add_argument("--tables", type=int, default=300, metavar="N", help="how many tables the schema has")
    of_gate.add_argument("--sizes", type=int, nargs="*", default=[3], metavar="MB", help="for linearity")
    of_gate.add_argument("--settle", action="store_true", help="a difference that PostgreSQL has to settle, too")
    options = parser.parse_args(arguments)
    options.rows = options.rows or _ROWS
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    found = list[Line]()
    if "start" in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            found += reading.start(Path(folder), options.rounds * 3)
    if {"tunnel", *_ON_STAGE} & {*options.rows}:
        found += _on_stage(options)
    if found:
        print(f"\n{markdown(found)}\n")  # noqa: T201
    if "observe" in options.rows:
        observe.run(options.rounds)
    if "gate" in options.rows:
        gate.run(options.rounds, options.tables, options.sizes, settle=options.settle)


def _on_stage(options: argparse.Namespace) -> list[Line]:
    rows = {name: work for name, work in _ON_STAGE.items() if name in options.rows}
    found = list[Line]()
    with stage.prepared(options.size, options.folder, options.client) as there:
        size = names.size(databases.size(there.server, stage.SOURCE))
        version = databases.rows(there.server, "SHOW server_version")[0][0]
        print(f"A database of {size}; {machine.describe(there.settings.root, version, there.clients)}")  # noqa: T201
        for name, measure in rows.items():
            its = measure(there, options.rounds)
            print(f"{name} measured:\n{markdown(its)}", file=sys.stderr)  # noqa: T201
            found += its
        if "tunnel" in options.rows:
            found += tunnel.tunnel(there, options.through, options.rate, options.sessions)
        if "load" in rows:
            print(copies.memory(there))  # noqa: T201
    return found


def _row(text: str) -> str:
    if text not in _ROWS:  # not by `choices`: argparse takes no row at all for one that is none of them
        raise argparse.ArgumentTypeError(f"{text!r} is no row")
    return text


def _size(text: str) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(MB|GB)", text, re.IGNORECASE)
    if not found:
        raise argparse.ArgumentTypeError("a number with MB or GB, such as 900MB or 2.5GB")
    return int(float(found[1]) * _UNITS[found[2].upper()])


if __name__ == "__main__":
    main()
