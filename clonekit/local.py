"""The developer's own PostgreSQL: which server it is, and the clone and the fresh database on it."""

import os
import shlex
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from clonekit import app, claims, names
from clonekit.errors import DumpError
from clonekit.interrupts import cleaning
from clonekit.output import say
from clonekit.postgres import clones, copying, databases, dumps, embedded, loading, manifests, spares
from clonekit.postgres.embedded import Embedded
from clonekit.postgres.server import Server
from clonekit.settings import Settings

_NEXT_STEP = "After mending the migration, start again from the dump with: inv db.load-clone"
_LARGE = 10_000_000  # bytes of dump: from there on, two restarts are worth it
_DEFAULT_HOST, _DEFAULT_PORT = "localhost", 5432


def own_server(settings: Settings) -> Embedded:
    """Return the embedded server of this project, running or not."""
    return Embedded(settings.state_dir / "postgres")


def embedded_server(settings: Settings, here: Server) -> Embedded | None:
    """Return the server that clonekit started here, by `dev.up` or for the sandbox, if it is this one."""
    from clonekit.sandbox.layout import Layout

    for own in (own_server(settings), Layout(settings.sandbox_dir).local):
        running = embedded.address(own)
        if running and (running.host, running.port) == (here.host, here.port):
            return own
    return None


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
    _calm_down(settings, started)
    say(f"PostgreSQL runs; its password is in {own_server(settings).password_file}.")
    return started


def down(settings: Settings) -> bool:
    """Stop the embedded server; return whether it was running. A configured server is never touched."""
    return embedded.stop(own_server(settings))


def load_clone(
    settings: Settings, dump_file: str = "", *, template: bool = True, force: bool = False, spares: bool = True
) -> str:
    """Load a dump (default: the newest) as the clone database; return its name.

    With `template` its restored state is kept, so that loading it again is a reset. `force` ends the clone's sessions.
    Without `spares` nothing goes on in the background; see `prepare_spares`.
    """
    path = chosen_dump(settings, dump_file)
    name = names.check_database_name(settings.local.clone_db, "clone database")
    dumps.check(path)
    how_old = names.age(dumps.written_at(path), datetime.now(UTC))
    say(f"Loading {path} ({names.size(dumps.size(path))}, written {how_old} ago) as {name}.")
    with _claimed(settings, "inv db.load-clone", name):
        _load(settings, path, name, template=template, force=force)
        if template and spares:
            prepare_spares(settings)
    say(f"Point the app at it with: export {settings.app.override_env}={shlex.quote(name)}")
    return name


def _claimed(settings: Settings, task: str, name: str, *, shared: bool = False) -> AbstractContextManager[None]:
    return claims.claimed(settings.runs_dir, server(settings), task, name, shared=shared)


def chosen_dump(settings: Settings, dump_file: str) -> Path:
    """Return the dump to load: the one that was named, else the newest."""
    return Path(dump_file).absolute() if dump_file else dumps.newest(settings.dump_dir)


def _load(settings: Settings, dump: Path, name: str, *, template: bool, force: bool) -> None:
    here, client_dir = server(settings), settings.local.client_dir
    if not force:
        databases.refuse_used(here, name)
    source = clones.known(here, name, dump) if template else None
    manifest = manifests.verified(dump, lambda: source.sha256 if source else dumps.checksum(dump))
    say(manifests.says(manifest) if manifest else "It has no manifest beside it, so it is loaded unverified.")
    if source and source.oid:
        say(f"This dump was restored before ({source.loaded}): its pristine state is put back.")
        clones.reset(here, name, source, force=force)
    else:
        clones.stop_making(here, name)
        with _hurried(settings, here, dump):
            if source:
                clones.restore(here, name, dump, source, client_dir, force=force)
            else:
                loading.load(here, dump, name, client_dir, force=force)
    _tell_ways_out(here, name)


def _tell_ways_out(here: Server, name: str) -> None:
    """Say what a copy of production keeps of the ways to other systems."""
    with databases.connect(here, name) as connection:
        found = connection.execute("SELECT srvname FROM pg_foreign_server ORDER BY srvname").fetchall()
    if found:
        told = names.printable(", ".join(server for (server,) in found))
        say(f"Its foreign servers are production's: {told}. A migration that uses them reaches what they lead to.")


