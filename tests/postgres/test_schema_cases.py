"""Each folder of `tests/data/schema`: what the gate says of two databases, made by `a.sql` and `b.sql`.

`expected.txt` is the whole report, after lines that begin with `# `: the oldest server (`# not before PostgreSQL 18`),
that both sides have one (`# one version only`) or flags of the comparison (`# --strict`). `UPDATE_EXPECTED=1` writes
these files anew; read them before you commit.
"""

import os
import re
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg.sql import SQL, Identifier

from clonekit import comparing, gate, sides
from clonekit.postgres import clients, commands, databases, embedded
from clonekit.postgres.embedded import Embedded
from clonekit.postgres.server import Server
from clonekit.processes import run
from clonekit.schema import reports
from clonekit.schema.verdicts import Options
from clonekit.settings import Settings
from tests.conftest import SERVER_MAJOR

FOLDER = Path(__file__).parents[1] / "data" / "schema"
UPDATE = "UPDATE_EXPECTED" in os.environ
OLDER_MAJOR = 15
OLDER = Path(f"/usr/lib/postgresql/{OLDER_MAJOR}/bin")  # where Debian keeps it
NAMES = ("a", "b")
_CONDITION = re.compile(r"# (.*)\n")
_NOT_BEFORE = re.compile(r"not before PostgreSQL (\d+)")
_OBJECT = re.compile(r"^(?:[A-Z]+ )+.*: (?:only in [ab]|changed)$", re.MULTILINE)


def _conditions(case: str) -> tuple[list[str], str]:
    """Return the lines that begin with `# `, without that, and the report after them."""
    text, found = (FOLDER / case / "expected.txt").read_bytes().decode(), []
    while line := _CONDITION.match(text):
        found.append(line[1])
        text = text[line.end() :]
    return found, text


def _cases(major: int) -> list[str]:
    """Return the cases that a server of this major version can show."""
    firsts = {
        folder.name: max([0, *(int(first) for first in _NOT_BEFORE.findall("\n".join(_conditions(folder.name)[0])))])
        for folder in FOLDER.iterdir()
        if folder.is_dir()
    }
    return sorted(case for case, first in firsts.items() if first <= major)


def _options(conditions: list[str]) -> Options:
    parser = ArgumentParser()
    for flag in ("--schema", "--ignore"):
        parser.add_argument(flag, action="append", default=[])
    for flag in ("--privileges", "--strict"):
        parser.add_argument(flag, action="store_true")
    given = parser.parse_args([word for line in conditions if line.startswith("--") for word in line.split()])
    return gate.options(given.schema, given.ignore, privileges=given.privileges, strict=given.strict)


@pytest.fixture(scope="session")
def older(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    own = Embedded(tmp_path_factory.mktemp("older") / "postgres")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "binaries", lambda: OLDER)
        try:
            started = embedded.start(own)
            with databases.connect(started) as connection:
                for speedup in ("fsync = off", "full_page_writes = off", "autovacuum = off"):
                    connection.execute(f"ALTER SYSTEM SET {speedup}".encode())
                connection.execute("SELECT pg_reload_conf()")
            patch.undo()
            yield started
        finally:
            patch.setattr(embedded, "binaries", lambda: OLDER)
            embedded.stop(own)


Report = Callable[..., str]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """A function that returns what the gate says of a case, A being on one server and B on the same or another."""

    def say(case: str, of_a: Server, of_b: Server) -> str:
        options = _options(_conditions(case)[0])
        with _made(of_a, case, "a"), _made(of_b, case, "b"):
            a, b = of_a.url("a", with_password=True), of_b.url("b", with_password=True)
            verdict = comparing.compare(Settings(root=tmp_path), *sides.sides(a, b, of_a), options)
        return f"{reports.text(verdict, *NAMES)}{reports.last_line(verdict, *NAMES)}\n"

    return say


@contextmanager
def _made(server: Server, case: str, name: str) -> Iterator[None]:
    try:
        databases.create(server, name)
        environ = {**os.environ, **server.environment(name), "PGOPTIONS": "-c client_min_messages=error"}
        argv = commands.psql_script(clients.choose(SERVER_MAJOR).program("psql"), server.parameters(name))
        made = run(argv, environ, stdin=(FOLDER / case / f"{name}.sql").read_bytes().decode())
        assert made.code == 0, made.stderr
        yield
    finally:
        with databases.connect(server) as connection:  # a database with a subscription can't be dropped
            query = "DELETE FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = %s)"
            connection.execute(query, [name])
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


@pytest.mark.parametrize("case", _cases(SERVER_MAJOR))
def test_report(case: str, server: Server, report: Report) -> None:
    conditions, expected = _conditions(case)
    said = report(case, server, server)
    if UPDATE:
        text = "".join(f"# {line}\n" for line in conditions) + said
        (FOLDER / case / "expected.txt").write_bytes(text.encode())
        expected = said
    assert said == expected


# An older server prints some definitions differently, so only what is found counts there.
_OF_THE_OLDER = _cases(OLDER_MAJOR) if (OLDER / "postgres").exists() else []


@pytest.mark.parametrize("case", _OF_THE_OLDER[::2])
def test_verdict_of_the_older_server(case: str, older: Server, report: Report) -> None:
    assert _found(report(case, older, older)) == _found(_conditions(case)[1])


@pytest.mark.parametrize("case", [case for case in _OF_THE_OLDER if "one version only" not in _conditions(case)[0]])
def test_verdict_across_versions(case: str, older: Server, server: Server, report: Report) -> None:
    """What one server has and another, newer one: what only their versions cause does not count."""
    said = report(case, older, server)
    assert _found(said) == _found(_conditions(case)[1])


@pytest.mark.skipif(not _OF_THE_OLDER, reason="There is no older server here")
def test_an_heir_of_the_older_server_with_a_nullable_column(older: Server, tmp_path: Path) -> None:
    """PostgreSQL 18 has none, so that no case can show it."""
    tables = "CREATE TABLE parent (a integer NOT NULL); CREATE TABLE heir () INHERITS (parent);"
    names = "like_its_parent", "nullable"
    for name, more in zip(names, ("", "ALTER TABLE heir ALTER COLUMN a DROP NOT NULL"), strict=True):
        databases.create(older, name)
        with databases.connect(older, name) as connection:
            connection.execute(f"{tables} {more}".encode())
    verdict = comparing.compare(Settings(root=tmp_path), *sides.sides(*names, older), Options())
    assert [difference.title for _, difference in verdict.failing] == ["public.heir.a"]


def _found(text: str) -> tuple[str, list[str]]:
    """Return a report's verdict and the objects it names."""
    return text.splitlines()[-1], sorted(_OBJECT.findall(text))
