"""The developer's own PostgreSQL: which server it is, and the clone and the fresh database on it."""

import os
import shlex
from datetime import UTC, datetime
from pathlib import Path

from clonekit import app, databases, dumps, embedded, loading, manifests, names
from clonekit.embedded import Embedded
from clonekit.output import say
from clonekit.server import Server
from clonekit.settings import Settings

_NEXT_STEP = "After mending the migration, start again from the dump with: inv db.load-clone"
_DEFAULT_HOST, _DEFAULT_PORT = "localhost", 5432


def own_server(settings: Settings) -> Embedded:
    """Return the embedded server of this project, running or not."""
    return Embedded(settings.state_dir / "postgres")


def server(settings: Settings) -> Server:
    """Return the local server: the configured one, else the one of `dev.up`, else localhost:5432."""
    local = settings.local
    if not (local.host or local.port):
        running = embedded.address(own_server(settings))
        if running:
            return running
    password = os.environ.get("PGPASSWORD")
    return Server(local.host or _DEFAULT_HOST, local.port or _DEFAULT_PORT, local.user, password)


def up(settings: Settings) -> Server:
    """Start the embedded server, unless another one is configured: then only make sure that it answers."""
    if settings.local.host or settings.local.port:
        configured = server(settings)
        databases.major(configured)
        say(f"{configured} is configured (local.host, local.port) and answers; nothing was started.")
        return configured
    started = embedded.start(own_server(settings), _DEFAULT_PORT)
    say(f"PostgreSQL runs; its password is in {own_server(settings).password_file}.")
    return started


def down(settings: Settings) -> bool:
    """Stop the embedded server; return whether it was running. A configured server is never touched."""
    return embedded.stop(own_server(settings))


def load_clone(settings: Settings, dump_file: str = "") -> str:
    """Load a dump (default: the newest) as the clone database; return its name."""
    path = Path(dump_file).absolute() if dump_file else dumps.newest(settings.dump_dir)
    name = names.check_database_name(settings.local.clone_db, "clone database")
    dumps.check(path)
    how_old = names.age(dumps.written_at(path), datetime.now(UTC))
    say(f"Loading {path} ({names.size(path.stat().st_size)}, written {how_old} ago) as {name}.")
    manifest = manifests.verified(path)
    say(manifests.says(manifest) if manifest else "It has no manifest beside it, so it is loaded unverified.")
    loading.load(server(settings), path, name, settings.local.client_dir)
    say(f"Point the app at it with: export {settings.app.override_env}={shlex.quote(name)}")
    return name


def fresh(settings: Settings) -> str:
    """Build the fresh database anew by running all migrations; return its name."""
    name = names.check_database_name(settings.local.fresh_db, "fresh database")
    command = app.command(settings.app.migrate, "app.migrate", action="migrate")
    here = server(settings)
    with databases.replacing(here, name) as building:
        app.run(command, settings, here, building)
    return name


def run_app(settings: Settings, kind: str, db: str, **values: str) -> None:
    """Run the app's `migrate` or `ingest` command on `db`, which must exist (default: see `app.target`)."""
    command = app.command(getattr(settings.app, kind), f"app.{kind}", **values)
    here, name = server(settings), app.target(settings, db, os.environ)
    databases.require(here, name)
    say(f"Running the app's {kind} command on {name}.")
    app.run(command, settings, here, name, _NEXT_STEP if kind == "migrate" else "")


def seed(settings: Settings, db: str = "") -> None:
    """Run the app's seed command on the development database, which is created if missing."""
    command = app.command(settings.app.seed, "app.seed")
    here, name = server(settings), names.check_database_name(db or settings.local.dev_db)
    if not databases.exists(here, name):
        databases.create(here, name)
    app.run(command, settings, here, name)


def drop_clone(settings: Settings) -> bool:
    """Drop the clone database; return whether there was one."""
    return databases.drop(server(settings), names.check_database_name(settings.local.clone_db, "clone database"))
