"""What was seen of a migration, as its report has it. Pure. Times are in seconds."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from clonekit.rehearsal import serverlog
from clonekit.rehearsal.serverlog import Sent

MACHINE = "Times are this machine's; production's differ with its hardware and load, and with who holds locks there."
LARGE_BYTES = 10_000_000  # from there on it is worth a word that a whole table was read, or has grown


@dataclass
class Statement:
    """What was sent at once: a statement, or a script of several; `at` since the migration began."""

    number: int
    transaction: int
    at: float
    seconds: float
    text: str
    parts: int


@dataclass
class Table:
    """What happened to a table that was there before; `statement` is the number of the one that took the lock."""

    name: str
    was: str | None
    is_view: bool
    rows: int | None
    lock: str | None  # the strongest
    held: float
    locks: dict[str, float]  # each mode that was seen: for how long it was held
    blocks: str | None
    reads_blocked: float
    writes_blocked: float
    statement: int | None
    dropped: bool
    rewritten: bool
    emptied: bool
    bytes: int
    growth: int
    scans: int
    rows_scanned: int
    says: str = ""


@dataclass
class Index:
    """An index that was built on a table that was there before, or built again."""

    name: str
    table: str
    rows: int | None
    bytes: int
    rebuilt: bool
    says: str = ""


@dataclass
class Failure:
    """The last error; `like_it` rows break the rule that it broke, in `keys` groups if each must be unique."""

    sqlstate: str
    message: str
    statement: str
    like_it: int | None = None
    keys: int | None = None
    row: str | None = None  # only if values were asked for
    says: str = ""


@dataclass
class Observation:
    """What was seen of a migration; holds no data of the database unless values were asked for."""

    began: str | None = None
    seconds: float = 0.0
    statement_count: int = 0
    statement_seconds: float = 0.0
    transaction_count: int = 0
    statements: list[Statement] = field(default_factory=list)  # the slowest and those that tables name
    tables: list[Table] = field(default_factory=list)  # what would hurt most comes first
    indexes: list[Index] = field(default_factory=list)
    bytes_before: int | None = None
    bytes_after: int | None = None
    wal_bytes: int | None = None
    failure: Failure | None = None
    limits: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return it as `json.dumps` takes it."""
        return asdict(self)


def statements(
    sent: Sequence[Sent], began: float, slowest: int, named: Collection[int | None], *, show_values: bool
) -> list[Statement]:
    """Return the slowest of what was sent and those with a number in `named`, in its order, numbered among all."""
    ordered = sorted(enumerate(sent, 1), key=lambda pair: pair[1].start - pair[1].end)
    chosen = ordered[:slowest] + [pair for pair in ordered[slowest:] if pair[0] in named]
    return [
        Statement(
            number,
            each.transaction,
            round(each.start - began, 3),
            round(each.end - each.start, 3),
            each.text if show_values else serverlog.masked(each.text),
            len(serverlog.parts(each.text)),
        )
        for number, each in sorted(chosen, key=lambda pair: pair[0])
    ]


def hurt(table: Table) -> tuple[float, float, int]:
    """Return how much what happened to a table would hurt, to sort by: for how long it blocks how many rows."""
    blocked = table.reads_blocked + table.writes_blocked  # a lock that blocks reads counts twice: it blocks both
    return blocked * max(table.rows or 0, 1), table.held if blocked else 0.0, table.bytes if table.rewritten else 0
