"""The runbook's steps as invoke tasks. In a project of your own, copy this file next to its invoke.yaml."""

import os
import shlex
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from invoke.collection import Collection
from invoke.config import Config
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from clonekit import commandline, interrupts
from clonekit import settings as setting
from clonekit.errors import DIFFERENT, INTERNAL, DatabaseError, Error, Interrupted, UsageError
from clonekit.settings import Settings

ROOT = Path(__file__).resolve().parent


commandline.adapt()


@contextmanager
def outcome() -> Iterator[None]:
    """Turn every failure into a sentence on stderr and its exit code, and every signal into an orderly end."""
    interrupts.listen()
    try:
        try:
            yield
            sys.stdout.flush()
            interrupts.raise_pending()
        except BaseException:
            interrupts.ignore()
            raise
    except Error as error:
        raise Exit(f"Error: {commandline.shown(str(error))}", error.exit_code) from None
    except BrokenPipeError:
        raise commandline.seen_enough() from None
    except Interrupted as interrupted:
        raise Exit("Interrupted.", interrupted.exit_code) from None
    except Exit:
        raise
    except Exception:
        print(commandline.shown(traceback.format_exc()), file=sys.stderr)
        raise Exit("Error: this is a fault of clonekit; please report it with the lines above.", INTERNAL) from None


def recipe(**options: Any) -> Callable[[Callable[..., None]], Any]:
    """Make a task of a function whose first argument is the checked settings."""

    def make(body: Callable[..., None]) -> Any:
        @wraps(body)
        def run(context: Context, *args: Any, **kwargs: Any) -> None:
            with outcome():
                body(_settings(context), *args, **kwargs)

        return task(run, auto_shortflags=False, **options)

    return make


def _settings(context: Context) -> Settings:
    ours = {name: values for name, values in context.config.items() if name not in Config.global_defaults()}
    plain = {name: dict(values.items()) if hasattr(values, "items") else values for name, values in ours.items()}
    return setting.read(plain, os.environ, ROOT)


# --- db: production's clone and the comparison -----------------------------------------------------------------------


@recipe(
    help={
        "fresh-snapshot": "Take a new snapshot even if a young one is there.",
        "freshness-hours": "Use the newest snapshot if it is at most this old (default: rds.freshness_hours, 24).",
        "instance-class": "Class of the throwaway (default: rds.instance_class, db.t4g.small).",
        "skip-restore": "Print the header and the plan, change nothing.",
        "format": "directory (default: rds.format), dumped through several SSM tunnels at once; custom: one file.",
        "output": "Write the dump here instead of dump/prod-<time>.dump.",
        "resume": "Go on with the newest unfinished run instead of starting one.",
        "yes": "Don't ask; needs aws.account.",
    }
)
def clone_prod(
    settings: Settings,
    fresh_snapshot: bool = False,
    freshness_hours: str = "",
    instance_class: str = "",
    skip_restore: bool = False,
    format: str = "",
    output: str = "",
    resume: bool = False,
    yes: bool = False,
) -> None:
    """Dump production by way of a throwaway instance; print the dump's path."""
    from clonekit import cloning, preparing
    from clonekit.postgres.splitting import FORMATS

    hours = setting.convert("--freshness-hours", freshness_hours, float) if freshness_hours else None
    if resume and (fresh_snapshot or freshness_hours or instance_class or output or skip_restore):
        raise UsageError("--resume goes on with what an earlier run has decided; it goes with --yes and --format only.")
    if format:
        setting.one_of("--format", format, FORMATS)
    options = preparing.Options(fresh_snapshot, hours, instance_class, output, yes, resume, format)
    if skip_restore:
        cloning.show_plan(settings, options)
    else:
        print(_relative(cloning.clone(settings, options)))


@recipe(
    help={
        "dump-file": "The dump to load: a file or folder of pg_dump's, or plain SQL (default: the newest in dump/).",
        "no-template": "Restore it even if it was restored before, and keep nothing to make it again from.",
        "force": "End the sessions of whoever is connected to the clone.",
    }
)
def load_clone(settings: Settings, dump_file: str = "", no_template: bool = False, force: bool = False) -> None:
    """Make a dump the clone database: restored the first time, put back in a moment when it is loaded again."""
    from clonekit import local

    print(local.load_clone(settings, dump_file, template=not no_template, force=force))


@recipe()
def fresh(settings: Settings) -> None:
    """Build the fresh database from scratch by running all migrations."""
    from clonekit import local

    print(local.fresh(settings))


@recipe(help={"all": "Drop what is kept to make it again from, too: its pristine state and spares."})
def drop_clone(settings: Settings, all: bool = False) -> None:
    """Drop the clone database; fine if there is none."""
    from clonekit import local

    for name in local.drop_clone(settings, everything=all) or [""]:
        print(f"{name} dropped" if name else f"{settings.local.clone_db} was not there")


