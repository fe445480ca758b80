"""Three small projects with pending migrations, each of another tool, and `inv rehearse` as a user runs it."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import clonekit
from clonekit import app
from clonekit.postgres import databases, dumps, embedded
from clonekit.postgres.clients import Client
from clonekit.postgres.embedded import Embedded
from clonekit.postgres.server import Server
from clonekit.settings import App, Settings

REPOSITORY, PROJECTS = Path(__file__).parents[2], Path(__file__).parent / "projects"
MARKER = "zq7marker"  # stands in every row; no report may hold it
QUICK = {"INVOKE_APP_BASELINE": ""}  # where it does not matter whose fault a difference of the schema is
SCHEMA = json.loads((Path(clonekit.__file__).parent / "rehearsal" / "rehearsal.schema.json").read_text())


@dataclass(frozen=True)
class Tool:
    """A migration tool: its command lines and where its migrations are."""

    migrate: str
    baseline: str
    migrations: str


TOOLS = {
    "plain": Tool("sh migrate.sh up", "sh migrate.sh up 0001", "migrations"),
    "alembic": Tool("alembic upgrade head", "alembic upgrade 0001", "migrations/versions"),
    "django": Tool("python manage.py migrate", "python manage.py migrate shop 0001", "shop/migrations"),
}


@dataclass(frozen=True)
class Told:
    """What a rehearsal told: its exit code, its output, and its report, if there is one."""

    code: int
    out: str
    err: str
    folder: Path | None

    @property
    def report(self) -> dict[str, Any]:
        """report.json."""
        assert self.folder, self.err
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text())
        return found

    @property
    def steps(self) -> dict[str, str]:
        """What each step said."""
        return {step["name"]: step["said"] for step in self.report["steps"]}

    def blamed(self) -> list[tuple[str, str]]:
        """Whose fault each difference of the schema is."""
        return [(one["blame"], one["name"]) for one in self.report["schema"]["differences"]]

    def states(self) -> dict[str, str]:
        """What became of each table."""
        return {fate["name"].removeprefix("public."): fate["state"] for fate in self.report["data"]}


class Project:
    """A project of a user's own, with a dump of its production."""

    def __init__(self, folder: Path, tool: str, server: Server, changes: dict[str, str]) -> None:
        self.folder, self.tool, self.server = folder, TOOLS[tool], server
        self.clone, self.fresh = f"{folder.name}_clone", f"{folder.name}_fresh"
        self.environ = {
            **os.environ,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), str(embedded.binaries()), os.environ["PATH"]]),
            "INVOKE_LOCAL_CLONE_DB": self.clone,
            "INVOKE_LOCAL_FRESH_DB": self.fresh,
            "INVOKE_LOCAL_SPARES": "0",
            "INVOKE_APP_MIGRATE": self.tool.migrate,
            "INVOKE_APP_BASELINE": self.tool.baseline,
            "INVOKE_REHEARSE_MIGRATIONS": f"{self.tool.migrations}/0*",
            **changes,
        }

    @property
    def migrations(self) -> Path:
        """The folder of the migrations."""
        return self.folder / self.tool.migrations

    def failing(self) -> "Project":
        """Leave the pending migration without the line that mends the data, and nobody has adopted the index."""
        self.mended()
        path = next(self.migrations.glob("0002_client.??*"))
        path.write_text("".join(line for line in path.read_text().splitlines(True) if "mends it" not in line))
        return self

    def mended(self) -> "Project":
        """Leave the migration that adopts the hand-made index away."""
        for path in self.migrations.glob("0003*"):
            path.unlink()
        return self

    def take(self, *names: str) -> None:
        """Put these migrations (back) as the project was written."""
        for name in names:
            shutil.copy(PROJECTS / "plain" / "migrations" / name, self.migrations)

    def pending(self, name: str, script: str) -> None:
        """Add a migration in plain SQL."""
        (self.migrations / name).write_text(script)

    def start(self, *arguments: str, **changes: str) -> "subprocess.Popen[str]":
        """Start an `inv` task as a child process in a session of its own."""
        argv = [sys.executable, "-m", "invoke", *arguments]
        environ = {**self.environ, **changes}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            argv, cwd=self.folder, env=environ, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        )

    def inv(self, *arguments: str, **changes: str) -> Told:
        """Run an `inv` task to its end."""
        before = set(self._reports())
        child = self.start(*arguments, **changes)
        out, err = child.communicate(timeout=120)
        new = [report for report in self._reports() if report not in before]
        assert "fault of clonekit" not in err, err
        return Told(child.returncode, out, err, new[0] if new else None)

    def rehearse(self, *arguments: str, **changes: str) -> Told:
        """Run `inv rehearse` to its verdict, and check what holds whatever that is."""
        told = self.inv("rehearse", *arguments, **changes)
        assert told.folder, told.err
        jsonschema.validate(told.report, SCHEMA)
        for name in ("report.json", "report.md", "report.html"):
            assert stat.S_IMODE((told.folder / name).stat().st_mode) == 0o600
            assert MARKER not in (told.folder / name).read_text()
        assert self.databases() <= {"", "clone", "fresh", "clone__pristine"}
        return told

    def _reports(self) -> list[Path]:
        return sorted(path.parent for path in self.folder.glob("dump/rehearsals/*/report.json"))

    def processes(self) -> list[str]:
        """Return the processes that run in the project's folder."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (path / "cwd").readlink() == self.folder:
                    found.append((path / "cmdline").read_text())
        return found

    def databases(self) -> set[str]:
        """Return the project's databases, without what they all have in front and the number of a pristine state."""
        start = f"{self.folder.name}_"
        names = [name for (name,) in databases.rows(self.server, "SELECT datname::text FROM pg_database")]
        return {name.removeprefix(start).rstrip("0123456789_") for name in names if name.startswith(start)}


