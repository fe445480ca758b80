"""Build the pretend production: the app's database as its migrations and ten years of use left it."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

from clonekit.errors import DatabaseError
from clonekit.postgres.embedded import Embedded, binaries, start
from clonekit.postgres.server import Server
from clonekit.processes import Finished, run
from clonekit.sandbox.layout import DATABASE, MASTER_USER, PACKAGE, Layout
from clonekit.sandbox.logins import environment, strict

# The data is made up and gone after `down`: nothing needs to survive a power failure.
_HASTE = "".join(f"ALTER SYSTEM SET {name} = off; " for name in ("fsync", "full_page_writes", "synchronous_commit"))
_QUICK = f"{_HASTE} SELECT pg_reload_conf();"
# As on RDS the master user is no superuser, and pgvector, which only a superuser may create, is on offer all the same.
_ROLE = rf"""
\getenv password MASTER_PASSWORD
CREATE ROLE {MASTER_USER} LOGIN CREATEDB CREATEROLE PASSWORD :'password';
CREATE DATABASE {DATABASE} OWNER {MASTER_USER};
\connect {DATABASE}
CREATE EXTENSION vector;
"""
_NOT_YET_APPLIED = "0010*"  # the migration that is to be rehearsed


def start_quick(server: Embedded) -> Server:
    """Start a server for throwaway data, made anew if there is none."""
    where = strict(start(server))
    _psql(where, "postgres", _QUICK)
    return where


def build(layout: Layout, password: str) -> None:
    """Make the source instance's server with its database; `password` is the master user's."""
    where = start_quick(layout.source)
    _psql(where, "postgres", _ROLE, MASTER_PASSWORD=password)
    master = replace(where, user=MASTER_USER, password=password)
    _migrate(layout, master)
    _psql(master, DATABASE, None, "--single-transaction", f"--file={PACKAGE / 'production.sql'}")


def copy_app(target: Path, *left_out: str) -> None:
    """Copy the app to `target`, without what `left_out` names and without caches."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(PACKAGE / "app", target, ignore=shutil.ignore_patterns("__pycache__", ".*", *left_out))


def _migrate(layout: Layout, master: Server) -> None:
    release = layout.folder / "released-app"
    copy_app(release, _NOT_YET_APPLIED)
    argv = [sys.executable, str(release / "manage.py"), "migrate"]
    finished = run(argv, {**environment(master, DATABASE), "DATABASE_URL": master.url(DATABASE, with_password=True)})
    _check(finished, "The app's migrations")
    shutil.rmtree(release)


def _psql(where: Server, dbname: str, script: str | None, *arguments: str, **variables: str) -> None:
    argv = [str(binaries() / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *arguments]
    finished = run(argv, {**environment(where, dbname), **variables}, stdin=script)
    _check(finished, f"psql as {where.user}")


def _check(finished: Finished, what: str) -> None:
    if finished.code:
        said = (finished.stderr or finished.stdout).strip()[-1500:]
        raise DatabaseError(f"{what} failed while the sandbox's production was built: {said}")