@recipe(help={"json": "Print a JSON list instead of a table."})
def list_clones(settings: Settings, json: bool = False) -> None:
    """List throwaway instances and temporary snapshots that are still there, and how to remove each."""
    from clonekit import leftovers

    leftovers.show(settings, as_json=json)


@recipe(
    help={
        "all": "Remove also what has not expired, but for what runs on this machine are using.",
        "older-than": "Remove what is at least so many hours old, instead of what has expired.",
        "yes": "Don't ask.",
    }
)
def reap_clones(settings: Settings, all: bool = False, older_than: str = "", yes: bool = False) -> None:
    """Remove expired throwaways, temporary snapshots, schedules and SSM sessions of any run; ask first."""
    from clonekit import leftovers

    hours = setting.convert("--older-than", older_than, float) if older_than else None
    leftovers.reap(settings, leftovers.Reaping(all, hours, settings.rds.expiry_hours), yes=yes)


@recipe(help={"json": "Print a JSON list instead of a table."})
def runs(settings: Settings, json: bool = False) -> None:
    """List this project's runs of db.clone-prod and the making of spares: when, how they ended, what they have left."""
    from clonekit import runs as recorded

    recorded.show(settings.runs_dir, as_json=json)


@recipe(
    iterable=["schema", "ignore"],
    help={
        "a": "One database, or its postgresql:// URI. Also --a.",
        "b": "The other database, or its URI. Also --b.",
        "host": "Server (default: the local server).",
        "port": "Port (default: the local server's).",
        "user": "Login role (default: local.user, postgres).",
        "schema": "Compare only this schema; may be given again.",
        "ignore": "Pass over this sort of difference (column-order, comments, ...); may be given again.",
        "privileges": "Compare ownership and privileges too.",
        "strict": "Let harmless differences (inherited-names, not-null-names, server-version) fail the gate too.",
        "json": "Print the result as JSON.",
        "html": "Write the result to this file, side by side.",
    },
)
def schema_diff(
    settings: Settings,
    a: str = "",
    b: str = "",
    host: str = "",
    port: str = "",
    user: str = "",
    schema: list[str] | None = None,
    ignore: list[str] | None = None,
    privileges: bool = False,
    strict: bool = False,
    json: bool = False,
    html: str = "",
) -> None:
    """Compare two databases' schemas: exit 0 equal, 1 different, 2 usage, other codes when it could not compare."""
    from clonekit import gate, sides

    for flag, value in (("-a", a), ("-b", b)):
        if not value.strip():
            raise UsageError(f"{flag} needs a database: inv db.schema-diff -a orcha_prod_clone -b orcha_fresh")
    options = gate.options(schema or [], ignore or [], privileges=privileges, strict=strict)
    server = sides.server_for(settings, host, port, user)
    if not gate.run(settings, (a, b), server, options, as_json=json, html=html):
        raise Exit(code=DIFFERENT)


@recipe(
    help={
        "db": "Database (default: the one the override variable names, else the clone).",
        "command": "Run this SQL and exit, instead of an interactive psql.",
    }
)
def psql(settings: Settings, db: str = "", command: str = "") -> None:
    """Open psql on a local database; SQL on standard input works too."""
    from clonekit import terminal

    code = terminal.psql(settings, db, command)
    if code:
        raise DatabaseError(f"psql ended with exit code {code}.")


@recipe(help={"lines": "How many lines (default: 50).", "follow": "Go on printing what is added."})
def logs(settings: Settings, lines: str = "50", follow: bool = False) -> None:
    """Print the log of the local server that dev.up started."""
    from clonekit import terminal

    terminal.logs(settings, setting.convert("--lines", lines, int), follow=follow)


@recipe(help={"json": "Print the findings as JSON."})
def doctor(settings: Settings, json: bool = False) -> None:
    """Look at everything that must be true before an expensive run; change nothing. Exit 0 ready, 12 not."""
    from clonekit import doctor as examination

    examination.show(settings, as_json=json)


