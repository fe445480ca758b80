"""The client programs: which of those that are there is chosen, and what is said when none fits."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from clonekit.errors import ClientError, NoRoomError
from clonekit.postgres import clients
from clonekit.postgres.clients import Client

Maker = Callable[..., Path]


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let PATH be these folders, and nothing be in the usual places and the wheels."""

    def limit(*folders: Path) -> None:
        monkeypatch.setenv("PATH", ":".join([*map(str, folders), "/nonexistent"]))
        monkeypatch.setattr(clients, "_USUAL_PLACES", ())
        monkeypatch.setattr(clients, "_WHEELS", ())

    return limit


def test_the_first_that_is_not_older_is_taken(make_clients: Maker, only: Callable[..., None]) -> None:
    old, same, new = make_clients("a", "15.18"), make_clients("b", "16.9"), make_clients("c", "18.6")
    only(old, same, new)
    assert clients.choose(16).folder == same


def test_a_newer_one_comes_first_if_it_is_found_first(make_clients: Maker, only: Callable[..., None]) -> None:
    new, same = make_clients("a", "18.6"), make_clients("b", "16.9")
    only(new, same)
    assert clients.choose(16).folder == new


def test_the_configured_folder_comes_before_path(make_clients: Maker, only: Callable[..., None]) -> None:
    on_path, configured = make_clients("a", "18.6"), make_clients("b", "17.1")
    only(on_path)
    assert clients.choose(16, str(configured)).folder == configured


