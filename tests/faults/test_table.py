"""The README's matrix is the one that is tested."""

from .cases import CASES, title
from .table import README, in_readme, markdown, rows


def test_the_readme_has_the_matrix_that_is_tested() -> None:
    assert in_readme(README.read_text())[1] == markdown(), "run: python -m tests.faults --write"


def test_each_row_says_one_thing_of_all_its_cases() -> None:
    for row in rows(CASES):
        assert len({(case.does, case.left, case.finish) for case in row}) == 1, row[0].what


def test_each_case_has_a_name_of_its_own() -> None:
    names = [title(case) for case in CASES]
    assert len(names) == len(set(names))
