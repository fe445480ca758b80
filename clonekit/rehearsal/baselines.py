"""The databases that a rehearsal compares the clone with, built from nothing in the background."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Self

from clonekit import app, names
from clonekit.errors import AppError, Error, NotStartedError
from clonekit.interrupts import cleaning
from clonekit.output import Progress
from clonekit.postgres import databases
from clonekit.postgres.server import Server
from clonekit.settings import Settings


class _StoppedError(Error):
    """The rehearsal has ended before they were built."""


class Baselines:
    """A fresh database, another one like it, and one at production's own revision where `app.baseline` makes one."""

    def __init__(self, settings: Settings, server: Server, *, drop: bool = False) -> None:
        self._settings, self._server, self._drop = settings, server, drop
        self.fresh = names.check_database_name(settings.local.fresh_db, "fresh database")
        self.again, self.old = names.beside(self.fresh, "again"), names.beside(self.fresh, "baseline")
        migrate = app.command(settings.app.migrate, "app.migrate", action="migrate")
        self._wanted = {self.fresh: migrate, self.again: migrate}
        if settings.app.baseline.strip():
            self._wanted[self.old] = app.command(settings.app.baseline, "app.baseline")
        self.failure: AppError | None = None  # why the fresh ones are not there, when `wait` has returned
        self._stop, self._pool = Event(), ThreadPoolExecutor(1)
        self._building: Future[None] | None = None

    @property
    def has_old(self) -> bool:
        """Whether there is one at production's own revision."""
        return self.old in self._wanted and self.failure is None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Stop building, and drop all but the fresh one; with `drop` that, too, once it was begun."""
        with cleaning():
            self._stop.set()
            self._pool.shutdown()
            for name in (self.again, self.old, *([self.fresh] if self._drop and self._building else [])):
                with suppress(Error):
                    databases.discard(self._server, name)

    def begin(self) -> None:
        """Begin to build them."""
        self._building = self._building or self._pool.submit(self._build)

    def wait(self) -> None:
        """Wait until they are there, or `failure` says that the migrations fail from nothing; raise what else fails."""
        self.begin()
        with Progress(f"Building {self.fresh}, twice") as progress:
            while self._building and not self._building.done():
                self._stop.wait(0.1)
                progress.update("migrating from nothing")
        try:
            if self._building:
                self._building.result()
        except AppError as error:
            said = f"{error}\nSo there is nothing to compare the clone with, and it was not migrated."
            raise AppError(said, error.code) from None

    def _build(self) -> None:
        """Build them one after another, up to the first that the app's migrations do not build."""
        for name, command in self._wanted.items():
            try:
                with databases.replacing(self._server, name) as building:
                    app.run_quietly(command, self._settings, self._server, building, self._check)
            except AppError as error:
                if name == self.old or isinstance(error, NotStartedError):
                    raise
                self.failure = error
                return

    def _check(self) -> None:
        if self._stop.is_set():
            raise _StoppedError("The rehearsal was stopped.")
