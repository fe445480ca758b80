"""What a rehearsal's report says, in whatever form: the verdict, what it would do to production, the evidence. Pure.

The texts are as they come from outside, not escaped.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clonekit import names
from clonekit.rehearsal.rehearsals import Blame, Outcome, Rehearsal, Schema, SchemaDifference
from clonekit.rehearsal.sentences import seconds
from clonekit.schema.differences import Change, Difference
from clonekit.schema.verdicts import Verdict

PARTIAL = "After app.down, against before the migration"
STATES = ("lost", "changed", "unchanged")  # of data
_BECAME = {Change.ONLY_A: "is new", Change.ONLY_B: "is gone", Change.CHANGED: "has changed"}
_MOST = 5  # objects that one reason names


def headline(rehearsal: Rehearsal) -> str:
    """Return the verdict as the line that a script reads."""
    if rehearsal.verdict == Outcome.PASS:
        return f"PASS: {'; '.join(_passed(rehearsal))}."
    first, *more = rehearsal.why or ["no reason was told."]
    return f"FAIL ({rehearsal.verdict}): {one_line(first)}{f' And {len(more)} more.' if more else ''}"


def _passed(rehearsal: Rehearsal) -> Iterator[str]:
    yield f"migrated in {seconds(rehearsal.migration['seconds'])}" if rehearsal.migration else "nothing to migrate"
    yield "no data lost that was not expected to be"
    if rehearsal.schema:
        yield "the schema is a fresh database's"
    if rehearsal.smoke:
        yield f"{number(len(rehearsal.smoke), 'smoke command')} ran"
    if rehearsal.roundtrip is not None:
        part = ", but app.down takes back only a part of it" if rehearsal.not_taken_back else ""
        yield f"down and up again ended in the same schema{part}"


def title(rehearsal: Rehearsal) -> str:
    """Return the verdict as a heading."""
    return "PASS" if rehearsal.verdict == Outcome.PASS else f"FAIL: {rehearsal.verdict}"


def reasons(rehearsal: Rehearsal) -> list[str]:
    """Return why it failed, or what has passed, a sentence each."""
    if rehearsal.verdict == Outcome.PASS:
        return [headline(rehearsal).removeprefix("PASS: ")]
    return [one_line(each) for each in rehearsal.why]


def hurts(table: Mapping[str, Any]) -> str:
    """Return whom what happened to a table would hurt: `reads`, `writes`, `other`; empty: nobody."""
    if table["reads_blocked"]:
        return "reads"
    if table["writes_blocked"]:
        return "writes"
    marked = any(table[mark] for mark in ("rewritten", "emptied", "dropped", "scans"))
    return "other" if marked or table["lock"] == "ROW EXCLUSIVE" else ""  # that one is for rows that are changed


def production(migration: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what it would do to production, as `hurts` and a sentence, what would hurt most first."""
    error = one_line(migration["failure"]["says"]) if migration["failure"] else ""
    failure = [("reads", f"It ends in an error: {error}")] if error else []
    tables = [(hurts(table), one_line(table["says"])) for table in migration["tables"] if hurts(table)]
    return failure + tables + [("other", one_line(index["says"])) for index in migration["indexes"]]


def totals(migration: Mapping[str, Any]) -> str:
    """Return what the migration was in all."""
    count, transactions = migration["statement_count"], migration["transaction_count"]
    said = [f"{number(count, 'statement')} in {number(transactions, 'transaction')}, {seconds(migration['seconds'])}"]
    before, after = migration["bytes_before"], migration["bytes_after"]
    if before is not None and after is not None:
        said.append(f"size {names.size(after)} ({signed(after - before)})")
    if migration["wal_bytes"] is not None:
        said.append(f"{names.size(migration['wal_bytes'])} of WAL written")
    if harmless := sum(not hurts(table) for table in migration["tables"]):
        said.append(f"{number(harmless, 'more table')} locked without blocking reads or writes")
    return f"{'; '.join(said)}."


def changed(fates: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return what was lost, then what else has changed; what is unchanged is only counted."""
    return [fate for state in STATES[:-1] for fate in fates if fate["state"] == state]


def fate_text(fate: Mapping[str, Any]) -> str:
    """Return what became of one table, without its name."""
    return "; ".join(change["text"] for change in fate["changes"]) or "unchanged"


def schema_notes(schema: Schema) -> list[str]:
    """Return what the comparison of the schemas says in all, a sentence each."""
    counts = Counter(one.blame for one in schema.differences)
    whose = ", ".join(f"{counts[blame]} {blame}" for blame in Blame if counts[blame])
    verdict = "The gate is open" if schema.equal else "The gate is closed"
    notes = [f"{verdict}: {number(len(schema.differences), 'difference')}{f' ({whose})' if whose else ''}."]
    if not schema.calibrated:
        notes.append("Two fresh databases differ from each other, so the comparison proves less than it should.")
    if schema.drift is None:
        notes.append("There was no database at production's own revision to tell old drift by.")
    else:
        notes.append(f"Before the migration {number(schema.drift, 'object')} had drifted.")
    return notes


def objects(count: int) -> str:
    """Return that so many differ."""
    return f"{number(count, 'object')} {'differs' if count == 1 else 'differ'}"


def became(verdict: Verdict) -> str:
    """Return what has become of a schema on the way from B to A; the first objects are named."""
    return f"{objects(len(verdict.failing))}: {named([object_became(one) for _, one in verdict.failing])}"


def object_became(one: Difference | SchemaDifference) -> str:
    """Return what has become of an object on the way from B to A."""
    return f"{one.kind} {one.title} {_BECAME[Change(one.change)]}"


def partial(objects: Sequence[str]) -> str:
    """Return that `app.down` did not bring these back as they were before the migration."""
    return f"app.down takes back only a part: against before the migration {named(objects)}"


def named(objects: Sequence[str]) -> str:
    """Return what has become of several; the first are named."""
    more = len(objects) - _MOST
    return f"{', '.join(objects[:_MOST])}{f' and {more:,} more' if more > 0 else ''}"


def difference(one: SchemaDifference) -> Difference:
    """Return it as a comparison has it."""
    return Difference(Change(one.change), one.kind, one.schema, one.name, one.a, one.b)


def evidence(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    """Return what the verdict rests on: what it is, and its name or sum; nothing of what is not known."""
    it = rehearsal.evidence
    commit = f"{it.commit}{', with changes that were not committed' if it.dirty else ''}" if it.commit else ""
    found = [("rehearsed", f"{it.at}, in {seconds(rehearsal.seconds)}"), ("commit", commit), ("source", it.source)]
    found += [("snapshot", it.snapshot), ("snapshot taken", it.snapshot_at), ("dump", it.dump)]
    found += [("SHA-256 of the dump", it.sha256), ("migrated with", it.migrate), ("clonekit", it.clonekit)]
    return [(name, text) for name, text in [*found, *it.versions.items()] if text]


def signed(number: float) -> str:
    """Return a growth in bytes."""
    return f"{'-' if number < 0 else '+'}{names.size(abs(number))}" if number else "0 B"


def number(count: int, noun: str) -> str:
    """Return so many of them."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def one_line(text: str) -> str:
    """Return a statement, or a sentence with one in it, without its line breaks."""
    return " ".join(text.split())
