"""The way back: a migration taken back and applied again, and what that leaves of it."""

from dataclasses import dataclass

from clonekit import app, comparing, names
from clonekit.errors import AppError, DatabaseError
from clonekit.interrupts import cleaning
from clonekit.output import say
from clonekit.postgres import clones, databases
from clonekit.postgres.clones import Pristine
from clonekit.postgres.server import Server
from clonekit.rehearsal import blame, findings
from clonekit.rehearsal.rehearsals import Blame
from clonekit.schema.classes import Sort
from clonekit.settings import Settings

TITLE = "Down and up again"
_IDLE = "the same schema, but app.down changed nothing in it"


@dataclass
class Roundtrip:
    """A roundtrip of the migrated clone, and what came of it."""

    settings: Settings
    here: Server
    old: str  # the database at production's own revision; empty if there is none
    source: Pristine  # what the clone was before the migration
    drift: "blame.Titles | None"  # in what the clone did not agree with `old` before
    same: bool = False  # whether the schema was the same afterwards
    said: str = ""  # how it ended
    not_taken_back: list[str] | None = None  # how the schema in between differed from the one before; None: unknown

    def make(self, down: list[str], migrate: list[str]) -> None:
        """Run the two commands on the clone, and compare its schema after each."""
        clone = self.settings.local.clone_db
        up = names.beside(clone, "up")
        databases.discard(self.here, up)
        try:
            with databases.connect(self.here) as connection:
                clones.copy(connection, clone, up)
            app.run_on_stderr(down, self.settings, self.here, clone)
            is_idle = comparing.on_server(self.settings, self.here, clone, up).equal
            self.not_taken_back = self._not_taken_back()
            app.run_on_stderr(migrate, self.settings, self.here, clone)
            self._judge(up, is_idle=is_idle)
        except AppError as error:
            self.said = error.sentence
        finally:
            with cleaning():
                databases.discard(self.here, up)

    def _judge(self, up: str, *, is_idle: bool) -> None:
        """Say whether the schema is as in the copy `up` again."""
        verdict = comparing.on_server(self.settings, self.here, self.settings.local.clone_db, up)
        self.same, self.said = verdict.equal, "the same schema"
        if not verdict.equal:
            self.said = findings.became(verdict)
        elif is_idle:  # right for a migration of the data alone, else a way back that was not tried
            self.said = _IDLE
            say(f"{TITLE}: {_IDLE}.")

    def _not_taken_back(self) -> list[str] | None:
        """Return how the schema differs from the one before the migration; None if there is nothing to tell that by.

        A database at production's own revision costs no copy: the clone must differ from it as it did before. The order
        of columns does not count: one that comes back comes last.
        """
        clone = self.settings.local.clone_db
        if not (self.old or self.source.oid):
            return None
        try:
            before = self.old or clones.copy_of(self.here, clone, self.source)
        except DatabaseError as error:  # a full disk must not cost the verdict
            say(f"How much app.down takes back was not looked at. {error}")
            return None
        verdict = comparing.on_server(self.settings, self.here, clone, before, names.beside(clone, "before"))
        drifted = (self.drift if self.old else None) or set()
        told = [one for one in blame.blamed(verdict, drifted, {}) if one.sort != Sort.COLUMN_ORDER]
        mended = [f"{kind} {title} has changed" for kind, title in sorted(drifted - blame.drifted(verdict))]
        return [findings.object_became(one) for one in told if one.blame == Blame.MIGRATION] + mended
