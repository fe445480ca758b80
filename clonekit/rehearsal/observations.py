"""What a migration did to a database, and how that is said to those who run production. Pure. Times are in seconds."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from clonekit import names
from clonekit.postgres import sqltext
from clonekit.rehearsal import serverlog
from clonekit.rehearsal.samples import MODES, Hold, Timeline
from clonekit.rehearsal.serverlog import Sent

MACHINE = "Times are this machine's; production's differ with its hardware and load, and with who holds locks there."
# What nobody else can do while the lock is held, by the conflicts of each mode:
# https://www.postgresql.org/docs/18/explicit-locking.html#LOCKING-TABLES
BLOCKS = {
    "ACCESS SHARE": "blocks neither reads nor writes",
    "ROW SHARE": "blocks no reads, and writes only to the rows it locked",
    "ROW EXCLUSIVE": "blocks no reads, and writes only to the rows it changed",
    "SHARE UPDATE EXCLUSIVE": "blocks neither reads nor writes, but VACUUM and other changes of the schema",
    "SHARE": "blocks writes",
    "SHARE ROW EXCLUSIVE": "blocks writes",
    "EXCLUSIVE": "blocks writes and SELECT ... FOR UPDATE",
    "ACCESS EXCLUSIVE": "blocks reads and writes",
}
_WRITES, _READS = MODES.index("SHARE"), MODES.index("ACCESS EXCLUSIVE")
_LARGE_BYTES = 10_000_000  # from there on it is worth a word that a whole table was read
_THOUSAND, _TEN = 1000, 10


@dataclass
class Relation:
    """A table, view or index as the catalogs know it."""

    oid: int
    schema: str
    name: str
    kind: str  # pg_class.relkind
    table: int  # of an index
    file: int
    rows: int  # as PostgreSQL estimates; below 0: unknown
    heap: int  # bytes
    bytes: int  # with indexes and TOAST
    scans: int
    scanned: int

    @property
    def label(self) -> str:
        """Its name as a reader knows it."""
        return self.name if self.schema == "public" else f"{self.schema}.{self.name}"

    @property
    def is_index(self) -> bool:
        """Whether it is the index of a table."""
        return self.kind in ("i", "I")


@dataclass
class State:
    """A database at one moment."""

    relations: dict[int, Relation]
    bytes: int
    wal: int  # bytes that the whole server ever wrote


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


def tables(before: State, after: State, holds: Sequence[Hold], sent: Sequence[Sent]) -> list[Table]:
    """Return the tables that were there before and were locked, rewritten or read whole, what would hurt most first."""
    timeline, by_table = Timeline(sent), dict[int, list[Hold]]()
    for hold in holds:
        relation = before.relations.get(hold.relation)
        if relation and not relation.is_index:
            by_table.setdefault(relation.oid, []).append(hold)
        elif relation and _READS in hold.modes:  # whoever reads the table opens its indexes, too
            locked = Hold(hold.pid, relation.table, {_READS: hold.modes[_READS]}, hold.seen, hold.gone)
            by_table.setdefault(relation.table, []).append(locked)
    all_tables = [
        _table(old, after.relations.get(oid), by_table.get(oid, []), timeline)
        for oid, old in before.relations.items()
        if not old.is_index
    ]
    found = [table for table in all_tables if table.lock or table.rewritten or table.emptied or table.scans]
    return sorted(found, key=hurt, reverse=True)


def hurt(table: Table) -> tuple[float, float, int]:
    """Return how much what happened to a table would hurt, to sort by: for how long it blocks how many rows."""
    blocked = table.reads_blocked + table.writes_blocked  # a lock that blocks reads counts twice: it blocks both
    return blocked * max(table.rows or 0, 1), table.held if blocked else 0.0, table.bytes if table.rewritten else 0


def _table(old: Relation, new: Relation | None, holds: list[Hold], timeline: Timeline) -> Table:
    last = new or old
    modes = sorted({rank for hold in holds for rank in hold.modes})
    rank = modes[-1] if modes else -1
    refilled = old.kind in ("r", "m") and last.file != old.file
    rows = max(old.rows, last.rows)
    return Table(
        name=last.label,
        was=old.label if old.label != last.label else None,
        is_view=old.kind == "v",
        rows=rows if rows >= 0 else None,
        lock=MODES[rank] if holds else None,
        held=timeline.held(holds, rank),
        locks={MODES[mode]: timeline.held((hold for hold in holds if mode in hold.modes), mode) for mode in modes},
        blocks=BLOCKS[MODES[rank]] if holds else None,
        reads_blocked=timeline.held(holds, _READS),
        writes_blocked=timeline.held(holds, _WRITES),
        statement=_taker(rank, holds, timeline, {old.name, last.name}),
        dropped=new is None,
        rewritten=refilled and last.heap > 0,
        emptied=refilled and last.heap == 0 and old.heap > 0,
        bytes=last.bytes,
        growth=(new.bytes if new else 0) - old.bytes,
        scans=max(0, last.scans - old.scans) if max(last.heap, old.heap) >= _LARGE_BYTES else 0,
        rows_scanned=max(0, last.scanned - old.scanned),
    )


def _taker(rank: int, holds: Sequence[Hold], timeline: Timeline, called: set[str]) -> int | None:
    """Return the number of the statement that took the strongest lock first, or None if it may be one of several."""
    first = min(((*hold.modes[rank], hold.pid) for hold in holds if rank in hold.modes), default=None)
    if first is None:
        return None
    places = timeline.between(first[2], first[1], first[0])
    texts = {place: timeline.sent[place].text for place in places}
    if rank >= _WRITES:  # a quick LOCK TABLE is not logged, and the update after it did not take that lock
        texts = {place: text for place, text in texts.items() if not serverlog.changes_rows(text)}
    naming = [place for place, text in texts.items() if called & set(map(sqltext.unquoted, sqltext.words(text)))]
    found = naming or list(texts)
    return found[0] + 1 if len(found) == 1 else None


def indexes(before: State, after: State) -> list[Index]:
    """Return the indexes that were built on tables that were there before, the largest first."""
    files = {relation.file for relation in before.relations.values()}
    built = [
        Index(
            new.label,
            after.relations[new.table].label,
            new.rows if new.rows >= 0 else None,
            new.bytes,
            new.oid in before.relations,
        )
        for new in after.relations.values()
        if new.kind == "i" and new.file not in files
        if new.table in before.relations and new.table in after.relations and after.relations[new.table].heap
    ]
    return sorted(built, key=lambda index: index.bytes, reverse=True)


def say(table: Table) -> str:
    """Return what happened to a table as a sentence: `tenant` (1.2 M rows): blocks reads and writes for 38 s; ..."""
    was = f" (was `{table.was}`)" if table.was else ""
    sizes = f"{'+' if table.growth >= 0 else '-'}{names.size(abs(table.growth))}"
    weaker = table.writes_blocked - table.reads_blocked
    said = [
        f"{table.blocks} for {seconds(table.held)}" if table.lock else "",
        f"blocks writes for {seconds(table.writes_blocked)} in all" if table.reads_blocked and weaker >= 0.1 else "",  # noqa: PLR2004
        f"rewritten, {sizes}" if table.rewritten else sizes if table.growth >= _LARGE_BYTES else "",
        "emptied" if table.emptied else "",
        "dropped" if table.dropped else "",
        f"read whole {table.scans} times" if table.scans > 1 else "read whole once" if table.scans else "",
    ]
    return f"`{table.name}`{was} ({'a view' if table.is_view else rows(table.rows)}): {'; '.join(filter(None, said))}"


def say_index(index: Index) -> str:
    """Return what happened to an index as a sentence."""
    built = "rebuilt" if index.rebuilt else "built"
    return f"`{index.name}` on `{index.table}` ({rows(index.rows)}): {built}, {names.size(index.bytes)}"


def say_failure(failure: Failure) -> str:
    """Return why it failed, and for how many rows, as a sentence."""
    like_it = ""
    if failure.keys is not None:
        like_it = f"; {failure.keys:,} keys are there more than once, in {rows(failure.like_it)}"
    elif failure.like_it is not None:
        like_it = f"; {rows(failure.like_it)} like it"
    return f"{failure.message} (SQLSTATE {failure.sqlstate}){like_it}: {failure.statement}"


def rows(number: int | None) -> str:
    """Return a number of rows as a person says it.

    >>> rows(1), rows(9999), rows(1_234_567), rows(None)
    ('1 row', '9,999 rows', '1.2 M rows', 'rows not counted')
    """
    if number is None:
        return "rows not counted"
    if number < _TEN * _THOUSAND:
        return f"{number:,} row{'s' * (number != 1)}"
    thousands = number / _THOUSAND
    return f"{thousands:.0f} k rows" if thousands < _THOUSAND else f"{thousands / _THOUSAND:.1f} M rows"


def seconds(number: float) -> str:
    """Return a time as a person says it.

    >>> seconds(0.0123), seconds(1.26), seconds(38.4)
    ('12 ms', '1.3 s', '38 s')
    """
    if number < 1:
        return f"{number * _THOUSAND:.0f} ms"
    return f"{number:.1f} s" if number < _TEN else names.duration(number)
