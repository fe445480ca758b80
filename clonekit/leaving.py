"""What a rehearsal leaves, however it ends: the clone for a look, or nothing."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from clonekit import local
from clonekit.errors import DatabaseError, Error, Interrupted, LeftoverError, RehearsalError
from clonekit.interrupts import cleaning
from clonekit.postgres import clones, databases
from clonekit.postgres.server import Server
from clonekit.settings import Settings


@contextmanager
def left(settings: Settings, here: Server, *, drop: bool) -> Iterator[None]:
    """Leave the clone for a look, without what it has used up; or `drop` the one that was made inside, and its kin.

    After a verdict a spare is made ready for the next try; after anything else nothing goes on in the background.
    """
    was = databases.oid(here, settings.local.clone_db)
    try:
        yield
    finally:
        before = sys.exception()
        with cleaning():
            if drop:
                _drop(here, settings.local.clone_db, was, before)
            elif before is None or isinstance(before, RehearsalError):
                local.prepare_spares(settings)
            else:
                with suppress(DatabaseError):
                    _quiet(here, settings.local.clone_db, was)


def _quiet(here: Server, name: str, was: int) -> None:
    """Drop what the clone has used up, and end what a migration that was killed has left at work in it."""
    if databases.oid(here, name) != was:
        databases.end_sessions(here, name)
    clones.clear(here, name)


def _drop(here: Server, name: str, was: int, before: BaseException | None) -> None:
    """Drop the clone unless it is the one that was there; LeftoverError, with what went before, if it can't be."""
    try:
        if databases.oid(here, name) != was:
            databases.discard(here, name)
            clones.drop_all(here, name)
    except (DatabaseError, Interrupted) as error:
        said = str(error) if isinstance(error, DatabaseError) else "The clean-up was given up."
        told = f"\nBefore that: {before}" if isinstance(before, Error) else ""
        raise LeftoverError(
            f"The clone {name!r} is still there, with production's data. {said}\n"
            f"Drop it with: inv db.drop-clone --all{told}"
        ) from None
