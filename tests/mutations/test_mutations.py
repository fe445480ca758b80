"""Each mutation must be found and named, each other road to the same schema must be equal."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from clonekit.postgres.embedded import Embedded, stop

from .cases import Case, all_cases
from .runner import Outcome, Verdict, leftovers, prepared, run_all

CASES = all_cases()


@dataclass(frozen=True)
class Ran:
    """How the selected cases ended, and the databases that were left behind."""

    outcomes: dict[Case, Outcome]
    left: Sequence[str]


@pytest.fixture(scope="session")
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Run all selected cases at once, in two processes."""
    asked = [getattr(item, "callspec", None) for item in request.session.items]
    selected = {spec.params["case"] for spec in asked if spec and "case" in spec.params}
    embedded = Embedded(tmp_path_factory.mktemp("mutations"))
    try:
        server = prepared(embedded)
        found = run_all(server, [case for case in CASES if case in selected])
        return Ran({outcome.case: outcome for outcome in found}, leftovers(server))
    finally:
        stop(embedded)
        shutil.rmtree(embedded.folder)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Case, ran: Ran) -> None:
    outcome = ran.outcomes[case]
    assert outcome.verdict is Verdict.GOOD, f"{outcome.verdict.value}\n{outcome.said}"


def test_nothing_is_left_behind(ran: Ran) -> None:
    assert ran.left == []


def test_names_are_unique() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
