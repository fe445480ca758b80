"""Child processes: run to their end, or ended with all that they started."""

import logging
import os
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import pytest

from clonekit.errors import ClientError, Interrupted, NoRoomError
from clonekit.processes import Call, end_group, run, run_together, together
from tests.waiting import ended, ended_early, until


def sh(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def test_output_error_and_exit_code_come_back() -> None:
    finished = run(sh("echo out; echo err >&2; exit 7"), os.environ)
    assert (finished.stdout, finished.stderr, finished.code) == ("out\n", "err\n", 7)


def test_a_signal_is_a_negative_exit_code() -> None:
    assert run(sh("kill -9 $$"), os.environ).code == -signal.SIGKILL


def test_arguments_arrive_as_they_are() -> None:
    words = ["", "a b", "*", "$HOME", "'\"\\", "--x=y", "ünïcøde", "a\nb"]
    finished = run([sys.executable, "-c", "import sys; print(ascii(sys.argv[1:]))", *words], os.environ)
    assert finished.stdout == f"{words!a}\n"


def test_the_environment_is_the_given_one_only() -> None:
    assert run(["/usr/bin/env"], {"ONLY": "this"}).stdout == "ONLY=this\n"


def test_standard_input_is_the_given_text() -> None:
    assert run(["/bin/cat"], os.environ, stdin="given").stdout == "given"


def test_standard_input_is_empty_by_default() -> None:
    assert run(["/bin/cat"], os.environ).stdout == ""


def test_bytes_that_are_no_text_do_not_hurt() -> None:
    assert run(sh(r"printf 'a\377b'"), os.environ).stdout == "a\ufffdb"


def test_lines_of_stderr_come_one_by_one() -> None:
    lines: list[str] = []
    run(sh("echo a >&2; echo b >&2"), os.environ, on_error_line=lines.append)
    assert lines == ["a", "b"]


def test_a_debug_log_of_everything_holds_nothing_that_was_read_or_printed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sh").setLevel(logging.NOTSET)  # as if nobody had quietened it yet
    assert run(["/bin/cat"], os.environ, stdin=[b"Ada Lovelace\n"]).stdout == "Ada Lovelace\n"
    assert "/bin/cat" in caplog.text
    assert "Ada" not in caplog.text


def test_ticks_come_while_it_runs(tmp_path: Path) -> None:
    waiting = f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done"
    run(sh(waiting), os.environ, on_tick=(tmp_path / "go").touch)


def test_an_interruption_ends_the_child_and_its_grandchild(tmp_path: Path) -> None:
    pids = tmp_path / "pids"

    def interrupt_when_both_run() -> None:
        if pids.exists() and pids.read_text().count("\n") == 2:
            raise Interrupted(15)

    with pytest.raises(Interrupted):
        run(sh(f"sleep 60 & printf '%s\\n%s\\n' $$ $! > {pids}; wait"), os.environ, on_tick=interrupt_when_both_run)
    until(lambda: ended(pids))


def test_a_child_that_ignores_the_polite_signal_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clonekit.processes._GRACE_SECONDS", 0.2)
    file = tmp_path / "pid"

    def interrupt_when_it_runs() -> None:
        if file.exists() and file.read_text().endswith("\n"):
            raise Interrupted(15)

    script = f"trap '' TERM; echo $$ > {file}; while :; do sleep 0.05; done"
    with pytest.raises(Interrupted):
        run(sh(script), os.environ, on_tick=interrupt_when_it_runs)
    until(lambda: ended(file))


def test_ending_a_group_that_is_gone_is_fine() -> None:
    ended = subprocess.Popen(["/bin/true"], start_new_session=True)
    ended.wait()
    end_group(ended.pid, lambda: False)


def test_several_run_at_once(tmp_path: Path) -> None:
    meet = "touch {0}/{1}; while [ ! -e {0}/{2} ]; do sleep 0.02; done; echo {1}"
    here = [sh(meet.format(tmp_path, one, other)) for one, other in ("ab", "ba")]
    both = run_together([Call(argv, os.environ) for argv in here])
    assert [finished.stdout for finished in both] == ["a\n", "b\n"]


def test_several_keep_their_own_results() -> None:
    both = run_together([Call(sh("echo x; exit 3"), os.environ), Call(sh("echo y >&2"), os.environ)])
    assert [(one.code, one.stdout, one.stderr) for one in both] == [(3, "x\n", ""), (0, "", "y\n")]


def test_each_has_its_own_environment() -> None:
    both = run_together([Call(["/usr/bin/env"], {"A": "1"}), Call(["/usr/bin/env"], {"B": "2"})])
    assert [one.stdout for one in both] == ["A=1\n", "B=2\n"]


def test_one_that_can_not_be_started_ends_the_others(tmp_path: Path) -> None:
    started = sh(f"echo $$ > {tmp_path}/pid; exec sleep 60")
    with pytest.raises(ClientError, match="/no/such/program can't be run"):
        run_together([Call(started, os.environ), Call(["/no/such/program"], os.environ)])
    until(lambda: ended_early(tmp_path / "pid"))


@pytest.mark.parametrize("given", ["", "x" * 100_000])
def test_a_full_disk_is_no_answer_of_a_program(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", partial(open, "/dev/full", "w+b"))
    with pytest.raises(NoRoomError, match=r"No temporary file .* /bin/cat: No space left on device\. Make room there"):
        run_together([Call(["/bin/cat"], {}, given)])


def test_each_has_its_own_input() -> None:
    both = run_together([Call(["/bin/cat"], {}, "one"), Call(["/bin/cat"], {})])
    assert [one.stdout for one in both] == ["one", ""]


def test_the_first_result_is_there_while_another_still_runs(tmp_path: Path) -> None:
    waits = sh(f"while [ ! -e {tmp_path}/go ]; do sleep 0.02; done; echo late")
    with together([Call(sh("echo early"), os.environ), Call(waits, os.environ)]) as finished:
        assert next(finished).stdout == "early\n"
        (tmp_path / "go").touch()
        assert next(finished).stdout == "late\n"


def test_those_that_nobody_waited_for_are_ended(tmp_path: Path) -> None:
    waits = sh(f"echo $$ > {tmp_path}/pid.part; mv {tmp_path}/pid.part {tmp_path}/pid; exec sleep 60")
    knows = sh(f"while [ ! -e {tmp_path}/pid ]; do sleep 0.02; done")
    with together([Call(knows, os.environ), Call(waits, os.environ)]) as finished:
        next(finished)
    until(lambda: ended(tmp_path / "pid"))
