"""The app's own commands (migrate, seed, ingest), run against a database of our choice."""

import os
import subprocess
from collections.abc import Callable, Mapping

from clonekit import commands, names, processes
from clonekit.errors import AppError, UsageError
from clonekit.server import Server, without_pg_variables
from clonekit.settings import Settings

_LAST_WORDS = 2000  # characters


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


def environment(settings: Settings, server: Server, dbname: str) -> dict[str, str]:
    """Return the environment that points an app at `dbname`: its override variable, `DATABASE_URL` and `PG*`."""
    return {
        **without_pg_variables(os.environ),
        **server.environment(dbname),
        "DATABASE_URL": server.url(dbname, with_password=True),
        settings.app.override_env: dbname,
    }


def run_quietly(
    argv: list[str], settings: Settings, server: Server, dbname: str, on_tick: Callable[[], None] | None = None
) -> None:
    """Run an app command beside other work: what it prints is kept to itself, but for its last words if it fails."""
    done = processes.ended(argv, environment(settings, server, dbname), on_tick)
    if done.code:
        said = names.printable(f"{done.stdout}\n{done.stderr}".strip()[-_LAST_WORDS:])
        shown = names.printable(" ".join(argv))
        raise AppError(f"The app's command failed with exit code {done.code} on {dbname!r}: {shown}\n{said}")


def run(argv: list[str], settings: Settings, server: Server, dbname: str, next_step: str = "") -> None:
    """Run an app command with our terminal as its own; raise AppError, which names the next step, if it fails."""
    try:
        code = subprocess.call(argv, env=environment(settings, server, dbname))
    except OSError as error:
        raise AppError(f"The app's command {argv[0]!r} can't be started: {error.strerror}.") from None
    if code:
        shown = names.printable(" ".join(argv))
        raise AppError(
            f"The app's command failed with exit code {code} on the database {dbname!r}: {shown}\n"
            f"What it said is above. {next_step}".rstrip(),
            code,
        )
