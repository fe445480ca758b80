"""The matrix as Markdown, for the README."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from signal import SIGKILL

from .cases import CASES, Case

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- faults: made by `python -m tests.faults --write` -->\n", "<!-- /faults -->\n"
_HEAD = "| what happens | what clonekit does | exit code | left behind |\n|---|---|---|---|\n"
_NAMES = {
    "throwaway": "the throwaway",
    "snapshot": "the snapshot",
    "session": "the session",
    "schedule": "the schedule",
}
_UNTIL = {"reap": "until `inv db.reap-clones`", "resume": "until `--resume`"}


def markdown() -> str:
    """Return the whole matrix, a table for each group."""
    return "\n".join(_group(name, list(cases)) for name, cases in groupby(CASES, key=lambda case: case.group))


def in_readme(readme: str) -> tuple[str, str, str]:
    """Return what is before the matrix in the README, the matrix, and what follows."""
    before, _, rest = readme.partition(BEGIN)
    matrix, _, after = rest.partition(END)
    return before + BEGIN, matrix, END + after


def rows(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """Yield the cases of each row: those of one group that happen to be told alike."""
    found: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        found.setdefault((case.group, case.what), []).append(case)
    yield from found.values()


def _group(name: str, cases: list[Case]) -> str:
    lines = (f"| {row[0].what} | {row[0].does} | {_codes(row)} | {_left(row[0])} |\n" for row in rows(cases))
    return f"**{name}**\n\n{_HEAD}{''.join(lines)}"


def _codes(row: list[Case]) -> str:
    codes = dict.fromkeys(case.code if case.code >= 0 else 128 + SIGKILL for case in row)
    return ", ".join(f"`{code}`" for code in codes)


def _left(case: Case) -> str:
    kinds = case.left.split()
    if not kinds:
        return "nothing"
    names = [_NAMES[kind] for kind in kinds if kind != "schedule" or len(kinds) == 1]
    return f"{', '.join(names)}, {_UNTIL[case.finish]}"