def test_the_usual_places_come_newest_first(
    make_clients: Maker, only: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only()
    for major in ("9", "18", "17"):
        (tmp_path / "usr" / major).mkdir(parents=True)
        make_clients(f"usr/{major}/bin", f"{major}.1")
    monkeypatch.setattr(clients, "_USUAL_PLACES", (f"{tmp_path}/usr/*/bin",))
    monkeypatch.setattr(clients, "_number", lambda folder: (int(Path(folder).parent.name),))
    assert [folder.parent.name for folder in clients.folders()] == ["18", "17", "9"]


def test_the_wheels_come_last_and_fit(only: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    wheels = clients._WHEELS
    only()
    monkeypatch.setattr(clients, "_WHEELS", wheels)
    assert clients.choose(18).version >= (18,)


def test_a_folder_that_lacks_a_program_is_passed_over(make_clients: Maker, only: Callable[..., None]) -> None:
    partial, whole = make_clients("a", "18.6", programs="pg_dump psql"), make_clients("b", "18.6")
    only(partial, whole)
    assert clients.choose(18).folder == whole


def test_a_program_that_may_not_be_run_is_passed_over(make_clients: Maker, only: Callable[..., None]) -> None:
    closed, whole = make_clients("a", "18.6"), make_clients("b", "18.6")
    (closed / "pg_restore").chmod(0o644)
    only(closed, whole)
    assert clients.choose(18).folder == whole


def test_a_pg_dump_that_fails_has_no_version_and_is_passed_over(make_clients: Maker, only: Callable[..., None]) -> None:
    broken, whole = make_clients("a", "18.6"), make_clients("b", "18.6")
    (broken / "pg_dump").write_text("#!/bin/sh\nexit 127\n")
    only(broken, whole)
    assert clients.choose(18).folder == whole


def test_a_full_disk_is_not_told_as_missing_programs(
    make_clients: Maker, only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_clients("a", "18.6")
    only(folder)
    monkeypatch.setattr(tempfile, "TemporaryFile", partial(open, "/dev/full", "w+b"))
    with pytest.raises(NoRoomError, match="No space left on device"):
        clients.choose(18)
    monkeypatch.undo()
    only(folder)
    assert clients.choose(18).folder == folder


def test_none_that_fits_is_told_with_what_was_found_where(make_clients: Maker, only: Callable[..., None]) -> None:
    first, second = make_clients("a", "15.18"), make_clients("b", "17.1")
    only(first, second)
    with pytest.raises(ClientError) as failed:
        clients.choose(18)
    told = str(failed.value)
    assert f"Found: {first} (version 15.18), {second} (version 17.1)." in told
    assert "apt-get install postgresql-client-18" in told
    assert "local.client_dir" in told


def test_none_at_all_is_told(only: Callable[..., None]) -> None:
    only()
    with pytest.raises(ClientError, match=r"version 18 or later fit here\. None was found\."):
        clients.choose(18)


@pytest.mark.parametrize("sslmode", ["require", "verify-ca", "verify-full"])
def test_one_without_tls_is_not_taken_where_tls_is_asked_for(
    sslmode: str, make_clients: Maker, only: Callable[..., None]
) -> None:
    plain, secure = make_clients("a", "18.6", tls=False), make_clients("b", "18.6")
    only(plain, secure)
    assert clients.choose(18, "", sslmode).folder == secure


@pytest.mark.parametrize("sslmode", [None, "disable", "allow", "prefer"])
def test_one_without_tls_is_taken_where_tls_is_not_asked_for(
    sslmode: str | None, make_clients: Maker, only: Callable[..., None]
) -> None:
    plain, secure = make_clients("a", "18.6", tls=False), make_clients("b", "18.6")
    only(plain, secure)
    assert clients.choose(18, "", sslmode).folder == plain


def test_a_missing_tls_is_told(make_clients: Maker, only: Callable[..., None]) -> None:
    plain = make_clients("a", "18.6", tls=False)
    only(plain)
    with pytest.raises(ClientError, match=r"with TLS \(sslmode require\) fit here\. Found: .* \(built without TLS\)"):
        clients.choose(18, "", "require")


def test_the_real_wheel_without_tls_is_seen_as_such(only: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    wheels = clients._WHEELS[:1]
    only()
    monkeypatch.setattr(clients, "_WHEELS", wheels)
    with pytest.raises(ClientError, match="built without TLS"):
        clients.choose(18, "", "require")


def test_a_folder_is_named_once_however_often_it_is_on_path(make_clients: Maker, only: Callable[..., None]) -> None:
    folder = make_clients("a", "15.1")
    only(folder, folder)
    assert list(clients.folders(str(folder))) == [folder]


def test_a_client_is_shown_with_folder_and_version(make_clients: Maker, only: Callable[..., None]) -> None:
    folder = make_clients("a", "18.6")
    only(folder)
    assert str(clients.choose(18)) == f"{folder} (18.6)"


def test_a_program_that_can_not_run_here_is_passed_over(
    tmp_path: Path, make_clients: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = make_clients("a", "18.6"), make_clients("b", "18.6")
    (broken / "pg_dump").write_bytes(b"\x7fELFnonsense")
    monkeypatch.setenv("PATH", f"{broken}:{good}:/bin:/usr/bin")
    assert clients.choose(18).folder == good


def test_a_configured_folder_without_the_programs_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match=r"local\.client_dir"):
        clients.choose(18, str(tmp_path))


@pytest.mark.parametrize(("says", "found"), [("return Path({folder!r})", True), ("raise OSError", False)])
def test_a_wheel_that_has_to_unpack_its_programs_is_asked_to(
    says: str,
    found: bool,
    make_clients: Maker,
    only: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, wheel = make_clients("unpacked", "18.6"), tmp_path / f"wheel_{found}"
    wheel.mkdir()
    body = says.format(folder=str(folder))
    (wheel / "__init__.py").write_text(f"from pathlib import Path\ndef bin():\n    {body}\n")
    only()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(clients, "_WHEELS", (wheel.name,))
    assert list(clients.folders()) == ([folder] if found else [])


# --- what they can do -------------------------------------------------------------------------------------------------


def knowing(folder: Path, *compressions: str) -> Path:
    """Let a stand-in's pg_dump take these compressions, as a real one does: it then fails to connect."""
    known = "|".join(f"--compress={compression}" for compression in compressions)
    told = (folder / "pg_dump").read_text().splitlines()[-1]
    refused = 'echo "pg_dump: error: this build does not support compression with ZSTD" >&2; exit 1'
    failed = 'echo "pg_dump: error: connection to server at 127.0.0.1 failed" >&2; exit 1'
    script = f'case "$1" in --version) {told};; {known}) {failed};; *) {refused};; esac'
    (folder / "pg_dump").write_text(f"#!/bin/sh\n{script}\n")
    return folder


def test_zstd_is_used_where_the_client_and_one_of_the_newest_know_it(
    make_clients: Maker, only: Callable[..., None]
) -> None:
    gzip = knowing(make_clients("a", "18.6"), "1")
    old, newest = (knowing(make_clients(*made), "1", "zstd:1") for made in (("b", "16.9"), ("c", "18.6")))
    only(gzip, old, newest)
    assert clients.compression(clients.choose(16, str(old))) == "zstd:1"
    assert clients.compression(clients.choose(18, str(gzip))) == "1"


def test_gzip_is_used_where_the_newest_could_not_load_zstd(make_clients: Maker, only: Callable[..., None]) -> None:
    newest, old = knowing(make_clients("a", "18.6"), "1"), knowing(make_clients("b", "16.9"), "1", "zstd:1")
    only(newest, old)
    assert clients.compression(clients.choose(16, str(old))) == "1"


def test_the_wheels_pg_dump_is_asked_and_knows_gzip_only(client: Client) -> None:
    assert clients.compression(client) == "1"
