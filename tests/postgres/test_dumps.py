"""Dumps: whole or not there; with the real pg_dump and pg_restore."""

import gzip
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from clonekit.errors import ClientError, DatabaseError, DumpError, LostError
from clonekit.postgres import commands, databases, dumps, loading, manifests, parts, spreading
from clonekit.postgres.clients import Client
from clonekit.postgres.commands import Form
from clonekit.postgres.manifests import Facts, Manifest
from clonekit.postgres.server import Server
from clonekit.processes import run
from tests.postgres import PEOPLE, Database
from tests.postgres.forwards import Forward
from tests.postgres.test_clones import EVERYTHING, contents
from tests.waiting import ended, until

FOLDER = Form("directory", jobs=4)


def fake_client(folder: Path, client: Client, script: str) -> Client:
    """Return the real programs but for a pg_dump that runs `script`, with the target in $file."""
    folder.mkdir()
    for name in ("pg_restore", "psql"):
        (folder / name).symlink_to(client.program(name))
    find = 'for word; do case "$word" in --file=*) file=${word#--file=};; esac; done'
    (folder / "pg_dump").write_text(f"#!/bin/sh\n{find}\n{script}\n")
    (folder / "pg_dump").chmod(0o755)
    return replace(client, folder=folder)


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_dump_is_private_and_alone(server: Server, client: Client, database: Database, tmp_path: Path) -> None:
    dumps.write(client, server, database(PEOPLE), tmp_path / "x.dump")
    assert [path.name for path in tmp_path.iterdir()] == ["x.dump"]
    assert (tmp_path / "x.dump").stat().st_mode & 0o777 == 0o600


