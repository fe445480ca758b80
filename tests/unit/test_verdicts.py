"""What of the differences counts: nothing of a user's is passed over for looking like PostgreSQL's own."""

from clonekit import verdicts
from clonekit.differences import Change, Difference
from clonekit.verdicts import Options

STATE = 'ALTER TABLE app.people DISABLE TRIGGER "RI_ConstraintTrigger_a_16400";'


def kept(definition: str) -> bool:
    one = Difference(Change.ONLY_A, "TRIGGER", "app", "people posing", definition, "")
    return bool(verdicts.chosen([one], Options()))


def test_the_state_of_a_constraints_own_trigger_is_left_to_the_catalogs() -> None:
    assert not kept(STATE)


def test_a_trigger_whose_argument_looks_like_that_counts() -> None:
    assert kept(f"CREATE TRIGGER posing AFTER INSERT ON app.people EXECUTE FUNCTION app.touch('{STATE}');")
