"""Child processes: run one to its end, and end its whole group when we are told to stop."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import IO, Any

from clonekit.errors import ClientError
from clonekit.interrupts import held

_ANY_EXIT_CODE = range(-64, 256)
_POLL_SECONDS = 0.1
_GRACE_SECONDS = 5.0


@dataclass(frozen=True)
class Finished:
    """How a child ended: its exit code (negative: the signal that ended it) and what it wrote."""

    code: int
    stdout: str
    stderr: str


def run(
    argv: Sequence[str],
    environ: Mapping[str, str],
    *,
    stdin: str | Iterable[bytes] | None = None,
    on_error_line: Callable[[str], None] | None = None,
    on_tick: Callable[[], None] | None = None,
) -> Finished:
    """Run `argv` to its end in a session of its own; whatever its exit code, it is returned, not raised.

    Secrets belong in `environ`: arguments are visible to every user of the machine. `on_error_line` gets each
    line of stderr as it comes (in another thread), `on_tick` is called ten times a second in this one.
    """
    import sh

    errors: list[str] = []

    def collect(line: str) -> None:
        errors.append(line)
        if on_error_line:
            on_error_line(line.rstrip("\n"))

    options: dict[str, Any] = {"_bg": True, "_bg_exc": False, "_new_session": True, "_tty_out": False}
    options |= {"_env": dict(environ), "_ok_code": _ANY_EXIT_CODE, "_decode_errors": "replace", "_err": collect}
    child: Any = None
    try:
        with held():
            child = sh.Command(argv[0])(*argv[1:], _in=stdin if stdin is not None else "", **options)
        while child.process.is_alive()[0]:
            if on_tick:
                on_tick()
            time.sleep(_POLL_SECONDS)
        child.wait()
    except (sh.CommandNotFound, sh.ForkException):
        raise ClientError(f"{argv[0]} can't be run on this machine.") from None
    except BaseException:
        if child is not None:
            end_group(child.pid, lambda: child.process.is_alive()[0])
        raise
    return Finished(child.exit_code, child.stdout.decode("utf-8", "replace"), "".join(errors))


def run_together(calls: Sequence[tuple[Sequence[str], Mapping[str, str]]]) -> list[Finished]:
    """Run several command lines at once, each with its environment, and wait for all.

    Their output goes through files, so that none waits for us.
    """
    with ExitStack() as stack:
        started = []
        for argv, environ in calls:
            out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(2))
            child = subprocess.Popen(
                argv, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
            )
            stack.callback(_end_if_alive, child)
            started.append((child, out, err))
        return [Finished(child.wait(), _read(out), _read(err)) for child, out, err in started]


def _end_if_alive(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        end_group(child.pid, lambda: child.poll() is None)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "surrogateescape")


def end_group(group: int, is_alive: Callable[[], bool], first: signal.Signals = signal.SIGTERM) -> None:
    """Ask a process group to end with `first`, and kill it if it is still there after five seconds."""
    for signum in (first, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(group, signum)
        deadline = time.monotonic() + _GRACE_SECONDS
        while is_alive() and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        if not is_alive():
            return
