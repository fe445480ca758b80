"""Run records: written whole, read back only if they are one, and alive only while their process is."""

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonekit import output, runs
from clonekit.errors import DumpError
from clonekit.postgres import parts
from clonekit.runs import Made, Run


def run(folder: Path, identifier: str = "0123456789abcdef", started: str = "2026-04-24T09:38:39Z") -> Run:
    folder.mkdir(exist_ok=True)
    return Run(identifier, "v1-orcha-db", started, "/project/dump/prod.dump", folder)


def test_a_record_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    written = run(tmp_path)
    written.ask("throwaway", "x-clone-1")
    written.set("throwaway", "x-clone-1", runs.THERE)
    written.note(runs.DUMPED)
    written.end(runs.FAILED, "The tunnel was lost.")
    assert runs.every(tmp_path) == [written]


def test_a_record_is_its_owners_alone(tmp_path: Path) -> None:
    with runs.held(run(tmp_path / "runs")):
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "runs").iterdir()}
    assert set(modes.values()) == {0o600}
    assert (tmp_path / "runs").stat().st_mode & 0o777 == 0o700


def test_the_newest_run_comes_first(tmp_path: Path) -> None:
    for identifier, started in (("a", "2026-04-24T09:00:00Z"), ("b", "2026-04-25T09:00:00Z")):
        run(tmp_path, identifier, started).save()
    assert [one.id for one in runs.every(tmp_path)] == ["b", "a"]


def test_what_is_gone_is_not_left(tmp_path: Path) -> None:
    one = run(tmp_path)
    one.set("throwaway", "a", runs.GONE)
    one.set("temporary snapshot", "b", runs.ASKED)
    assert one.left == [Made("temporary snapshot", "b", runs.ASKED)]


def test_a_run_is_alive_while_it_is_held(tmp_path: Path) -> None:
    one = run(tmp_path)
    with runs.held(one):
        assert one.is_alive
    assert not one.is_alive


def test_of_two_runs_of_one_second_each_has_a_dump_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, third = (run(tmp_path, identifier) for identifier in "abc")
    with runs.held(first), runs.held(second):
        pass
    with runs.held(third):
        assert [one.dump for one in (first, second, third)] == [
            "/project/dump/prod.dump",
            "/project/dump/prod-2.dump",
            "/project/dump/prod-3.dump",
        ]
    assert sorted(one.dump for one in runs.every(tmp_path)) == sorted(one.dump for one in (first, second, third))
    assert "Another run has the dump's name, so this one's is /project/dump/prod-2.dump." in capsys.readouterr().err


def test_a_run_that_is_resumed_or_follows_one_that_has_ended_keeps_its_dumps_name(tmp_path: Path) -> None:
    first, later = run(tmp_path, "a"), run(tmp_path, "b", "2026-04-25T09:00:00Z")
    for one in (first, later, first):
        with runs.held(one):
            assert one.dump == "/project/dump/prod.dump"


def test_the_unfinished_dump_of_a_run_that_goes_on_is_not_removed_with_one_of_its_name(tmp_path: Path) -> None:
    killed, going = run(tmp_path / "runs", "a"), run(tmp_path / "runs", "b", "2026-04-25T09:00:00Z")
    killed.dump = going.dump = str(tmp_path / "prod.dump")  # by --output
    part = parts.make(tmp_path / "prod.dump", as_folder=True)
    with runs.held(going):
        killed.remove_unfinished()
        assert part.exists()
    killed.remove_unfinished()
    assert not part.exists()


