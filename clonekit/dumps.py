"""Dump files: where they are, how they are made whole or not at all."""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from glob import escape
from itertools import count
from pathlib import Path

from clonekit import commands, files, manifests, names
from clonekit.clients import Client
from clonekit.errors import ClientError, DatabaseError, DumpError
from clonekit.manifests import Facts, Manifest
from clonekit.output import Progress
from clonekit.processes import Finished, run
from clonekit.server import Server, without_pg_variables

_MAGIC = b"PGDMP"  # how every custom-format dump begins
_USERS_TABLES = """
    pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'f') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
"""
TABLES = "SELECT count(*) FROM" + _USERS_TABLES
_FACTS = f"""
    SELECT json_build_object(
        'bytes', pg_database_size(current_database()), 'version', current_setting('server_version'),
        'tables', (SELECT coalesce(json_agg(json_build_object('schema', nspname, 'name', relname,
            'rows', greatest(reltuples, 0)::bigint, 'bytes', pg_table_size(c.oid)) ORDER BY nspname, relname), '[]')
            FROM {_USERS_TABLES}))
"""  # noqa: S608 - both parts are ours


def prepare_folder(folder: Path) -> None:
    """Make the folder, or close an existing one, so that only its owner may enter."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise DumpError(f"The dump folder {folder} can't be used: {error.strerror}.") from None


def newest(folder: Path) -> Path:
    """Return the `.dump` file that was written last; raise DumpError if there is none."""
    files = [path for path in folder.glob("*.dump") if path.is_file()]
    if not files:
        raise DumpError(f"There is no .dump file in {folder}. Make one with: inv db.clone-prod")
    return max(files, key=lambda path: path.stat().st_mtime)


def check(dump_file: Path) -> None:
    """Raise DumpError unless this is a readable custom-format dump, by its first bytes."""
    try:
        with dump_file.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise DumpError(f"The dump {dump_file} can't be read: {error.strerror}.") from None
    if start != _MAGIC:
        raise DumpError(f"{dump_file} is not a dump in pg_dump's custom format (pg_dump -Fc).")


def written_at(dump_file: Path) -> datetime:
    """Return when the file was last written."""
    return datetime.fromtimestamp(dump_file.stat().st_mtime, UTC)


def write(
    client: Client,
    server: Server,
    dbname: str,
    target: Path,
    *,
    watch: Callable[[int], None] = lambda size: None,
    about: Callable[[Facts, Path], Manifest] | None = None,
) -> Path:
    """Dump a whole database to `target`, which appears only when it is complete and was read back; return its path.

    The file has mode 0600 from its first byte on, and beside it stands what `about` tells of it. `watch` is called with
    the size so far, again and again, and may raise. If another run has taken the name, another one is found. Raises
    ClientError with pg_dump's last words, DumpError if the file is not whole.
    """
    part = _part_of(target)
    try:
        facts = _look(client, server, dbname, watch)
        _dump(client, server, dbname, part, facts, watch)
        _read_through(client, part)
        files.sync(part)
        target = _claimed(target)
        if about:
            files.replace(manifests.path_of(target), manifests.text(about(facts, part)), durable=True)
        part.rename(target)
        if not about:
            manifests.path_of(target).unlink()  # it has only kept the name for us
        files.sync(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return target


def _claimed(target: Path) -> Path:
    """Return the name, or one like it if it is taken: the manifest's name is whoever's makes the file first."""
    for number in count(1):
        path = target.with_stem(f"{target.stem}-{number}") if number > 1 else target
        with suppress(FileExistsError):
            os.close(os.open(manifests.path_of(path), os.O_CREAT | os.O_EXCL, 0o600))
            if not path.exists():
                return path
    raise AssertionError


def _part_of(target: Path) -> Path:
    """Make an empty file beside the target, with a name that no other run has and mode 0600."""
    try:
        handle, name = tempfile.mkstemp(".part", f"{target.name}.", target.parent)
    except OSError as error:
        raise DumpError(f"The dump can't be written to {target.parent}: {error.strerror}.") from None
    os.close(handle)
    return Path(name)


def remove_unfinished(target: Path) -> None:
    """Remove what a killed run has left of the dump that it was writing."""
    for part in target.parent.glob(f"{escape(target.name)}.*.part"):
        part.unlink(missing_ok=True)


def _look(client: Client, server: Server, dbname: str, watch: Callable[[int], None]) -> Facts:
    argv = commands.query(client.program("psql"), server.parameters(dbname), _FACTS)
    finished = run(argv, environment(server, dbname), on_tick=lambda: watch(0))
    if finished.code:
        raise DatabaseError(f"psql could not look at the database: {errors(finished)}")
    return Facts(**json.loads(finished.stdout))


def _dump(client: Client, server: Server, dbname: str, part: Path, facts: Facts, watch: Callable[[int], None]) -> None:
    tables = len(facts.tables)
    title = f"Dumping {names.printable(dbname)} ({names.size(facts.bytes)} in {tables} tables)"
    seen = Counter[str]()

    def note(line: str) -> None:
        seen["tables"] += line.startswith("pg_dump: dumping contents of table")

    with Progress(title) as progress:

        def show() -> None:
            size = part.stat().st_size
            progress.update(f"table {seen['tables']} of {tables}, {names.size(size)} written")
            watch(size)

        argv = commands.dump(client.program("pg_dump"), server.parameters(dbname), part)
        finished = run(argv, environment(server, dbname), on_error_line=note, on_tick=show)
    if "No space left on device" in finished.stderr or "File too large" in finished.stderr:
        raise DumpError(f"{part.parent} has no room for the dump: {errors(finished)} Make room and try again.")
    if finished.code:
        raise ClientError(f"pg_dump failed: {errors(finished)}")


def _read_through(client: Client, part: Path) -> None:
    with Progress(f"Reading the dump back ({names.size(part.stat().st_size)})"):
        finished = run(commands.read_through(client.program("pg_restore"), part), os.environ)
    if finished.code:
        raise DumpError(f"The dump that was written is not whole: {errors(finished)}")


def environment(server: Server, dbname: str) -> dict[str, str]:
    """Return the variables with which a client program reaches `dbname`, and speaks English."""
    return {**without_pg_variables(os.environ), **server.environment(dbname), "LC_ALL": "C"}


def errors(finished: Finished) -> str:
    """Return the error lines of a client program, without its running commentary."""
    lines = [line for line in finished.stderr.splitlines() if "error:" in line or "FATAL:" in line or "ERROR:" in line]
    return names.printable(" ".join(lines[-3:]) or f"exit code {finished.code}")
