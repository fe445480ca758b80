"""What a server's log says of the statements it ran: who sent them, when, in which transaction, how they failed. Pure.

The log is read as `embedded` has it written, with its `LOG_PREFIX`. Lines that go on begin with a tab, so no text that
a client sends can pass for an entry. https://www.postgresql.org/docs/18/runtime-config-logging.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from clonekit.postgres import sqltext

SHORTEST_MS = 1
# What the sessions of an observed database are to log, without parameters: what changes the schema when it begins, and
# the duration of all but the shortest at their end. To log a million of those would slow down what is measured.
SETTINGS = {
    "log_min_duration_statement": f"{SHORTEST_MS}ms",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "ddl",
    "log_min_error_statement": "error",
    "log_error_verbosity": "default",
    "log_min_messages": "warning",
}
_ENTRY = re.compile(
    r"^[^\[\n]*\[(?P<pid>\d+)\] (?P<at>\d+\.\d+) (?P<transaction>\d+/\d+) (?P<state>\w{5}) (?P<database>[^\n]*?): "
    r"(?P<severity>[A-Z]+):  (?P<text>.*(?:\n\t.*)*)",
    re.MULTILINE,
)
_MORE = ("DETAIL", "HINT", "QUERY", "CONTEXT", "STATEMENT")
_BEGINS = re.compile(r"(?:statement|execute)[^:]*: (.*)", re.DOTALL)
_DURATION = re.compile(r"duration: (\d+\.\d+) ms(?:  (statement|parse|bind|execute)[^:]*: (.*))?", re.DOTALL)
_BREATH = 0.01  # seconds, between what is parsed, bound and executed in one go
_AT_CHARACTER = re.compile(r" at character (\d+)\Z")
_ENDS = re.compile(r"(?ai)\s*(COMMIT|ROLLBACK|END|ABORT|PREPARE\s+TRANSACTION)\b(?!\s+TO\b)")
_FIRST = "CALL|COPY|DECLARE|DELETE|EXECUTE|EXPLAIN|FETCH|INSERT|MERGE|SELECT|SET|UPDATE|VALUES|WITH"
_HANDLES_DATA = re.compile(rf"(?ai)[\s(]*(?:{_FIRST})\b|[\s\S]*\b(?:SELECT|VALUES|WHERE)\b")
_CHANGES_ROWS = re.compile(r"(?ai)[\s(]*(?:COPY|DELETE|INSERT|MERGE|UPDATE)\b")
_CHANGES_SCHEMA = re.compile(r"(?ai)\b(?:ALTER|CREATE)\s")
_QUOTED = re.compile(r'".*"|(?<=: )[^"].*', re.DOTALL)  # or what follows a colon without quotes
_SAFE_CLASSES = {"0A", "22", "23", "25", "2B", "3F", "40", "42", "53", "54", "55", "57"}


@dataclass
class Error:
    """An error as the server logged it; `message` and `detail` may hold values."""

    sqlstate: str
    message: str
    position: int | None  # of the fault in the statement's text, from 1
    detail: str = ""
    context: str = ""


@dataclass
class Sent:
    """What a client sent at once, one statement or a script: from when to when (seconds since 1970), and its error."""

    pid: int
    start: float
    end: float
    transaction: int  # counted from 1
    text: str
    error: Error | None = None


def sent(log: str, database: str) -> list[Sent]:
    """Return what was sent to a database, in the log's order; what was parsed and bound is part of what is executed.

    It is whole but for statements shorter than `SHORTEST_MS` that change no schema.
    """
    reader = _Reader()
    for entry in _ENTRY.finditer(log):
        if entry["database"] == database:
            reader.read(entry)
    return reader.found


class _Reader:
    """The entries read so far."""

    def __init__(self) -> None:
        self.found: list[Sent] = []
        self._numbers = _Numbers()
        self._failed: Sent | None = None
        self._running: dict[int, Sent] = {}  # by session: what it said it begins, last
        self._begun: dict[int, tuple[float, float]] = {}  # from when to when a session has parsed and bound

    def read(self, entry: re.Match[str]) -> None:
        pid, at, text = int(entry["pid"]), float(entry["at"]), entry["text"].replace("\n\t", "\n")
        if entry["severity"] in _MORE:
            self._more(entry["severity"], text)
            return
        self._failed = None
        if entry["severity"] in ("ERROR", "FATAL", "PANIC"):
            number = self._numbers.of(pid, entry["transaction"], "")
            self._failed = Sent(pid, self._began(pid, at), at, number, "", _error(entry["state"], text))
            self.found.append(self._failed)
        elif timed := _DURATION.fullmatch(text):
            self._timed(pid, at, entry["transaction"], timed)
        elif begins := _BEGINS.fullmatch(text):
            number = self._numbers.of(pid, entry["transaction"], "")
            self._running[pid] = Sent(pid, self._began(pid, at), at, number, begins[1])
            self.found.append(self._running[pid])

    def _timed(self, pid: int, at: float, transaction: str, timed: re.Match[str]) -> None:
        start = self._began(pid, at - float(timed[1]) / 1000)
        if timed[2] in ("parse", "bind"):
            self._begun[pid] = start, at
        elif timed[2]:
            self.found.append(Sent(pid, start, at, self._numbers.of(pid, transaction, timed[3]), timed[3]))
        elif running := self._running.pop(pid, None):
            running.end = at

    def _began(self, pid: int, moment: float) -> float:
        """Return when what a session does at a moment began: that may have been parsed and bound just before."""
        start, end = self._begun.pop(pid, (moment, moment))
        return start if moment - end < _BREATH else moment

    def _more(self, severity: str, text: str) -> None:
        failed = self._failed
        if not failed or not failed.error:
            return
        if severity == "STATEMENT":
            failed.text = text
            running = self._running.pop(failed.pid, None)
            if running and running.text == text:
                failed.start = running.start
                self.found.remove(running)
        elif severity == "DETAIL":
            failed.error.detail = text
        elif severity == "CONTEXT":
            failed.error.context = text


def _error(state: str, text: str) -> Error:
    where = _AT_CHARACTER.search(text)
    return Error(state, text[: where.start()], int(where[1])) if where else Error(state, text, None)


class _Numbers:
    """Transactions counted. A statement that ended its transaction is logged with the local number 0."""

    def __init__(self) -> None:
        self.last = 0
        self.open: dict[int, tuple[str, int]] = {}

    def of(self, pid: int, transaction: str, text: str) -> int:
        known = self.open.get(pid)
        ended = transaction.endswith("/0")
        if known and (known[0] == transaction or (ended and _ENDS.match(text))):
            number = known[1]
        else:
            self.last = number = self.last + 1
        if ended:
            self.open.pop(pid, None)
        else:
            self.open[pid] = transaction, number
        return number


def parts(text: str) -> list[str]:
    """Return the statements of a script without what is between them.

    >>> parts("SELECT 1; -- one"), parts("SELECT 'a")
    (['SELECT 1'], ["SELECT 'a"])
    """
    closed = f"{text}\n;"  # on a line of its own, for a comment may be last
    try:
        found = [closed[start:end].removesuffix(";").rstrip() for start, end in sqltext.statements(closed)]
    except ValueError:
        return [text]
    return [part for part in found if part]


def changes_schema(text: str) -> bool:
    """Return whether a statement, or one of a script, may change the schema."""
    return bool(_CHANGES_SCHEMA.search(text))


def changes_rows(text: str) -> bool:
    """Return whether a statement by itself only changes rows, and so locks no whole table against others."""
    return bool(_CHANGES_ROWS.match(text))


def failing(sent: Sent) -> str:
    """Return the statement of a script at which the server says it failed; the whole script if it does not say."""
    position = sent.error.position if sent.error else None
    if position is None:
        return sent.text
    after = 0
    for part in parts(sent.text):
        after = sent.text.find(part, after) + len(part)
        if after >= position:
            return part
    return sent.text


def masked(text: str, most: int = 2000) -> str:
    """Return a statement, or script, without its literals and comments, on one line and of at most so many characters.

    Numbers stay where no data are handled: in `varchar(10)` they are not values. A text that ends inside a literal or
    comment, as a truncated one may, ends where that begins.

    >>> masked("ALTER TABLE a ADD b varchar(10) DEFAULT 'x'"), masked("SELECT 1 -- me")
    ("ALTER TABLE a ADD b varchar(10) DEFAULT '…'", 'SELECT ?')
    """
    whole = "; ".join("".join(_masked(part)).strip() for part in parts(text))
    return whole if len(whole) <= most else f"{whole[:most]}…"


def _masked(text: str) -> Iterator[str]:
    handles_data = bool(_HANDLES_DATA.match(text.lstrip("\n")))
    before = ""
    for token in sqltext.tokens(text):
        opens = token in ("'", '"') or (before == "/" and token == "*") or (before == "$" and not token.isdigit())
        if opens:
            yield "…"
            return
        if token.isspace() or token.startswith(("--", "/*")):
            yield " " if not before.isspace() else ""
            token = " "  # noqa: PLW2901
        elif token[0] in "'$" and len(token) > 1:
            yield "'…'" if token[0] == "'" else "$$…$$"
        elif token[:2] in ("E'", "e'"):
            yield "'…'"
        elif handles_data and before.isdigit() and re.match(r"\w", token):
            continue  # the rest of a number such as 0x1F
        else:
            yield "?" if token.isdigit() and handles_data and before != "$" else token
        before = token


def said(error: Error) -> str:
    """Return an error's message without values: PostgreSQL's own quote them, and a database's own code may say any.

    >>> said(Error("22P02", 'invalid input syntax for type integer: "a"', None))
    'invalid input syntax for type integer: "…"'
    """
    group, calls = error.sqlstate[:2], error.context.split("\n")
    named_by_values = group in ("42", "3F") and any(call.endswith(" at EXECUTE") for call in calls)
    if group not in _SAFE_CLASSES or calls[0].endswith(" at RAISE") or named_by_values:
        return "an error of the database's own code, whose text may hold values"
    if group == "22" or error.sqlstate == "42601":
        return _QUOTED.sub(lambda found: '"…"' if found[0][0] == '"' else "…", error.message)
    return error.message
