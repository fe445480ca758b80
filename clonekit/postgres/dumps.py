"""Dump files: where they are, how they are made whole or not at all."""

import gzip
import hashlib
import json
import os
import re
import shlex
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from clonekit import files, names
from clonekit.errors import ClientError, DatabaseError, DumpError
from clonekit.output import Progress
from clonekit.postgres import commands, frames, manifests, parts
from clonekit.postgres.clients import Client
from clonekit.postgres.commands import Form
from clonekit.postgres.manifests import Facts, Manifest
from clonekit.postgres.server import Server, without_pg_variables
from clonekit.postgres.splitting import Course
from clonekit.processes import Finished, run

_MAGIC = b"PGDMP"  # how every custom-format dump begins, and a directory's table of contents
_CONTENTS = "toc.dat"
_PLAIN, _PLAIN_END = b"--\n-- PostgreSQL database dump\n", b"-- PostgreSQL database dump complete"
_HEAD, _PIECE = 1 << 16, 1 << 20
_USERS_TABLES = """
    pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'f') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
"""
TABLES = "SELECT count(*) FROM" + _USERS_TABLES
_FACTS = f"""
    SELECT json_build_object(
        'bytes', pg_database_size(current_database()), 'version', current_setting('server_version'),
        'connections', current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
            - coalesce(current_setting('reserved_connections', true), '0')::int
            - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
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
        raise DumpError(f"The folder {folder} can't be used: {error.strerror}.") from None


def newest(folder: Path) -> Path:
    """Return the `.dump`, file or folder, that was written last; raise DumpError if there is none."""
    found = [path for path in folder.glob("*.dump") if _is_dump(path)]
    if not found:
        raise DumpError(f"There is no .dump file in {folder}. Make one with: inv db.clone-prod")
    return max(found, key=written_at)


def _is_dump(path: Path) -> bool:
    try:
        return path.is_file() or (path / _CONTENTS).is_file()
    except PermissionError as error:  # it may be the newest
        said = f"The dump {path} can't be read: {error.strerror}. Remove it, or name another with --dump-file."
        raise DumpError(said) from None


def check(dump: Path) -> bool:
    """Return whether this is plain SQL, not an archive (file or folder); raise DumpError unless it begins as one."""
    try:
        with opened(dump) as file:
            start = file.read(_HEAD)
    except (OSError, EOFError, zlib.error) as error:
        if dump.is_dir() and isinstance(error, FileNotFoundError):
            raise DumpError(f"The folder {dump} is no dump: it has no {_CONTENTS} (pg_dump -Fd makes one).") from None
        raise DumpError(f"The dump {dump} can't be read: {getattr(error, 'strerror', None) or error}.") from None
    if re.search(rb"^((CREATE|DROP) DATABASE|\\connect) ", start, re.MULTILINE) and start.startswith(_PLAIN):
        raise DumpError(f"{dump} makes a database of its own (pg_dump --create); dump without that option.")
    if not start.startswith((_MAGIC, _PLAIN)):
        raise DumpError(f"{dump} is not a dump in pg_dump's custom or directory format (-Fc, -Fd), or plain SQL of it.")
    if dump.suffix == ".gz" and dump.is_file() and start.startswith(_MAGIC):
        how = f"gunzip {shlex.quote(str(dump))}"
        raise DumpError(f"{dump} is a compressed archive, which pg_restore does not read. Run first: {how}")
    if cut := cut_short(dump):
        raise DumpError(f"{dump} is damaged or cut short: {cut.name} has no end. Make another: inv db.clone-prod")
    return start.startswith(_PLAIN)


def script(dump: Path, file: BinaryIO | gzip.GzipFile) -> Iterator[bytes]:
    """Yield a plain dump in pieces; raise DumpError at its end if that is not pg_dump's."""
    end = b""
    try:
        while piece := file.read(_PIECE):
            end = (end + piece)[-_HEAD:]
            yield piece
    except (OSError, EOFError, zlib.error):
        end = b""
    if _PLAIN_END not in end:
        raise DumpError(f"{dump} is damaged or cut short: it has no end. Make another: inv db.clone-prod")


def opened(dump: Path) -> BinaryIO | gzip.GzipFile:
    """Open a dump's file for reading: a folder's table of contents, a `.gz` as what it holds."""
    path = dump / _CONTENTS if dump.is_dir() else dump
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def written_at(dump: Path) -> datetime:
    """Return when the dump was last written."""
    return datetime.fromtimestamp(max(path.stat().st_mtime for path in parts.every_file(dump)), UTC)


def size(dump: Path) -> int:
    """Return how many bytes the dump takes."""
    return sum(path.stat().st_size for path in parts.every_file(dump))


