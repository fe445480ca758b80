"""Rehearsals as they might end in the sandbox: legal_entity becomes tenant. No figure in them was measured."""

from dataclasses import replace
from typing import Any

from clonekit.rehearsal import observations, sentences, survival
from clonekit.rehearsal.changes import Change
from clonekit.rehearsal.observations import Failure, Index, Observation, Statement, Table
from clonekit.rehearsal.rehearsals import Blame, Command, Evidence, Outcome, Rehearsal, Schema, SchemaDifference, Step
from clonekit.rehearsal.samples import BLOCKS, MODES


def table(name: str, rows: int, lock: str, held: float, statement: int, **others: Any) -> Table:
    """Return what happened to a table; `held` is in seconds."""
    rank = MODES.index(lock)
    seen = Table(
        name=name,
        was=None,
        is_view=False,
        rows=rows,
        lock=lock,
        held=held,
        locks={lock: held},
        blocks=BLOCKS[lock],
        reads_blocked=held if rank == len(MODES) - 1 else 0.0,
        writes_blocked=held if rank >= MODES.index("SHARE") else 0.0,
        statement=statement,
        dropped=False,
        rewritten=False,
        emptied=False,
        bytes=rows * 340,
        growth=0,
        scans=0,
        rows_scanned=0,
    )
    seen = replace(seen, **others)
    return replace(seen, says=sentences.say(seen))


def statement(number: int, at: float, seconds: float, text: str) -> Statement:
    """Return a statement."""
    return Statement(number, 1, at, seconds, text, 1)


def fate(name: str, rows: int, *changes: Change, now: str = "") -> dict[str, Any]:
    """Return what became of a table, as its JSON has it."""
    return survival.Fate(name, now or name, rows, changes).json()


def migration(failure: Failure | None = None) -> Observation:
    """Return what was seen of the migration."""
    tables = [
        table("document", 1_214_930, "ACCESS EXCLUSIVE", 38.4, 33, rewritten=True, growth=410_300_000, scans=3),
        table("notification", 842_117, "ACCESS EXCLUSIVE", 21.7, 49, growth=122_800_000, scans=2),
        table("invoice", 391_022, "ACCESS EXCLUSIVE", 2.1, 12),
        table("tenant", 8_412, "ACCESS EXCLUSIVE", 44.9, 4, was="legal_entity"),
        table("supplier", 57_306, "SHARE", 1.4, 31),
        table("app_user", 21_774, "ACCESS SHARE", 0.02, 52),
    ]
    index = Index("document_metadata_tenant_idx", "document", 1_214_930, 36_100_000, False)
    statements = [
        statement(4, 0.8, 0.1, "ALTER TABLE legal_entity RENAME TO tenant"),
        statement(31, 1.3, 1.4, "CREATE UNIQUE INDEX supplier_tenant_name_uniq ON supplier (tenant_id, lower(name))"),
        statement(52, 3.0, 30.6, f"UPDATE document SET{_REPLACED.format('metadata')}"),
        statement(53, 33.7, 8.2, f"UPDATE notification SET{_REPLACED.format('payload')}"),
        statement(61, 41.9, 3.1, "CREATE INDEX document_metadata_tenant_idx ON document ((metadata ->> '***'))"),
    ]
    return Observation(
        began="2026-11-24T21:06:12Z",
        seconds=46.2,
        statement_count=71,
        statement_seconds=45.1,
        transaction_count=2,
        statements=statements,
        tables=sorted(tables, key=observations.hurt, reverse=True),
        indexes=[replace(index, says=sentences.say_index(index))],
        bytes_before=1_310_000_000,
        bytes_after=1_879_000_000,
        wal_bytes=1_204_000_000,
        failure=failure,
        limits=[observations.MACHINE],
    )