def test_a_dump_is_private_whatever_the_umask(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    before = os.umask(0)
    try:
        dumps.write(client, server, database(), tmp_path / "x.dump")
    finally:
        os.umask(before)
    assert (tmp_path / "x.dump").stat().st_mode & 0o777 == 0o600


def test_a_dump_is_in_the_custom_format(dumped: Callable[[str], Path]) -> None:
    dumps.check(dumped(PEOPLE))


def test_a_dump_appears_only_when_it_is_whole(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    real, log, target = client.program("pg_dump"), tmp_path / "log", tmp_path / "x.dump"
    script = f'"{real}" "$@" || exit\n[ -e "{target}" ] && echo target >> "{log}"\nstat -c %a "$file" >> "{log}"'
    slow = fake_client(tmp_path / "bin", client, script)
    dumps.write(slow, server, database(PEOPLE), target)
    assert log.read_text() == "600\n"
    assert target.exists()


@pytest.mark.parametrize(
    "script",
    [
        'echo half > "$file"; echo "pg_dump: error: lost it" >&2; exit 1',
        'echo "pg_dump: error: lost it" >&2; kill -9 $$',
    ],
    ids=["error", "killed"],
)
def test_a_pg_dump_that_fails_leaves_nothing(
    script: str, server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "dump").mkdir()
    failing = fake_client(tmp_path / "bin", client, script)
    with pytest.raises(ClientError, match="pg_dump failed: pg_dump: error: lost it"):
        dumps.write(failing, server, database(), tmp_path / "dump" / "x.dump")
    assert list((tmp_path / "dump").iterdir()) == []


def test_a_cut_dump_is_noticed_though_pg_dump_was_content(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "dump").mkdir()
    cutting = f'"{client.program("pg_dump")}" "$@" || exit\ntruncate -s -200 "$file"'
    with pytest.raises(DumpError, match="not whole"):
        dumps.write(
            fake_client(tmp_path / "bin", client, cutting), server, database(PEOPLE), tmp_path / "dump" / "x.dump"
        )
    assert list((tmp_path / "dump").iterdir()) == []


def test_a_name_that_another_run_has_taken_since_is_passed_over(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "x.dump").write_text("precious")
    path = dumps.write(client, server, database(PEOPLE), tmp_path / "x.dump")
    assert path.name == "x-2.dump"
    assert (tmp_path / "x.dump").read_text() == "precious"


def test_a_full_disk_is_told_as_that(server: Server, client: Client, database: Database, tmp_path: Path) -> None:
    (tmp_path / "dump").mkdir()
    full = 'echo "pg_dump: error: could not write to file: No space left on device" >&2; exit 1'
    with pytest.raises(DumpError, match=r"dump has no room for the dump: .* Make room and try again"):
        dumps.write(fake_client(tmp_path / "bin", client, full), server, database(), tmp_path / "dump" / "x.dump")
    assert list((tmp_path / "dump").iterdir()) == []


def test_a_watcher_that_raises_ends_pg_dump_and_leaves_nothing(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "dump").mkdir()
    waiting = fake_client(tmp_path / "bin", client, f'echo $$ > "{tmp_path}/pid"; exec sleep 60')

    def watch(_: int) -> None:
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
            raise LostError("It stalled.")

    with pytest.raises(LostError, match="It stalled"):
        dumps.write(waiting, server, database(), tmp_path / "dump" / "x.dump", watch=watch)
    assert list((tmp_path / "dump").iterdir()) == []
    assert ended(tmp_path / "pid")


def test_a_dump_comes_with_what_is_known_of_it(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    seen = list[Facts]()

    def about(facts: Facts, part: Path) -> Manifest:
        seen.append(facts)
        return Manifest(dumps.checksum(part), part.stat().st_size, "r", "s", "d", "n", "a", "t", facts.version)

    path = dumps.write(client, server, database(PEOPLE), tmp_path / "x.dump", about=about)
    assert manifests.verified(path, lambda: dumps.checksum(path))
    assert manifests.path_of(path).stat().st_mode & 0o777 == 0o600
    assert [(table["schema"], table["name"]) for table in seen[0].tables] == [("public", "people")]
    assert seen[0].version.startswith("18.")


def test_a_missing_database_leaves_nothing(server: Server, client: Client, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="does not exist"):
        dumps.write(client, server, "typo", tmp_path / "x.dump")
    assert list(tmp_path.iterdir()) == []


def test_a_running_pg_dump_does_not_show_the_password(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    assert server.password
    looking = (
        f'tr "\\0" "\\n" < /proc/$$/cmdline > "{tmp_path}/argv"; tr "\\0" "\\n" < /proc/$$/environ > "{tmp_path}/env"'
    )
    real = f'exec "{client.program("pg_dump")}" "$@"'
    dumps.write(fake_client(tmp_path / "bin", client, f"{looking}\n{real}"), server, database(), tmp_path / "x.dump")
    assert server.password not in (tmp_path / "argv").read_text()
    assert f"PGPASSWORD={server.password}" in (tmp_path / "env").read_text().split("\n")


def test_the_users_variables_do_not_lead_pg_dump_elsewhere(
    server: Server, client: Client, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = database(PEOPLE)
    for variable, value in {"PGDATABASE": "typo", "PGPORT": "1", "PGUSER": "typo", "PGHOST": "typo"}.items():
        monkeypatch.setenv(variable, value)
    dumps.write(client, server, name, tmp_path / "x.dump")
    listing = run(commands.list_contents(client.program("pg_restore"), tmp_path / "x.dump"), os.environ).stdout
    assert f"dbname: {name}\n" in listing


def test_progress_goes_to_stderr_only(dumped: Callable[[str], Path], capfd: pytest.CaptureFixture[str]) -> None:
    dumped(PEOPLE)
    assert capfd.readouterr().out == ""


# --- a folder, by several jobs ----------------------------------------------------------------------------------------


def test_a_folder_is_private_to_its_files_whatever_the_umask(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    before = os.umask(0)
    try:
        path = dumps.write(client, server, database(PEOPLE), tmp_path / "x.dump", form=FOLDER)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in path.iterdir()} == {0o600}
    assert [path.name for path in tmp_path.iterdir()] == ["x.dump"]


def test_a_folder_dumped_through_several_tunnels_loads_as_what_was_dumped(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    source, target = database(EVERYTHING), database()
    forwards = [Forward(server) for _ in range(3)]
    try:
        facts = dumps.look(client, server, source)
        with spreading.spread([forward.port for forward in forwards]) as port:
            through = replace(server, port=port)
            path = dumps.write(client, through, source, tmp_path / "x.dump", form=FOLDER, facts=facts)
    finally:
        for forward in forwards:
            forward.close()
    assert sum(forward.taken for forward in forwards) == 1 + FOLDER.jobs
    assert max(forward.taken for forward in forwards) - min(forward.taken for forward in forwards) <= 1
    loading.load(server, path, target)
    assert contents(server, client, target) == contents(server, client, source)


def test_what_changes_while_jobs_dump_is_in_none_of_them(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    source, target = database("CREATE TABLE a AS SELECT 1 n; CREATE TABLE b AS SELECT 1 n"), database()
    psql = commands.conninfo(server.parameters(source))
    change = f'"{client.program("psql")}" -q "--dbname={psql}" -c "UPDATE a SET n = 2; UPDATE b SET n = 2"'
    # The first line about a table comes when all jobs have their snapshot.
    script = (
        f'"{client.program("pg_dump")}" "$@" 2>&1 | while read -r line; do echo "$line" >&2\n'
        f'case "$line" in *"dumping contents of table"*) [ -e "{tmp_path}/done" ] || {{ touch "{tmp_path}/done"\n'
        f"{change}; }};; esac; done"
    )
    path = dumps.write(
        fake_client(tmp_path / "bin", client, script),
        server,
        source,
        tmp_path / "x.dump",
        form=Form("directory", jobs=2),
    )
    loading.load(server, path, target)
    with databases.connect(server, target) as connection:
        assert connection.execute("SELECT a.n, b.n FROM a, b").fetchall() == [(1, 1)]
    with databases.connect(server, source) as connection:
        assert connection.execute("SELECT a.n, b.n FROM a, b").fetchall() == [(2, 2)]


def test_a_pg_dump_that_is_killed_leaves_neither_files_nor_jobs(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "dump").mkdir()
    source = database("CREATE TABLE a (n int); CREATE TABLE b (n int)")
    slow = f'"{client.program("pg_dump")}" "$@" &\nwhile ! ls "$file"/*.dat* >/dev/null 2>&1; do :; done; kill -9 $$'
    orphaned = 'sleep 60 & echo $! > "$0.pid"; touch "$file/1.dat"; kill -9 $$'
    for number, script in enumerate((slow, orphaned)):
        killed = fake_client(tmp_path / f"bin{number}", client, script)
        with pytest.raises(ClientError, match="pg_dump failed: exit code -9"):
            dumps.write(killed, server, source, tmp_path / "dump" / "x.dump", form=FOLDER)
        assert list((tmp_path / "dump").iterdir()) == []
    assert ended(tmp_path / "bin1" / "pg_dump.pid")


@pytest.mark.parametrize("cut", ["truncate -s -1", "truncate -s 0", "rm"])
@pytest.mark.parametrize("file", ["*.dat*", "blob_*", "blobs_*.toc", "toc.dat"])
def test_a_file_that_is_cut_or_missing_is_noticed(
    cut: str, file: str, server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "dump").mkdir()
    source = database(f"{PEOPLE}; SELECT lo_from_bytea(0, 'large')")
    script = f'"{client.program("pg_dump")}" "$@" || exit\nset -- "$file"/{file}; {cut} "$1"'
    with pytest.raises(DumpError, match="not whole"):
        dumps.write(
            fake_client(tmp_path / "bin", client, script), server, source, tmp_path / "dump" / "x.dump", form=FOLDER
        )
    assert list((tmp_path / "dump").iterdir()) == []


def test_a_folder_that_was_cut_short_is_not_loaded(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    path = dumps.write(client, server, database(PEOPLE), tmp_path / "x.dump", form=FOLDER)
    next(path.glob("*.dat.gz")).write_bytes(b"")
    with pytest.raises(DumpError, match=r"damaged or cut short: \d+\.dat\.gz has no end"):
        dumps.check(path)


def test_a_folder_comes_with_the_checksum_of_all_its_files(
    server: Server, client: Client, database: Database, tmp_path: Path
) -> None:
    def about(facts: Facts, part: Path) -> Manifest:
        return Manifest(dumps.checksum(part), dumps.size(part), "r", "s", "d", "n", "a", "t", facts.version)

    path = dumps.write(client, server, database(PEOPLE), tmp_path / "x.dump", form=FOLDER, about=about)
    assert manifests.verified(path, lambda: dumps.checksum(path))
    with next(path.glob("*.dat.gz")).open("ab") as file:
        file.write(b"x")
    with pytest.raises(DumpError, match="not what its manifest"):
        manifests.verified(path, lambda: dumps.checksum(path))


def test_an_unfinished_folder_of_a_killed_run_is_removed(tmp_path: Path) -> None:
    part = parts.make(tmp_path / "x.dump", as_folder=True)
    (part / "1.dat.gz").touch()
    (tmp_path / "x-2.dump").touch()
    parts.remove_unfinished(tmp_path / "x.dump")
    assert [path.name for path in tmp_path.iterdir()] == ["x-2.dump"]


def test_progress_tells_the_share_of_the_data_that_is_done(
    server: Server, client: Client, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = f'"{client.program("pg_dump")}" "$@" || exit\nsleep 0.3'
    source = database("CREATE TABLE a AS SELECT generate_series(1, 9000); CREATE TABLE b AS SELECT * FROM a")
    dumps.write(fake_client(tmp_path / "bin", client, slow), server, source, tmp_path / "x.dump")
    said = capsys.readouterr().err
    assert "  50 % of the data done, table 2 of 2, " in said
    assert "  100 % of the data done, table 2 of 2, " in said


# --- finding ----------------------------------------------------------------------------------------------------------


def test_the_newest_dump_is_the_one_written_last(tmp_path: Path) -> None:
    for number, name in enumerate(["c.dump", "a.dump", "b.dump"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (number, number))
    (tmp_path / "later.txt").touch()
    (tmp_path / "folder.dump").mkdir()
    assert dumps.newest(tmp_path).name == "b.dump"


def test_a_dump_in_the_making_is_not_the_newest(tmp_path: Path) -> None:
    (tmp_path / "a.dump").touch()
    (tmp_path / "b.dump.part").touch()
    assert dumps.newest(tmp_path).name == "a.dump"


@pytest.mark.parametrize("folder", ["empty", "missing"])
def test_a_folder_without_dumps_is_told_with_how_to_make_one(folder: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DumpError, match=r"no \.dump file in .*inv db\.clone-prod"):
        dumps.newest(tmp_path / folder)


def test_a_dump_folder_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "dump").mkdir(mode=0o755)
    dumps.prepare_folder(tmp_path / "dump")
    assert (tmp_path / "dump").stat().st_mode & 0o777 == 0o700


def test_a_file_in_the_dump_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "dump").touch()
    with pytest.raises(DumpError, match="can't be used"):
        dumps.prepare_folder(tmp_path / "dump")


def test_a_missing_dump_is_told(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match=r"typo\.dump can't be read: No such file"):
        dumps.check(tmp_path / "typo.dump")


def test_a_dump_that_may_not_be_read_is_not_passed_over() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "x.dump").mkdir(mode=0o000)
        with _as_nobody(), pytest.raises(DumpError, match=r"x\.dump can't be read: Permission denied\. Remove it"):
            dumps.newest(Path(folder))


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Be nobody for a moment if we are root, who may read everything."""
    is_root = os.geteuid() == 0
    try:
        if is_root:
            os.seteuid(65534)
        yield
    finally:
        if is_root:
            os.seteuid(0)


def test_a_folder_without_contents_is_no_dump(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match=r"is no dump: it has no toc\.dat"):
        dumps.check(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PGD", b"SELECT 1;\n", b"\0" * 1000])
def test_what_is_no_dump_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(DumpError, match="not a dump in pg_dump's custom or directory format"):
        dumps.check(tmp_path / "x")


def test_a_real_pg_dump_does_not_show_the_password_while_it_runs(
    server: Server, client: Client, database: Database
) -> None:
    assert server.password
    name = database(PEOPLE)
    with databases.connect(server, name) as lock, lock.transaction():
        lock.execute("LOCK TABLE people IN ACCESS EXCLUSIVE MODE")  # pg_dump waits for it
        argv = commands.dump(client.program("pg_dump"), server.parameters(name), Path("/dev/null"))
        environ = {**os.environ, **server.environment(name)}
        with subprocess.Popen(argv, env=environ, stderr=subprocess.DEVNULL) as running:
            wait_for_pg_dump(server, name)
            shown = Path(f"/proc/{running.pid}/cmdline").read_text()
            running.kill()
    assert f"dbname='{name}'" in shown
    assert server.password not in shown


def wait_for_pg_dump(server: Server, name: str) -> None:
    until(lambda: any(session.startswith("pg_dump") for session in databases.sessions(server, name)))


def test_a_subscription_is_not_dumped(
    server: Server, client: Client, database: Callable[..., str], tmp_path: Path
) -> None:
    source = database(
        "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false, slot_name = NONE)"
    )
    try:
        dumps.write(client, server, source, tmp_path / "x.dump")
    finally:
        with databases.connect(server, source) as connection:
            connection.execute("DROP SUBSCRIPTION s")
    assert b"host=x" not in (tmp_path / "x.dump").read_bytes()


def test_an_archive_that_was_compressed_once_more_is_told_with_the_command_that_helps(tmp_path: Path) -> None:
    path = tmp_path / "prod copy.dump.gz"
    path.write_bytes(gzip.compress(b"PGDMP and more"))
    with pytest.raises(DumpError, match=r"Run first: gunzip '.*prod copy\.dump\.gz'"):
        dumps.check(path)