def checksum(dump: Path) -> str:
    """Return the dump's SHA-256: the file's, or for a folder that of its files' names and sums, in order."""
    if not dump.is_dir():
        return _sha256(dump)
    lines = [f"{path.relative_to(dump)} {_sha256(path)}\n" for path in parts.every_file(dump)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def seen(dump: Path) -> str:
    """Return how the dump looks unread, by its files' names, sizes and times: a sum that changes with them."""
    looks = [(str(path.absolute()), path.stat().st_size, path.stat().st_mtime_ns) for path in parts.every_file(dump)]
    return hashlib.sha256(repr(looks).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(  # noqa: PLR0913 - half of it by name, each with a default
    client: Client,
    server: Server,
    dbname: str,
    target: Path,
    *,
    form: Form = commands.ONE_FILE,
    facts: Facts | None = None,
    watch: Callable[[int], None] = lambda size: None,
    about: Callable[[Facts, Path], Manifest] | None = None,
) -> Path:
    """Dump a whole database to `target`, which appears only when it is complete and was read back; return its path.

    The file has mode 0600 from its first byte on, or the folder 0700 and its files 0600, and beside it stands what
    `about` tells of it. `watch` is called with the size so far, again and again, and may raise. If another run has
    taken the name, another one is found. Raises ClientError with pg_dump's last words, DumpError if it is not whole.
    """
    part = parts.make(target, as_folder=form.format == "directory")
    try:
        facts = facts or look(client, server, dbname, watch)
        argv = commands.dump(client.program("pg_dump"), server.parameters(dbname), part, form)
        title = f"Dumping {names.printable(dbname)} ({names.size(facts.bytes)} in {len(facts.tables)} tables)"
        with Progress(title) as progress:
            _dump(argv, environment(server, dbname), part, Course(facts, form.jobs, progress.update), watch)
        _read_through(client, part)
        parts.sync(part)
        target = parts.claim(target)
        if about:
            files.replace(manifests.path_of(target), manifests.text(about(facts, part)), durable=True)
        part.rename(target)
        if not about:
            manifests.path_of(target).unlink()  # it has only kept the name for us
        files.sync(target.parent)
    finally:
        parts.remove(part)
    return target


def look(client: Client, server: Server, dbname: str, watch: Callable[[int], None] = lambda size: None) -> Facts:
    """Return what is to be known of a database before it is dumped; DatabaseError if it can't be asked."""
    argv = commands.query(client.program("psql"), server.parameters(dbname), _FACTS)
    finished = run(argv, environment(server, dbname), on_tick=lambda: watch(0))
    if finished.code:
        raise DatabaseError(f"psql could not look at the database: {errors(finished)}")
    return Facts(**json.loads(finished.stdout))


def _dump(argv: list[str], environ: dict[str, str], part: Path, course: Course, watch: Callable[[int], None]) -> None:
    def show() -> None:
        written = size(part)
        course.show(written)
        watch(written)

    finished = run(argv, environ, on_error_line=course.note, on_tick=show)
    if "No space left on device" in finished.stderr or "File too large" in finished.stderr:
        raise DumpError(f"{part.parent} has no room for the dump: {errors(finished)} Make room and try again.")
    if finished.code:
        raise ClientError(f"pg_dump failed: {errors(finished)}")
    course.finish()
    course.show(size(part))


def _read_through(client: Client, part: Path) -> None:
    with Progress(f"Reading the dump back ({names.size(size(part))})"):
        finished = run(commands.read_through(client.program("pg_restore"), part), os.environ)
    if finished.code:
        raise DumpError(f"The dump that was written is not whole: {errors(finished)}")
    if cut := cut_short(part):
        raise DumpError(f"The dump that was written is not whole: {cut.name} has no end.")


def cut_short(dump: Path) -> Path | None:
    """Return a file of a folder that has no end, where pg_restore would not notice; None if all have theirs."""
    return next((path for path in parts.every_file(dump) if dump.is_dir() and not frames.is_whole(path)), None)


def environment(server: Server, dbname: str) -> dict[str, str]:
    """Return the variables with which a client program reaches `dbname`, and speaks English."""
    return {**without_pg_variables(os.environ), **server.environment(dbname), "LC_ALL": "C"}


def errors(finished: Finished) -> str:
    """Return the error lines of a client program, without its running commentary.

    pg_dump's workers write beside each other, so that what failed may stand on another line than the word before it;
    but a line that only says "failed" may be a row's.
    """
    told = re.compile(r'error:|FATAL:|ERROR:|^Dumping the contents of table ".*" failed: ')
    lines = [line for line in finished.stderr.splitlines() if told.search(line)]
    return names.printable(" ".join(lines[-3:]) or f"exit code {finished.code}")