@contextmanager
def _hurried(settings: Settings, here: Server, dump: Path) -> Iterator[None]:
    """Let our own server, and no other, hurry while a large dump is loaded, if nobody else is connected to it."""
    own = own_server(settings)
    if here != embedded.address(own) or dumps.size(dump) < _LARGE:
        yield
        return
    with embedded.undisturbed(own):
        if not databases.is_used(here):
            embedded.restart(here, own, hurried=True)
    try:
        with databases.connect(here):  # so that nobody else lets it work as ever meanwhile
            yield
    finally:
        with cleaning():
            _calm_down(settings, here)


def _calm_down(settings: Settings, here: Server) -> None:
    """Let our own server work as ever again, if it hurried and whoever it did that for is gone."""
    own = own_server(settings)
    with embedded.undisturbed(own):
        if here != embedded.address(own):
            return
        if not embedded.is_hurried(own):
            embedded.sync_later(own)
        elif not databases.is_used(here):
            embedded.restart(here, own, hurried=False)


def prepare_spares(settings: Settings) -> None:
    """Drop what the clone has used up, now or in the background, where spares are made ready too."""
    here, name = server(settings), settings.local.clone_db
    clones.show_use(here, name)
    free, taken = databases.free_space(here), databases.size(here, name)
    wanted = copying.spares(settings.local.spares, taken, free)
    if wanted:
        try:
            spares.prepare(here, name, wanted, settings.runs_dir)
        except DumpError as error:  # the clone is there
            say(f"No spare is made ready. {error}")
    else:
        clones.clear(here, name, 0)


def fresh(settings: Settings) -> str:
    """Build the fresh database anew by running all migrations; return its name."""
    name = names.check_database_name(settings.local.fresh_db, "fresh database")
    command = app.command(settings.app.migrate, "app.migrate", action="migrate")
    with (
        _claimed(settings, "inv db.fresh", name),
        _staying(settings) as here,
        databases.replacing(here, name) as building,
    ):
        app.run_on_stderr(command, settings, here, building)
    return name


@contextmanager
def _staying(settings: Settings) -> Iterator[Server]:
    """Yield the local server, with a connection to it held: who loads a dump meanwhile does not restart it then."""
    with ExitStack() as held:
        with embedded.undisturbed(own_server(settings)):
            here = server(settings)
            held.enter_context(databases.connect(here))
        yield here


def run_app(settings: Settings, kind: str, db: str, **values: str) -> None:
    """Run the app's `migrate` or `ingest` command on `db`, which must exist (default: see `app.target`)."""
    command = app.command(getattr(settings.app, kind), f"app.{kind}", **values)
    here, name = server(settings), app.target(settings, db, os.environ)
    databases.require(here, name)
    with _claimed(settings, f"inv {kind}", name, shared=True):
        say(f"Running the app's {kind} command on {name}.")
        app.run(command, settings, here, name, _NEXT_STEP if kind == "migrate" else "")


def seed(settings: Settings, db: str = "") -> None:
    """Run the app's seed command on the development database, which is created if missing."""
    command = app.command(settings.app.seed, "app.seed")
    here, name = server(settings), names.check_database_name(db or settings.local.dev_db)
    with _claimed(settings, "inv dev.seed", name, shared=True):
        if not databases.exists(here, name):
            databases.create(here, name)
        app.run(command, settings, here, name)


def drop_clone(settings: Settings, *, everything: bool = False) -> list[str]:
    """Drop the clone database, and `everything` that was kept to make it again; return what was dropped."""
    here, name = server(settings), names.check_database_name(settings.local.clone_db, "clone database")
    with _claimed(settings, "inv db.drop-clone", name):
        dropped = [name] if databases.drop(here, name) else []
        if everything:
            return dropped + clones.drop_all(here, name)
    if clones.pristine(here, name):
        clones.show_use(here, name)
        say("What it was made from stays, to make it again in a moment; inv db.drop-clone --all drops that too.")
    elif left := clones.kin(here, name):
        say(f"A task that was killed has left {', '.join(left)}; inv db.drop-clone --all drops that too.")
    return dropped
