"""A clone that was to be dropped and could not be."""

import signal
from itertools import count

import pytest

from clonekit import leaving
from clonekit.errors import AppError, DatabaseError, Interrupted, LeftoverError
from clonekit.postgres import databases
from clonekit.postgres.server import Server
from clonekit.settings import Settings

HERE = Server("nowhere", 5432, "postgres", None)


@pytest.mark.parametrize(
    ("refusal", "said"), [(DatabaseError("No."), "No."), (Interrupted(signal.SIGINT), "The clean-up was given up.")]
)
def test_it_is_named_with_the_command_that_drops_it_and_what_went_before(
    monkeypatch: pytest.MonkeyPatch, refusal: BaseException, said: str
) -> None:
    def discard(server: Server, name: str) -> None:
        raise refusal

    numbers = count(1)
    monkeypatch.setattr(databases, "oid", lambda server, name: next(numbers))
    monkeypatch.setattr(databases, "discard", discard)
    with pytest.raises(LeftoverError) as failed, leaving.left(Settings(), HERE, drop=True):
        raise AppError("The app failed.")
    assert str(failed.value) == (
        f"The clone 'orcha_prod_clone' is still there, with production's data. {said}\n"
        "Drop it with: inv db.drop-clone --all\nBefore that: The app failed."
    )
