"""Tables and indexes before and after a migration, and what it did to them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from clonekit.postgres import sqltext
from clonekit.rehearsal import serverlog
from clonekit.rehearsal.observations import LARGE_BYTES, Index, Table, hurt
from clonekit.rehearsal.samples import BLOCKS, MODES, Hold, Timeline
from clonekit.rehearsal.serverlog import Sent

_WRITES, _READS = MODES.index("SHARE"), MODES.index("ACCESS EXCLUSIVE")


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
        scans=max(0, last.scans - old.scans) if max(last.heap, old.heap) >= LARGE_BYTES else 0,
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