_REPLACED = "\n    {0} = replace({0}::text, '***', '***')::jsonb\nWHERE {0}::text LIKE '***'"
LOST = fate(
    "public.notification",
    842_117,
    Change("nulls", "column payload: null now in 1204 rows", True, ("payload", "payload"), 1204),
)
FATES = [
    fate("public.supplier", 57_306, Change("rows", "212 rows gone", rows=212)),
    fate("public.legal_entity", 8_412, Change("renamed", "is public.tenant now"), now="public.tenant"),
    fate("public.document", 1_214_930, Change("renamed", "column legal_entity_id is tenant_id now")),
    *(fate(f"public.{name}", 900) for name in ("app_user", "membership", "tax_rate", "cost_center")),
]
_OF_DOCUMENT = "CREATE TABLE public.document (\n    id bigint NOT NULL,\n    tenant_id bigint{},\n    title text\n);"
DIFFERENCES = [
    SchemaDifference(
        Blame.MIGRATION,
        "definition",
        "changed",
        "TABLE",
        "public",
        "document",
        "public.document",
        _OF_DOCUMENT.format(""),
        _OF_DOCUMENT.format(" NOT NULL"),
    ),
    SchemaDifference(
        Blame.DRIFT,
        "definition",
        "only in A",
        "INDEX",
        "public",
        "hotfix_invoice_due_2024",
        "public.hotfix_invoice_due_2024",
        "CREATE INDEX hotfix_invoice_due_2024 ON public.invoice USING btree (tenant_id, due_date);",
        "",
    ),
    SchemaDifference(
        Blame.COSMETIC,
        "not-null-names",
        "changed",
        "NOT NULL",
        "public",
        "tenant.name",
        "public.tenant.name",
        "legal_entity_name_not_null",
        "tenant_name_not_null",
    ),
]


def failing() -> Rehearsal:
    """Return a rehearsal in which data was lost and the schema differs."""
    names = ("load", "measure", "build from nothing", "migrate", "measure again", "compare", "smoke")
    times = (41.2, 6.3, 11.8, 46.2, 7.1, 3.9, 1.6)
    said = (
        "prod-20261124-205800.dump",
        "38 tables",
        "",
        "71 statements",
        "1 of 38 lost something",
        "2 objects differ",
        "python manage.py check",
    )
    failed = ("measure again", "compare")
    steps = [
        Step(name, round(sum(times[:place]), 1), times[place], said[place], name not in failed)
        for place, name in enumerate(names)
    ]
    schema = Schema(
        False,
        "orcha_clone",
        "orcha_fresh",
        True,
        1,
        DIFFERENCES,
        ["index `hotfix_invoice_due_2024` stands on a renamed column"],
        ["DROP INDEX public.hotfix_invoice_due_2024;"],
        ["ownership and privileges (--privileges compares them)"],
    )
    evidence = Evidence(
        at="2026-11-24T21:08:14Z",
        clonekit="0.1.0",
        dump="prod-20261124-205800.dump",
        sha256="5d0e" * 16,
        source="orcha-prod",
        snapshot="rds:orcha-prod-2026-11-24-03-07",
        snapshot_at="2026-11-24T03:07:41Z",
        commit="9c41f2ab" * 5,
        dirty=True,
        migrate="python manage.py migrate",
        migrations={"migrations/0010-rename-tenant.sql": "ab12" * 16},
        versions={"Python": "3.12.4", "PostgreSQL": "18.0"},
    )
    why = [
        "public.notification (842117 rows): column payload: null now in 1204 rows.",
        "2 objects differ from a fresh database: 1 this migration, 1 old drift.",
    ]
    smoke = [Command("python manage.py check", 0, 1.6)]
    return Rehearsal(
        Outcome.DATA_LOST, why, evidence, steps, migration().as_json(), [*FATES, LOST], schema, smoke, True, [], 118.1
    )


def passing() -> Rehearsal:
    """Return one in which nothing was wrong."""
    found = failing()
    assert found.schema
    schema = replace(found.schema, equal=True, differences=DIFFERENCES[2:], renames=[], suggestions=[], drift=0)
    return replace(found, verdict=Outcome.PASS, why=[], data=FATES, schema=schema)


def broken() -> Rehearsal:
    """Return one whose migration ended in an error."""
    error = 'column "tenant_id" of relation "document" contains null values'
    failure = Failure("23502", error, "ALTER TABLE document\n    ALTER COLUMN tenant_id SET NOT NULL", like_it=3112)
    failure.says = sentences.say_failure(failure)
    found = failing()
    seen = migration(failure).as_json()
    rest: dict[str, Any] = {"data": [], "schema": None, "smoke": [], "roundtrip": None, "not_taken_back": None}
    return replace(found, verdict=Outcome.MIGRATION_FAILED, why=[failure.says], migration=seen, **rest)
