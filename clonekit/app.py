"""The app's own commands (migrate, seed, ingest), run against a database of our choice."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping

from clonekit import claims, names, processes
from clonekit.errors import AppError, ClientError, NoRoomError, NotStartedError, UsageError
from clonekit.hiding import hidden
from clonekit.interrupts import held
from clonekit.postgres import commands
from clonekit.postgres.server import Server, without_pg_variables
from clonekit.settings import Settings

_LAST_WORDS = 2000  # characters
_STDIN, _STDERR = 0, 2


def target(settings: Settings, db: str, environ: Mapping[str, str]) -> str:
    """Return the database an app command works on: `--db`, else the override variable's, else the clone."""
    override = (environ.get(settings.app.override_env) or "").strip()
    return names.check_database_name(db or override or settings.local.clone_db)


def command(template: str, setting: str, **values: str) -> list[str]:
    """Return the command line of a setting such as `app.migrate`, its placeholders filled in."""
    if not template.strip():
        raise UsageError(f"{setting} is not set: say in invoke.yaml which command line the app has for this.")
    try:
        words = commands.app(template, values)
    except ValueError as error:
        raise UsageError(f"{setting} is not a command line: {error}.") from None
    if not words[0]:
        raise UsageError(f"{setting} does not begin with a program.")
    return words


def shown(argv: list[str]) -> str:
    """Return a command line as it may be printed and reported: without the passwords in it."""
    return names.printable(hidden(" ".join(argv), argv))


def environment(settings: Settings, server: Server, dbname: str) -> dict[str, str]:
    """Return the environment that points an app at `dbname`: its override variable, `DATABASE_URL` and `PG*`.

    It also says of which task the command is a part, so that a task which that calls is not refused for this one.
    """
    return {
        **without_pg_variables(os.environ),
        **server.environment(dbname),
        "DATABASE_URL": server.url(dbname, with_password=True),
        settings.app.override_env: dbname,
        claims.VARIABLE: claims.tasks(),
    }


def run_quietly(
    argv: list[str], settings: Settings, server: Server, dbname: str, on_tick: Callable[[], None] | None = None
) -> None:
    """Run an app command beside other work: what it prints is kept to itself, but for its last words if it fails."""
    try:
        done = processes.ended(argv, environment(settings, server, dbname), on_tick)
    except NoRoomError:
        raise
    except ClientError:
        raise NotStartedError(f"The app's command {argv[0]!r} can't be started on this machine.") from None
    if done.code:
        said = names.printable(f"{done.stdout}\n{done.stderr}".strip()[-_LAST_WORDS:])
        failed = f"The app's command failed with exit code {done.code} on {dbname!r}: {shown(argv)}"
        raise AppError(f"{failed}\n{said}", done.code)


def run(argv: list[str], settings: Settings, server: Server, dbname: str, next_step: str = "") -> None:
    """Run an app command with our terminal as its own; raise AppError, which names the next step, if it fails.

    Where there is none, in a script, a signal reaches nobody but us: then it ends as with `run_on_stderr`.
    """
    environ = environment(settings, server, dbname)
    try:
        code = subprocess.call(argv, env=environ) if os.isatty(_STDIN) else _run_apart(argv, environ)
    except OSError as error:
        raise _not_started(argv, error) from None
    if code:
        raise _failed(argv, dbname, code, next_step)


def run_on_stderr(argv: list[str], settings: Settings, server: Server, dbname: str) -> None:
    """Run an app command whose output is none of our results; it ends, with its own children, when we are told to."""
    try:
        code = _run_apart(argv, environment(settings, server, dbname), stdout=_STDERR)
    except OSError as error:
        raise _not_started(argv, error) from None
    if code:
        raise _failed(argv, dbname, code)


def _run_apart(argv: list[str], environ: Mapping[str, str], stdout: int | None = None) -> int:
    with held():
        child = subprocess.Popen(argv, env=environ, stdout=stdout, start_new_session=True)
    try:
        return child.wait()
    except BaseException:
        # As Ctrl-C would: psql and others cancel then what the server does for them, which goes on otherwise.
        processes.end_group(child.pid, lambda: child.poll() is None, signal.SIGINT)
        raise


def _not_started(argv: list[str], error: OSError) -> NotStartedError:
    return NotStartedError(f"The app's command {argv[0]!r} can't be started: {error.strerror}.")


def _failed(argv: list[str], dbname: str, code: int, next_step: str = "") -> AppError:
    return AppError(
        f"The app's command failed with exit code {code} on the database {dbname!r}: {shown(argv)}\n"
        f"What it said is above. {next_step}".rstrip(),
        code,
    )
