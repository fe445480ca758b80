"""The command line as invoke reads it, made to behave as its users expect: usage errors exit 2, `--a`, `-y`, pipes."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from invoke.collection import Collection
from invoke.config import AmbiguousMergeError, Config
from invoke.env import Environment
from invoke.exceptions import Exit, ParseError, UncastableEnvVar
from invoke.parser.context import ParserContext
from invoke.parser.parser import Parser
from invoke.program import Program

from clonekit.errors import UsageError
from clonekit.hiding import hidden
from clonekit.names import printable

_Method = Callable[..., Any]
_Errors = tuple[type[Exception], ...]

_HOW = " What there is: inv --list, and of one task: inv --help db.load-clone"


def adapt() -> None:
    """Replace what invoke does otherwise; to be called once, at the top of a tasks file.

    invoke has made its own objects before it looks into that file, so that a subclass would never be asked.
    """
    logging.getLogger("invoke").addFilter(_hide)  # `inv -d` prints each argument
    for owner, method, errors, tell in _USAGE:
        setattr(owner, method, _exit_2_on(getattr(owner, method), errors, tell))
    Program.parse_cleanup = _for_whoever_reads(Program.parse_cleanup)  # type: ignore[method-assign]
    Environment._cast = _or_text(Environment._cast)  # type: ignore[method-assign]
    Collection.to_contexts = _with_aliases(Collection.to_contexts)  # type: ignore[method-assign]


def shown(text: str) -> str:
    """Return what may be printed of a text: no password that was typed, nothing that drives the terminal."""
    return printable(hidden(text, sys.argv))


def seen_enough() -> Exit:
    """Return how to end when whoever read our output has gone; nothing is written to them any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit(code=128 + signal.SIGPIPE)


def _hide(record: logging.LogRecord) -> bool:
    record.msg, record.args = shown(record.getMessage()), ()
    return True


def _exit_2_on(method: _Method, errors: _Errors, tell: str) -> _Method:
    """Let errors end in one line and with the exit code for wrong usage; invoke's own is 1: "schemas differ"."""

    @wraps(method)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except Exit:
            raise
        except errors as error:
            raise Exit(f"Error: {tell.format(' '.join(shown(str(error)).split()))}", UsageError.exit_code) from None

    return guarded


def _for_whoever_reads(method: _Method) -> _Method:
    """Let `inv --list | head` end as any program does: invoke would show a traceback."""

    @wraps(method)
    def flushed(self: Program) -> None:
        try:
            try:
                method(self)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            raise seen_enough() from None

    return flushed


def _or_text(method: _Method) -> _Method:
    """Leave a variable that is not of the type of invoke.yaml's value to `settings.read`, which names the key."""

    @wraps(method)
    def cast(self: Environment, old: Any, new: str) -> Any:
        try:
            return method(self, old, new)
        except (ValueError, UncastableEnvVar):
            return new

    return cast


def _with_aliases(method: _Method) -> _Method:
    """Let `--a` mean `-a`, and `-y` mean `--yes`: invoke knows one spelling of each."""

    @wraps(method)
    def contexts(self: Collection, ignore_unknown_help: bool | None = None) -> list[ParserContext]:
        found: list[ParserContext] = method(self, ignore_unknown_help)
        for context in found:
            aliases = {f"-{flag}": flag for flag in context.flags if len(flag) == len("-a")}
            aliases |= {"-y": "--yes"} if "--yes" in context.flags else {}
            for alias, flag in aliases.items():
                context.flags.alias(alias, to=flag)  # type: ignore[no-untyped-call]
        return found

    return contexts


_UNREADABLE = "invoke.yaml can't be used: "
_NO_SECTIONS = f"{_UNREADABLE}it must hold sections, and a section keys; leave out one that has none."
_USAGE: Sequence[tuple[type[Any], str, _Errors, str]] = (
    (Parser, "parse_argv", (ParseError,), f"{{}}{_HOW}"),
    (Program, "parse_cleanup", (ParseError,), f"{{}}{_HOW}"),
    (Config, "merge", (AmbiguousMergeError, AttributeError), _NO_SECTIONS),
    (Config, "load_project", (Exception,), f"{_UNREADABLE}{{}}"),
)
