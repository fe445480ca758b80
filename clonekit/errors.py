"""Everything that can go wrong, each kind with the exit code that scripts see.

An error's text is a sentence: what happened, to what, and the command to run next.
"""

from typing import ClassVar

DIFFERENT = 1  # not an error: what `db.schema-diff` exits with when the schemas differ
INTERNAL = 70  # a fault of clonekit's own (EX_SOFTWARE); never 1, which would read as a verdict


class Error(Exception):
    """The root of every failure clonekit reports."""

    exit_code: ClassVar[int]


class UsageError(Error):
    """A wrong argument or setting; nothing was changed."""

    exit_code = 2


class DatabaseError(Error):
    """A PostgreSQL server or database is missing, refuses, or is in use."""

    exit_code = 3


class DumpError(Error):
    """A dump is missing, damaged, or could not be restored whole."""

    exit_code = 4


class ClientError(Error):
    """No fitting `pg_dump`, `pg_restore`, `psql` or `session-manager-plugin`, or one failed."""

    exit_code = 5


class NoRoomError(ClientError):
    """No temporary file can be written, so that a client program's answer can't be read."""


class AwsError(Error):
    """AWS refused, has not what was asked for, or reached a state from which nothing follows."""

    exit_code = 6


class NotOursError(AwsError):
    """What was to be deleted or changed does not say that clonekit made it."""


class TunnelError(Error):
    """The SSM session did not open, or nobody could log in through it."""

    exit_code = 7


class LostError(TunnelError):
    """A tunnel that was in use ended, broke or stalled; another one may hold."""


class Declined(Error):  # noqa: N818 - an answer, not a fault
    """The question before the first change was answered with no."""

    exit_code = 8


class AppError(Error):
    """The app's own command (migrate, seed, ingest) failed; `code` is what it exited with."""

    exit_code = 9

    def __init__(self, text: str, code: int = 127) -> None:
        super().__init__(text)
        self.code = code

    @property
    def sentence(self) -> str:
        """What happened, without the command's own words."""
        return str(self).partition("\n")[0]


class NotStartedError(AppError):
    """The app's own command can't be started at all, so nothing is known of what it would do."""


class LeftoverError(Error):
    """Something that costs money or holds data could not be removed."""

    exit_code = 10


class DemoError(Error):
    """A step of `inv demo` did not do what it should."""

    exit_code = 11


class NotReadyError(Error):
    """Something that an expensive run needs is not as it must be (`inv doctor`)."""

    exit_code = 12


class RehearsalError(Error):
    """A rehearsal did not pass; each verdict has an exit code of its own. This one: the schema differs."""

    exit_code = DIFFERENT

    @staticmethod
    def of(verdict: str) -> "type[RehearsalError]":
        """Return the error of a verdict."""
        kinds = {
            "migration failed": MigrationError,
            "data lost": DataLossError,
            "schema not compared": NotComparedError,
            "smoke failed": SmokeError,
        }
        return kinds.get(verdict, RehearsalError)


class MigrationError(RehearsalError):
    """A rehearsal: the migration failed on production's data."""

    exit_code = 13


class DataLossError(RehearsalError):
    """A rehearsal: data was lost, and `rehearse.expected` does not list it."""

    exit_code = 14


class SmokeError(RehearsalError):
    """A rehearsal: a smoke command failed on the migrated clone."""

    exit_code = 15


class StaleError(Error):
    """A rehearsal's report does not hold for the working tree any more (`inv rehearse --verify`)."""

    exit_code = 16


class NotComparedError(RehearsalError):
    """A rehearsal: the migrations do not build a database from nothing, so there was none to compare the clone with."""

    exit_code = 17


class Interrupted(KeyboardInterrupt):
    """A signal asked the program to end; raised so that every cleanup runs first.

    A KeyboardInterrupt, because psycopg cancels for that one what the server does, and waits until it has.
    """

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.exit_code = 128 + signum
