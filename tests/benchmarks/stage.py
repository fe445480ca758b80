"""Where loading, dumping and comparing are measured: a project with its own server, a production, and its dump."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import DEVNULL, Popen

from clonekit import local
from clonekit.postgres import clients, clones, commands, databases, dumps, embedded
from clonekit.postgres.clients import Client
from clonekit.postgres.commands import Form
from clonekit.postgres.loading import jobs
from clonekit.postgres.server import Server
from clonekit.processes import run
from clonekit.settings import Settings

from . import production
from .machine import has_zstd

SOURCE = "production"
_PROJECT = Path(clones.__file__).parents[2]
_LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Stage:
    """The project, its server, the client programs that fit, and the plan's dump of the production there."""

    settings: Settings
    server: Server
    clients: list[Client]  # best first
    dump: Path

    @property
    def client(self) -> Client:
        """The client programs that clonekit takes by itself."""
        return self.clients[0]

    @property
    def clone(self) -> str:
        """The clone's name."""
        return self.settings.local.clone_db

    def with_spares(self, number: int) -> Settings:
        """Return the settings with so many spares."""
        return replace(self.settings, local=replace(self.settings.local, spares=str(number)))

    def run(self, argv: list[str], dbname: str = SOURCE, **variables: str) -> None:
        """Run a client program on the server; it must succeed."""
        done = run(argv, {**dumps.environment(self.server, dbname), **variables})
        if done.code:
            raise RuntimeError(f"{argv[0]}: {done.stderr[-500:]}")

    def plan_dump(self, client: Client, target: Path) -> None:
        """Dump as the plan does."""
        where = commands.conninfo(self.server.parameters(SOURCE))
        self.run([str(client.program("pg_dump")), "-Fc", "-Z1", "-f", str(target), "-d", where])

    def our_dump(self, client: Client, target: Path) -> None:
        """Dump as clonekit does, but without reading the dump back."""
        form = self.form(client)
        self.run(commands.dump(client.program("pg_dump"), self.server.parameters(SOURCE), target, form))

    @staticmethod
    def form(client: Client) -> Form:
        """Return how clonekit dumps with these programs."""
        return Form("directory", commands.ZSTD if has_zstd(client) else commands.GZIP, jobs())

    def plan_restore(self, client: Client, dump: Path, dbname: str) -> None:
        """Restore into an empty database as the plan does."""
        where = commands.conninfo(self.server.parameters(dbname))
        self.run([str(client.program("pg_restore")), "--no-owner", "--no-privileges", "-d", where, str(dump)], dbname)

    def forget(self) -> None:
        """Drop the clone and all that it was made from."""
        clones.drop_all(self.server, self.clone)
        databases.discard(self.server, self.clone)

    def settle(self) -> None:
        """Wait until nothing goes on in the background and one spare is ready."""
        query = "SELECT FROM pg_stat_activity WHERE application_name = %s"
        source = clones.pristine(self.server, self.clone)
        while source and not clones.ready(self.server, self.clone, source):
            time.sleep(_LOOK_SECONDS)
        while databases.rows(self.server, query, clones.maker(self.clone)):
            time.sleep(_LOOK_SECONDS)

    def await_sync(self) -> None:
        """Wait until what was loaded is on the disk, so that it keeps nobody else waiting."""
        while local.own_server(self.settings).unsynced.exists():
            time.sleep(_LOOK_SECONDS)

    def inv(self, *arguments: str) -> "Popen[bytes]":
        """Start a task as a user does."""
        argv = [str(Path(sys.executable).with_name("inv")), "--search-root", str(self.settings.root), *arguments]
        return Popen(argv, env=self.environment(), stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)

    def environment(self, spares: int = 1) -> Mapping[str, str]:
        """Return the variables of a task."""
        return {**os.environ, "INVOKE_LOCAL_SPARES": str(spares), "INVOKE_LOCAL_CLONE_DB": self.clone}


@contextmanager
def prepared(size: int, where: Path | None, zstd_client: Path | None) -> Iterator[Stage]:
    """Make all of it; `where` is on the file system to measure on."""
    with tempfile.TemporaryDirectory(prefix="kit-benchmark-", dir=where) as folder:
        settings = Settings(root=Path(folder))
        shutil.copy(_PROJECT / "tasks.py", folder)
        own = local.own_server(settings)
        try:
            server = embedded.start(own)
            found = list(_all_fitting(databases.major(server), str(zstd_client or "")))
            production.build(server, found[0], SOURCE, size)
            stage = Stage(settings, server, found, Path(folder) / "plan.dump")
            stage.plan_dump(found[0], stage.dump)
            with databases.connect(server) as connection:
                connection.execute("CHECKPOINT")
            yield stage
        finally:
            embedded.stop(own)


def _all_fitting(major: int, more: str) -> Iterator[Client]:
    """Yield the client programs found by themselves, then those in the folder `more`."""
    yield clients.choose(major)
    if more:
        yield clients.choose(major, more)