@recipe(
    iterable=["renamed"],
    help={
        "dump-file": "The dump to rehearse on (default: the newest in dump/).",
        "clone": "Fetch a new dump first, as db.clone-prod does.",
        "yes": "Don't ask before that; needs aws.account.",
        "from": "Repeat from this step on a reset clone: load (default), or migrate with what was measured before it.",
        "renamed": "A table that the migration rebuilds under another name, old=new; may be given again.",
        "keep": "Leave the clone and the fresh database for a look (the default).",
        "drop": "Drop the clone, what it was made from, and the fresh database, however it ends.",
        "roundtrip": "Take the migration back with app.down, name what is left, apply it again: the same schema.",
        "show-values": "Let the report show values: the statements as they are, the key of the row that broke one.",
        "json": "Print report.json instead of a summary.",
        "verify": "Rehearse nothing: say whether this report still holds for the working tree.",
    },
)
def rehearse(
    settings: Settings,
    dump_file: str = "",
    clone: bool = False,
    yes: bool = False,
    from_: str = "load",
    renamed: list[str] | None = None,
    keep: bool = False,
    drop: bool = False,
    roundtrip: bool = False,
    show_values: bool = False,
    json: bool = False,
    verify: str | None = None,
) -> None:
    """Rehearse the pending migrations on the clone; say whether they can be deployed, and write a report."""
    from datetime import UTC, datetime

    if verify is not None:  # an empty one is a script's variable that was not set
        from clonekit.rehearsal import evidence

        if any((dump_file, clone, yes, from_ != "load", renamed, keep, drop, roundtrip, show_values, json)):
            raise UsageError("--verify looks at a report and does nothing else: no other flag goes with it.")
        print(evidence.verify(settings, Path(verify), datetime.now(UTC)))
        return
    from clonekit import rehearsing

    if (keep and drop) or (clone and dump_file):
        raise UsageError("--keep and --drop, or --clone and --dump-file, can't both be given.")
    pairs = rehearsing.renames(renamed or [])
    options = rehearsing.Options(dump_file, clone, yes, from_, pairs, drop, roundtrip, show_values)
    rehearsing.rehearse(settings, options, as_json=json)


# --- the app's own commands ------------------------------------------------------------------------------------------


@recipe(
    positional=["action"],
    help={
        "action": "What to do, in the words of your migration tool: migrate, rollback, ...",
        "db": "Database (default: the one the override variable names, else the clone).",
    },
)
def migrate(settings: Settings, action: str, db: str = "") -> None:
    """Run the app's migration command on the clone."""
    from clonekit import local

    local.run_app(settings, "migrate", db, action=action)


@recipe(
    positional=["file"],
    help={"file": "The file to ingest.", "db": "Database (default: as for migrate)."},
)
def ingest(settings: Settings, file: str, db: str = "") -> None:
    """Run the app's ingest command on the clone."""
    from clonekit import local

    local.run_app(settings, "ingest", db, file=str(Path(file).absolute()))


# --- dev: the local server -------------------------------------------------------------------------------------------


@recipe()
def up(settings: Settings) -> None:
    """Start a local PostgreSQL 18 with pgvector, unless one is configured; print its URL."""
    from clonekit import local

    print(local.up(settings).url("postgres"))


@recipe()
def down(settings: Settings) -> None:
    """Stop the local PostgreSQL that dev.up started; its databases stay."""
    from clonekit import local

    print("stopped" if local.down(settings) else "was not running")


@recipe(help={"db": "Database (default: local.dev_db, orcha); created if missing."})
def seed(settings: Settings, db: str = "") -> None:
    """Run the app's seed command on the development database."""
    from clonekit import local

    local.seed(settings, db)


# --- the sandbox -----------------------------------------------------------------------------------------------------


@recipe()
def sandbox_up(settings: Settings) -> None:
    """Start a small production of its own on this machine, to try everything on."""
    from clonekit import sandbox

    sandbox.up(settings.sandbox_dir)
    print('eval "$(inv sandbox.env)"')


@recipe()
def sandbox_env(settings: Settings) -> None:
    """Print the shell lines that point every task at the sandbox."""
    from clonekit import sandbox

    for name, value in sandbox.environment(settings.sandbox_dir).items():
        print(f"export {name}={shlex.quote(value)}")


@recipe()
def sandbox_down(settings: Settings) -> None:
    """Stop everything of the sandbox and remove it."""
    from clonekit import sandbox

    sandbox.down(settings.sandbox_dir)
    print("The sandbox is gone.")


@recipe()
def demo(settings: Settings) -> None:
    """Watch production being cloned, loaded, migrated and judged, in the sandbox, in two minutes."""
    from clonekit import demo as show

    show.run(settings.root, settings.sandbox_dir)


def _relative(path: Path) -> str:
    """Return the path relative to where we are if it lies below, as a user would type it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


db = Collection(
    "db", clone_prod, load_clone, fresh, drop_clone, list_clones, reap_clones, runs, schema_diff, psql, logs
)
dev = Collection("dev", up, down, seed)
boxes = Collection("sandbox")
for name, one in (("up", sandbox_up), ("env", sandbox_env), ("down", sandbox_down)):
    boxes.add_task(one, name)
ns = Collection(db, dev, boxes, doctor, rehearse, migrate, ingest, demo)
ns.configure(setting.defaults())