def test_a_killed_run_is_not_alive_though_its_lock_is_there(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, sys\nfrom clonekit import runs\n"
        "one = runs.Run('r', 's', '2026-04-24T09:38:39Z', 'd', pathlib.Path(sys.argv[1]))\n"
        "with runs.held(one): os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False).returncode == -9
    assert (tmp_path / "r.lock").exists()
    assert [one.is_alive for one in runs.every(tmp_path)] == [False]


def test_what_can_not_be_written_down_is_not_begun(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    one = Run("r", "s", "2026-04-24T09:38:39Z", "d", tmp_path / "runs")
    with pytest.raises(DumpError, match="can't be recorded"), runs.held(one):
        raise AssertionError


def test_a_record_that_can_not_be_updated_does_not_stop_the_cleaning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = Run("r", "s", "2026-04-24T09:38:39Z", "d", tmp_path / "gone")
    one.set("throwaway", "x", runs.GONE)
    assert "can't be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"kind": "spare", "pid": 1}', '{"kind": "clone"}', '{"kind": "clone", "id": 1}', "[" * 100_000],
)
def test_what_is_no_record_is_passed_over(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(text)
    assert runs.every(tmp_path) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
FIELDS = ["kind", "id", "source", "started", "dump", "state", "said", "made", "steps", "snapshot", "snapshot_at"]


@given(st.dictionaries(st.sampled_from(FIELDS), JSON | st.just("clone") | st.just("2026-04-24T09:38:39Z")))
def test_any_json_is_a_run_or_a_value_error(told: dict[str, object]) -> None:
    try:
        found = runs.parse(json.dumps(told), Path())
    except ValueError:
        return
    assert isinstance(found.left, list)
    assert found.has_done(runs.DUMPED) in (True, False)


@given(st.text())
def test_any_text_is_a_run_or_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"record|\(char [0-9]+\)$"):
        runs.parse(text, Path())


HOSTILE = ["../../package", "..", "a/b", "/etc/x", "a\0", "a\n", "", "-f", "a.b"]


@pytest.mark.parametrize("identifier", HOSTILE)
def test_a_record_can_not_name_a_file_outside_its_folder(identifier: str, tmp_path: Path) -> None:
    folder, outside = tmp_path / "a" / "runs", tmp_path / "package.json"
    outside.write_text("precious")
    folder.mkdir(parents=True)
    one = run(folder)
    one.id = identifier
    (folder / "x.json").write_text(json.dumps({"kind": "clone", **asdict(one)}, default=str))
    for found in runs.every(folder):
        found.end(runs.FAILED)
    assert outside.read_text() == "precious"
    assert runs.every(folder) == []


def test_a_record_under_another_records_name_is_passed_over(tmp_path: Path) -> None:
    run(tmp_path).save()
    (tmp_path / "0123456789abcdef.json").rename(tmp_path / "fedcba9876543210.json")
    assert runs.every(tmp_path) == []


@given(st.text(st.sampled_from("ab./*?[]~- \n")))
def test_tidying_up_a_killed_run_removes_nothing_but_its_own_unfinished_dump(dump: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name, "dump")
        folder.mkdir()
        precious = [folder / f"{each}{end}" for each in ("a", "b", ".a", "a.x") for end in ("", ".part", ".json.part")]
        for path in (*precious, folder / "prod.dump.x1_y2z3w.part"):
            path.write_text("precious")
        with suppress(ValueError):
            found = runs.parse(
                json.dumps({"kind": "clone", **asdict(run(folder)), "dump": f"{folder}/{dump}"}, default=str), folder
            )
            parts.remove_unfinished(Path(found.dump))
        assert all(path.exists() for path in precious)
        parts.remove_unfinished(folder / "prod.dump")
        assert sorted(folder.iterdir()) == sorted(precious)


def test_the_runs_are_shown_with_what_they_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = run(tmp_path)
    one.ask("throwaway", "x-clone-1")
    runs.show(tmp_path, as_json=True)
    told = json.loads(capsys.readouterr().out)[0]
    assert (told["state"], told["left"]) == ("killed", ["throwaway x-clone-1"])


def test_a_dump_is_shown_where_there_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = replace(run(tmp_path), dump=str(tmp_path / "prod.dump"))
    one.save()
    for made in (False, True):
        if made:
            Path(one.dump).mkdir()
        runs.show(tmp_path, as_json=True)
        assert json.loads(capsys.readouterr().out)[0]["dump"] == (one.dump if made else "")


def test_what_is_too_long_for_a_column_is_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    with output.table("Paths", ["path", "other"]) as rows:
        rows.append(["x" * 300, "y"])
    assert capsys.readouterr().out.count("x") == 300


def test_the_making_of_spares_is_shown_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = {"id": "spare-1", "kind": "spare", "pid": 1, "database": "orcha_prod_clone", "started": "x", "state": "done"}
    (tmp_path / "spare-1.json").write_text(json.dumps(said))
    (tmp_path / "spare-2.json").write_text("[]")
    (tmp_path / "spare-3.json").write_text("{")
    runs.show(tmp_path, as_json=True)
    assert [one["database"] for one in json.loads(capsys.readouterr().out)] == ["orcha_prod_clone"]
    runs.show(tmp_path, as_json=False)
    assert "spare-1" in capsys.readouterr().out
