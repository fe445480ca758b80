"""Rehearsals as they might end in the sandbox: legal_entity becomes tenant. No figure in them was measured."""

from dataclasses import replace
from typing import Any

from clonekit.rehearsals import Blame, Command, Evidence, Outcome, Rehearsal, Schema, SchemaDifference, Step

EXCLUSIVE = "blocks reads and writes"
BLOCKS = {
    "ACCESS EXCLUSIVE": EXCLUSIVE,
    "SHARE": "blocks writes",
    "SHARE ROW EXCLUSIVE": "blocks writes",
    "ACCESS SHARE": "blocks neither reads nor writes",
}


def table(name: str, rows: int, lock: str, held: float, says: str, **others: Any) -> dict[str, Any]:
    """Return a table as an observation's JSON has it."""
    writes = held if BLOCKS[lock] != BLOCKS["ACCESS SHARE"] else 0.0
    return {
        "name": name,
        "was": None,
        "rows": rows,
        "lock": lock,
        "held": held,
        "locks": {lock: held},
        "blocks": BLOCKS[lock],
        "reads_blocked": held if BLOCKS[lock] == EXCLUSIVE else 0.0,
        "writes_blocked": writes,
        "statement": 3,
        "dropped": False,
        "rewritten": False,
        "emptied": False,
        "bytes": rows * 340,
        "growth": 0,
        "scans": 0,
        "rows_scanned": 0,
        "says": f"`{name}` ({says}",
        **others,
    }


def statement(number: int, at: float, seconds: float, text: str) -> dict[str, Any]:
    """Return a statement as an observation's JSON has it."""
    return {"number": number, "transaction": 1, "at": at, "seconds": seconds, "text": text, "parts": 1}


def fate(name: str, rows: int, state: str, *changes: tuple[str, str], now: str = "") -> dict[str, Any]:
    """Return what became of a table, as its JSON has it; each change is its kind and text."""
    lost = state in ("lost", "expected")
    told: list[dict[str, Any]] = [
        {"kind": kind, "lost": lost, "columns": [], "rows": None, "text": text} for kind, text in changes
    ]
    return {"name": name, "now": now or name, "rows": rows, "state": state, "changes": told}


def migration(failure: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return an observation's JSON."""
    tables = [
        table(
            "document",
            1_214_930,
            "ACCESS EXCLUSIVE",
            38.4,
            "1.2 M rows): blocks reads and writes for 38 s; rewritten, +410.3 MB; read whole 3 times",
            rewritten=True,
            growth=410_300_000,
            scans=3,
            rows_scanned=3_644_790,
        ),
        table(
            "notification",
            842_117,
            "ACCESS EXCLUSIVE",
            21.7,
            "842 k rows): blocks reads and writes for 21 s; +122.8 MB; read whole 2 times",
            growth=122_800_000,
            scans=2,
            rows_scanned=1_684_234,
        ),
        table("invoice", 391_022, "ACCESS EXCLUSIVE", 2.1, "391 k rows): blocks reads and writes for 2.1 s"),
        table(
            "tenant",
            8_412,
            "ACCESS EXCLUSIVE",
            44.9,
            "8,412 rows): blocks reads and writes for 44 s",
            was="legal_entity",
        ),
        table("supplier", 57_306, "SHARE", 1.4, "57 k rows): blocks writes for 1.4 s"),
        table("app_user", 21_774, "ACCESS SHARE", 0.02, "22 k rows): blocks neither reads nor writes for 20 ms"),
    ]
    tables[3]["says"] = "`tenant` (was `legal_entity`) (8,412 rows): blocks reads and writes for 44 s"
    return {
        "began": "2026-11-24T21:06:12Z",
        "seconds": 46.2,
        "statement_count": 71,
        "statement_seconds": 45.1,
        "transaction_count": 2,
        "statements": [
            statement(4, 0.8, 0.1, "ALTER TABLE legal_entity RENAME TO tenant"),
            statement(
                31, 1.3, 1.4, "CREATE UNIQUE INDEX supplier_tenant_name_uniq ON supplier (tenant_id, lower(name))"
            ),
            statement(
                52,
                3.0,
                30.6,
                "UPDATE document SET\n    metadata = replace(metadata::text, '***', '***')::jsonb\n"
                "WHERE metadata::text LIKE '***'",
            ),
            statement(
                53, 33.7, 8.2, "UPDATE notification SET\n    payload = payload - '***' || jsonb_build_object(...)"
            ),
            statement(61, 41.9, 3.1, "CREATE INDEX document_metadata_tenant_idx ON document ((metadata ->> '***'))"),
        ],
        "tables": tables,
        "indexes": [
            {
                "name": "document_metadata_tenant_idx",
                "table": "document",
                "rows": 1_214_930,
                "bytes": 36_100_000,
                "rebuilt": False,
                "says": "`document_metadata_tenant_idx` on `document` (1.2 M rows): built, 36.1 MB",
            }
        ],
        "bytes_before": 1_310_000_000,
        "bytes_after": 1_879_000_000,
        "wal_bytes": 1_204_000_000,
        "failure": failure,
        "limits": [
            "Times are this machine's; production's differ with its hardware and load, and with who holds locks there."
        ],
    }


FATES = [
    fate("public.notification", 842_117, "lost", ("nulls", "column payload: null now in 1204 rows")),
    fate("public.supplier", 57_306, "expected", ("rows", "212 rows gone")),
    fate(
        "public.legal_entity",
        8_412,
        "changed",
        ("renamed", "is public.tenant now"),
        ("added", "column tier added"),
        now="public.tenant",
    ),
    fate("public.document", 1_214_930, "changed", ("renamed", "column legal_entity_id is tenant_id now")),
    *(fate(f"public.{name}", 900, "unchanged") for name in ("app_user", "membership", "tax_rate", "cost_center")),
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
    return Rehearsal(Outcome.DATA_LOST, why, evidence, steps, migration(), FATES, schema, smoke, True, 118.1)


def passing() -> Rehearsal:
    """Return one in which nothing was wrong."""
    found = failing()
    assert found.schema
    schema = replace(found.schema, equal=True, differences=DIFFERENCES[2:], renames=[], suggestions=[], drift=0)
    return replace(found, verdict=Outcome.PASS, why=[], data=FATES[1:], schema=schema)


def broken() -> Rehearsal:
    """Return one whose migration ended in an error."""
    error = 'column "tenant_id" of relation "document" contains null values'
    failure = {
        "sqlstate": "23502",
        "message": error,
        "statement": "ALTER TABLE document\n    ALTER COLUMN tenant_id SET NOT NULL",
        "like_it": 3112,
        "keys": None,
        "row": None,
    }
    failure["says"] = f"{error} (SQLSTATE 23502); 3,112 rows like it: {failure['statement']}"
    found = failing()
    seen = migration(failure)
    why = [str(failure["says"])]
    return replace(
        found, verdict=Outcome.MIGRATION_FAILED, why=why, migration=seen, data=[], schema=None, smoke=[], roundtrip=None
    )
