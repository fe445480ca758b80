"""Child processes: run one to its end, and end its whole group when we are told to stop."""

import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

from clonekit.errors import ClientError, NoRoomError
from clonekit.interrupts import held

_ANY_EXIT_CODE = range(-64, 256)
_POLL_SECONDS = 0.1
_FIRST_POLL_SECONDS, _SLOWER = 0.002, 1.2  # most children end at once: they are looked after more often at first
_GRACE_SECONDS = 5.0


class Call(NamedTuple):
    """A command line, its whole environment, and its standard input."""

    argv: Sequence[str]
    environ: Mapping[str, str]
    stdin: str = ""


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

    Secrets belong in `environ`: arguments are visible to every user of the machine. What it writes is private.
    `on_error_line` gets each line of stderr as it comes (in another thread), `on_tick` is called in this one, ten times
    a second and more often at first.
    """
    import sh

    logging.getLogger("sh").setLevel(logging.INFO)  # its debug log (`inv -d`) holds what the children read and print
    errors: list[str] = []

    def collect(line: str) -> None:
        errors.append(line)
        if on_error_line:
            on_error_line(line.rstrip("\n"))

    options: dict[str, Any] = {"_bg": True, "_bg_exc": False, "_new_session": True, "_tty_out": False}
    options |= {"_env": dict(environ), "_ok_code": _ANY_EXIT_CODE, "_decode_errors": "replace", "_err": collect}
    options["_preexec_fn"] = partial(os.umask, 0o077)
    child: Any = None
    pause = _FIRST_POLL_SECONDS
    try:
        with held():
            child = sh.Command(argv[0])(*argv[1:], _in=stdin if stdin is not None else "", **options)
        while child.process.is_alive()[0]:
            if on_tick:
                on_tick()
            time.sleep(pause)
            pause = min(pause * _SLOWER, _POLL_SECONDS)
        if child.process.exit_code < 0:
            _kill(child.pid)  # a pg_dump that was killed leaves its jobs at work, and they keep its output open
        child.wait()
    except (sh.CommandNotFound, sh.ForkException):
        raise ClientError(f"{argv[0]} can't be run on this machine.") from None
    except BaseException:
        if child is not None:
            end_group(child.pid, lambda: child.process.is_alive()[0])
        raise
    return Finished(child.exit_code, child.stdout.decode("utf-8", "replace"), "".join(errors))


@contextmanager
def together(calls: Sequence[Call], on_tick: Callable[[], None] | None = None) -> Iterator[Iterator[Finished]]:
    """Run several command lines at once and yield how each ended, in their order, as soon as it has.

    Their input and output go through files, so that none waits for us. Those that still run at the end are ended.
    """
    with ExitStack() as stack:
        started = [_started(call, stack) for call in calls]
        yield (Finished(_waited(child, on_tick), _read(out), _read(err)) for child, out, err in started)


def run_together(calls: Sequence[Call]) -> list[Finished]:
    """Run several command lines at once and wait for all."""
    with together(calls) as finished:
        return list(finished)


def ended(argv: Sequence[str], environ: Mapping[str, str], on_tick: Callable[[], None] | None = None) -> Finished:
    """Run one command line to its end, as `together` does; unlike `run` it may be called beside other threads.

    `on_tick` is called now and then while it runs, and may raise.
    """
    with together([Call(argv, environ)], on_tick) as finished:
        return next(finished)


def start_apart(module: str, *arguments: str, environ: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """Start one of our modules as a process that outlives this one and whose output nobody reads."""
    quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    argv, cwd = [sys.executable, "-m", module, *arguments], Path(__file__).parents[1]
    with held():
        return subprocess.Popen(argv, cwd=cwd, env=environ, start_new_session=True, **quiet)


def _waited(child: "subprocess.Popen[bytes]", on_tick: Callable[[], None] | None) -> int:
    while on_tick:
        on_tick()
        with suppress(subprocess.TimeoutExpired):
            return child.wait(_POLL_SECONDS)
    return child.wait()


def _started(call: Call, stack: ExitStack) -> "tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]":
    try:
        given, out, err = (_temporary(stack) for _ in range(3))
        given.write(call.stdin.encode("utf-8", "surrogateescape"))
        given.seek(0)
        out.write(b"?")  # on a full disk a program would seem to answer nothing
        out.seek(0)
        out.truncate()
    except OSError as error:
        raise NoRoomError(
            f"No temporary file can be written for {call.argv[0]}: {error.strerror}. "
            "Make room there, or set TMPDIR to a folder that has some."
        ) from None
    try:
        with held():
            child = subprocess.Popen(
                call.argv, env=call.environ, stdin=given, stdout=out, stderr=err, start_new_session=True
            )
            stack.callback(_end_if_alive, child)
    except OSError:
        raise ClientError(f"{call.argv[0]} can't be run on this machine.") from None
    return child, out, err


def _temporary(stack: ExitStack) -> IO[bytes]:
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    stack.callback(_close, file)
    return file


def _close(file: IO[bytes]) -> None:
    with suppress(OSError):  # what a full disk did not take it is given once more
        file.close()


def _end_if_alive(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        end_group(child.pid, lambda: child.poll() is None)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "surrogateescape")


def end_group(group: int, is_alive: Callable[[], bool], first: signal.Signals = signal.SIGTERM) -> None:
    """Ask a process group to end with `first`; kill what is left of it when its leader has, or after five seconds."""
    for signum in (first, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(group, signum)
        deadline = time.monotonic() + _GRACE_SECONDS
        while is_alive() and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        if not is_alive():
            break
    _kill(group)


def _kill(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # on macOS a group of zombies refuses
        os.killpg(group, signal.SIGKILL)
