"""What one rehearsal found, as its report tells it: no values of the data, only counts, names and sums. Pure."""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

FORMAT = 1  # of report.json; see rehearsal.schema.json


class Outcome(StrEnum):
    """The answer to the one question: can this migration be deployed? Where several hold, the first is the verdict."""

    MIGRATION_FAILED = "migration failed"
    DATA_LOST = "data lost"
    SCHEMA_DIFFERS = "schema differs"
    NOT_COMPARED = "schema not compared"
    SMOKE_FAILED = "smoke failed"
    PASS = "pass"


class Blame(StrEnum):
    """Whose fault a difference of the schema is."""

    MIGRATION = "this migration"
    DRIFT = "old drift"
    UNKNOWN = "this migration or old drift"  # there was nothing to compare the clone with before
    COSMETIC = "cosmetic"


@dataclass
class Step:
    """One step of the rehearsal: when it began, in seconds since the rehearsal did, and how long it took."""

    name: str
    began: float
    seconds: float
    said: str
    ok: bool = True


@dataclass
class SchemaDifference:
    """One object on which the migrated clone (a) and the fresh database (b) don't agree."""

    blame: Blame
    sort: str
    change: str
    kind: str
    schema: str
    name: str
    title: str
    a: str
    b: str


@dataclass
class Schema:
    """The gate: the clone after the migration against a fresh database."""

    equal: bool
    a: str
    b: str
    calibrated: bool  # whether two fresh databases were equal
    drift: int | None  # how many objects differed before the migration; None: there was nothing to compare with
    differences: list[SchemaDifference] = field(default_factory=list)
    renames: list[str] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    not_compared: list[str] = field(default_factory=list)


@dataclass
class Command:
    """A smoke command: how it ended, and how long it took."""

    command: str
    code: int
    seconds: float


@dataclass
class Evidence:
    """What the verdict rests on, and with what it can be checked later (`inv rehearse --verify`)."""

    at: str
    clonekit: str
    dump: str  # its file name
    sha256: str
    source: str = ""
    snapshot: str = ""
    snapshot_at: str = ""
    commit: str = ""
    dirty: bool = False
    migrate: str = ""  # the command, without what was filled in and passwords
    migrations: dict[str, str] = field(default_factory=dict)  # path below the project's folder, SHA-256
    versions: dict[str, str] = field(default_factory=dict)


@dataclass
class Rehearsal:
    """All of it."""

    verdict: Outcome
    why: list[str]  # a sentence each; empty where it passed
    evidence: Evidence
    steps: list[Step] = field(default_factory=list)
    migration: dict[str, Any] | None = None  # `Observation.as_json`
    data: list[dict[str, Any]] = field(default_factory=list)  # `Fate`s
    schema: Schema | None = None
    smoke: list[Command] = field(default_factory=list)
    roundtrip: bool | None = None  # whether up, down and up again ended in the same schema; None: not tried
    not_taken_back: list[str] | None = None  # how the schema after `app.down` differs from the one before `app.migrate`
    seconds: float = 0.0


def as_json(rehearsal: Rehearsal) -> str:
    """Return report.json."""
    return json.dumps({"format": FORMAT, **asdict(rehearsal)}, indent=1) + "\n"


def evidence(text: str) -> tuple[str, Evidence]:
    """Return the verdict and the evidence of a report.json; ValueError if it is none."""
    try:
        told = json.loads(text)
        found = Evidence(**told["evidence"])
        typed = isinstance(found.migrations, dict) and {type(found.at), type(found.snapshot_at)} == {str}
        if told["format"] == FORMAT and typed:
            return Outcome(told["verdict"]), found
    except (KeyError, TypeError, RecursionError):
        pass
    raise ValueError("not a rehearsal's report")