@pytest.fixture(scope="module")
def production(server: Server, client: Client, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A maker of production's dump, once for each tool: its first migration, then rows and an index made by hand."""
    made: dict[str, Path] = {}

    def make(tool: str) -> Path:
        if tool not in made:
            folder, name = tmp_path_factory.mktemp(tool), f"production_{tool}"
            project = Project(_copy(tool, folder / "project"), tool, server, {})
            databases.create(server, name)
            argv = app.command(TOOLS[tool].baseline, "app.baseline")
            environ = {**project.environ, **app.environment(Settings(app=App()), server, name)}
            environ["PATH"] = project.environ["PATH"]
            subprocess.run(argv, cwd=project.folder, env=environ, check=True, capture_output=True)
            with databases.connect(server, name) as connection:
                connection.execute((PROJECTS / "production.sql").read_text().replace("MARKER", MARKER).encode())
            made[tool] = dumps.write(client, server, name, folder / "prod-20260101-000000.dump")
            databases.discard(server, name)
        return made[tool]

    return make


@pytest.fixture
def project(
    server: Server, own: Embedded, production: Callable[[str], Path], tmp_path: Path
) -> "Callable[..., Project]":
    """A maker of projects: `project("alembic", INVOKE_APP_SMOKE="...")`."""

    def make(tool: str = "plain", **changes: str) -> Project:
        folder = _copy(tool, tmp_path / f"{tool}{next(_NUMBERS)}")
        shutil.copy(REPOSITORY / "tasks.py", folder)
        (folder / ".clonekit").mkdir()
        (folder / ".clonekit" / "postgres").symlink_to(own.folder)
        (folder / "dump").mkdir(mode=0o700)
        os.link(production(tool), folder / "dump" / production(tool).name)
        return Project(folder, tool, server, changes)

    return make


_NUMBERS = count(1)


def _copy(tool: str, folder: Path) -> Path:
    return Path(shutil.copytree(PROJECTS / tool, folder, ignore=shutil.ignore_patterns("__pycache__")))
