"""Suggestions against a real PostgreSQL: each statement runs, and what differs gets less."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from clonekit.postgres import commands, databases
from clonekit.postgres.clients import Client
from clonekit.postgres.server import Server
from clonekit.schema import Entry, classes, entries
from clonekit.schema.differences import compare
from clonekit.schema.suggestions import suggest

Make = Callable[..., str]
MIGRATIONS = Path(__file__).parents[2] / "clonekit" / "sandbox" / "app" / "migrations"

BASE = """
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'it''s', 'happy');
CREATE DOMAIN app.mail AS text DEFAULT 'x@y' CONSTRAINT has_at CHECK (VALUE LIKE '%@%');
CREATE SEQUENCE app.counter;
CREATE TABLE app.legal_entity (id bigint PRIMARY KEY, name text NOT NULL, "Order" int, note varchar(20) DEFAULT 'a',
    mood app.mood, twice int GENERATED ALWAYS AS ("Order" * 2) STORED, CONSTRAINT named CHECK (name <> ''));
CREATE TABLE app.invoice (id serial PRIMARY KEY, legal_entity_id bigint NOT NULL REFERENCES app.legal_entity,
    total numeric(10, 2) NOT NULL DEFAULT 0, paid boolean, due date, spare text, UNIQUE (legal_entity_id, due)
) WITH (fillfactor = 80);
CREATE INDEX invoice_due ON app.invoice (due) WHERE total > 0;
COMMENT ON INDEX app.invoice_due IS 'kept';
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION app.plus(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT a + b';
CREATE TRIGGER touched BEFORE UPDATE ON app.invoice FOR EACH ROW EXECUTE FUNCTION app.touch();
COMMENT ON TRIGGER touched ON app.invoice IS 'kept';
CREATE VIEW app.due AS SELECT i.id, i.legal_entity_id, l.name FROM app.invoice i
    JOIN app.legal_entity l ON l.id = i.legal_entity_id WHERE i.total > 0;
CREATE MATERIALIZED VIEW app.sums AS SELECT legal_entity_id, sum(total) AS total FROM app.invoice GROUP BY 1;
CREATE INDEX sums_total ON app.sums (total);
ALTER TABLE app.invoice ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.invoice USING (legal_entity_id = 1);
CREATE STATISTICS app.stats ON paid, due FROM app.invoice;
CREATE RULE nothing AS ON DELETE TO app.due DO INSTEAD NOTHING;
COMMENT ON TABLE app.invoice IS 'a bill';
CREATE TABLE app.event (id bigint NOT NULL, at date NOT NULL, kind text, "what IS it" text) PARTITION BY RANGE (at);
COMMENT ON COLUMN app.event."what IS it" IS 'this IS';
CREATE TABLE app.event_2024 PARTITION OF app.event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX event_at ON app.event (at);
CREATE PUBLICATION news FOR TABLE app.invoice;
"""

# Each is made to B alone; all the suggestions together make A the same.
FIXED = """
ALTER SCHEMA app RENAME TO "Sh.op"
ALTER TABLE app.legal_entity RENAME TO tenant
ALTER TABLE app.legal_entity RENAME TO "Te nant"
ALTER TABLE app.invoice RENAME COLUMN legal_entity_id TO tenant_id
ALTER TABLE app.invoice RENAME COLUMN paid TO "select"
ALTER TABLE app.invoice RENAME COLUMN spare TO more
ALTER TABLE app.event RENAME COLUMN kind TO sort
ALTER TABLE app.invoice RENAME CONSTRAINT invoice_pkey TO "bill's key"
ALTER TABLE app.invoice RENAME CONSTRAINT invoice_legal_entity_id_fkey TO invoice_tenant_id_fkey
ALTER TABLE app.legal_entity RENAME CONSTRAINT named TO name_given
ALTER TABLE app.legal_entity RENAME CONSTRAINT legal_entity_name_not_null TO tenant_name_not_null
ALTER INDEX app.invoice_due RENAME TO "due ""now"" !"
ALTER INDEX app.event_2024_at_idx RENAME TO event_2024_when
ALTER SEQUENCE app.counter RENAME TO counted
ALTER SEQUENCE app.invoice_id_seq RENAME TO bill_id_seq
ALTER TYPE app.mood RENAME TO feeling
ALTER DOMAIN app.mail RENAME TO address
ALTER FUNCTION app.plus(int, int) RENAME TO added
ALTER FUNCTION app.touch() RENAME TO touch_it
ALTER TRIGGER touched ON app.invoice RENAME TO "Touched"
ALTER POLICY own ON app.invoice RENAME TO theirs
ALTER STATISTICS app.stats RENAME TO statistics
ALTER VIEW app.due RENAME TO overdue
ALTER MATERIALIZED VIEW app.sums RENAME TO totals
ALTER TABLE app.invoice ADD COLUMN "New" text DEFAULT 'x;--' NOT NULL
ALTER TABLE app.event ADD COLUMN extra int
ALTER TABLE app.invoice DROP COLUMN spare
ALTER TABLE app.invoice ALTER COLUMN spare TYPE varchar(10)
ALTER TABLE app.invoice ALTER COLUMN total DROP NOT NULL
ALTER TABLE app.invoice ALTER COLUMN paid SET NOT NULL
ALTER TABLE app.invoice ADD CONSTRAINT spare_given NOT NULL spare
ALTER TABLE app.invoice ADD CONSTRAINT due_given NOT NULL due; COMMENT ON CONSTRAINT due_given ON app.invoice IS 'x'
ALTER TABLE app.invoice ALTER COLUMN total SET DEFAULT 7
ALTER TABLE app.invoice ALTER COLUMN total DROP DEFAULT
ALTER TABLE app.invoice ALTER COLUMN id DROP DEFAULT
ALTER TABLE app.invoice ADD CHECK (total < 9) NOT VALID
ALTER TABLE app.legal_entity DROP CONSTRAINT named
ALTER TABLE app.legal_entity DROP CONSTRAINT named, ADD CONSTRAINT named CHECK (name > '')
ALTER TABLE app.invoice DROP CONSTRAINT invoice_legal_entity_id_fkey
ALTER TABLE app.legal_entity DROP CONSTRAINT legal_entity_pkey CASCADE
CREATE INDEX ON app.invoice (lower(spare))
DROP INDEX app.invoice_due
DROP INDEX app.event_at
CREATE OR REPLACE VIEW app.due AS SELECT i.id, i.legal_entity_id, l.name FROM app.invoice i \
    JOIN app.legal_entity l ON l.id = i.legal_entity_id WHERE i.paid
CREATE VIEW app.over AS SELECT * FROM app.due
DROP TRIGGER touched ON app.invoice; DROP FUNCTION app.touch()
DROP VIEW app.due
DROP MATERIALIZED VIEW app.sums
DROP TABLE app.event
DROP TABLE app.event_2024
DROP SEQUENCE app.counter
DROP FUNCTION app.plus(int, int)
COMMENT ON TABLE app.invoice IS NULL
COMMENT ON COLUMN app.invoice.due IS 'it''s due'
COMMENT ON TABLE app.invoice IS 'another; bill'
COMMENT ON COLUMN app.event."what IS it" IS NULL
CREATE TABLE app.child (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, of int REFERENCES app.invoice)
CREATE FUNCTION app.of(i app.invoice) RETURNS app.mood LANGUAGE sql AS 'SELECT mood FROM app.legal_entity'
CREATE SCHEMA other; CREATE TYPE other.t AS (a app.mood); CREATE TABLE other.u (t other.t DEFAULT NULL, c app.mail)
CREATE TABLE app.event_2025 PARTITION OF app.event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')
ALTER TABLE app.invoice DROP COLUMN spare; ALTER TABLE app.invoice ADD COLUMN front text; \
    ALTER TABLE app.invoice ADD COLUMN back text
"""

# Here nothing is offered, or what is offered leaves something for a person.
LEFT = """
ALTER TYPE app.mood RENAME VALUE 'sad' TO 'blue'
ALTER TYPE app.mood ADD VALUE 'so''so' BEFORE 'happy'
ALTER TYPE app.mood ADD VALUE 'first' BEFORE 'sad'
ALTER DOMAIN app.mail DROP DEFAULT
ALTER DOMAIN app.mail SET NOT NULL
ALTER DOMAIN app.mail ADD CONSTRAINT short CHECK (length(VALUE) < 99)
ALTER RULE nothing ON app.due RENAME TO naught
ALTER PUBLICATION news RENAME TO "any"
ALTER VIEW app.due RENAME COLUMN name TO title
ALTER MATERIALIZED VIEW app.sums RENAME COLUMN total TO total_sum
ALTER TABLE app.invoice ALTER COLUMN paid TYPE text
ALTER TABLE app.legal_entity ALTER COLUMN note TYPE text
ALTER TABLE app.legal_entity ALTER COLUMN twice SET EXPRESSION AS ("Order" * 3)
ALTER TABLE app.invoice ALTER COLUMN spare SET STORAGE EXTERNAL
ALTER TABLE app.invoice ALTER COLUMN due SET STATISTICS 5
ALTER TABLE app.invoice SET (fillfactor = 70, autovacuum_enabled = off)
ALTER TABLE app.invoice RESET (fillfactor)
ALTER TABLE app.event_2024 SET UNLOGGED
ALTER TABLE app.invoice REPLICA IDENTITY FULL
ALTER TABLE app.invoice DISABLE ROW LEVEL SECURITY
ALTER TABLE app.invoice FORCE ROW LEVEL SECURITY
ALTER TABLE app.invoice DISABLE TRIGGER touched
ALTER TABLE app.invoice ALTER CONSTRAINT invoice_legal_entity_id_fkey DEFERRABLE
DROP INDEX app.invoice_due; CREATE INDEX invoice_due ON app.invoice (id); COMMENT ON INDEX app.invoice_due IS 'kept'
CREATE OR REPLACE FUNCTION app.plus(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql STABLE AS 'SELECT a - b'
CREATE OR REPLACE TRIGGER touched BEFORE INSERT ON app.invoice FOR EACH ROW EXECUTE FUNCTION app.touch()
ALTER POLICY own ON app.invoice USING (legal_entity_id = 2)
DROP TABLE app.invoice CASCADE
DROP SCHEMA app CASCADE
ALTER SEQUENCE app.counter INCREMENT 3 CYCLE CACHE 4
DROP TYPE app.mood CASCADE
DROP STATISTICS app.stats; CREATE STATISTICS app.stats (mcv) ON paid, due FROM app.invoice
ALTER PUBLICATION news DROP TABLE app.invoice
ALTER PUBLICATION news ADD TABLE app.legal_entity
ALTER TABLE app.invoice DROP COLUMN paid; ALTER TABLE app.invoice ADD COLUMN paid boolean
ALTER TABLE app.invoice ALTER COLUMN paid TYPE int USING paid::int
ALTER TABLE app.event DETACH PARTITION app.event_2024
ALTER MATERIALIZED VIEW app.sums SET (fillfactor = 50)
ALTER TABLE app.legal_entity DROP CONSTRAINT legal_entity_pkey CASCADE, \
    ADD CONSTRAINT legal_entity_pkey PRIMARY KEY (id, name); \
    CREATE TABLE app.branch (id bigint, name text, FOREIGN KEY (id, name) REFERENCES app.legal_entity)
CREATE OR REPLACE VIEW app.due WITH (security_barrier) AS SELECT i.id, i.legal_entity_id, upper(l.name) AS name \
    FROM app.invoice i JOIN app.legal_entity l ON l.id = i.legal_entity_id
"""


def listed(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def read(server: Server, client: Client, name: str) -> list[Entry]:
    argv = commands.dump_schema(client.program("pg_dump"), server.parameters(name))
    environ = {**os.environ, **server.environment(name)}
    return entries(subprocess.run(argv, env=environ, check=True, capture_output=True).stdout.decode())


def followed(server: Server, client: Client, a: str, b: str) -> tuple[list[str], int, list[str]]:
    """Make A like B by the suggestions; return these, how much differed, and what still does."""
    of_a, of_b = read(server, client, a), read(server, client, b)
    found = compare(of_a, of_b)
    statements = suggest(found, of_a)
    with databases.connect(server, a) as connection:
        for statement in statements:
            connection.execute(statement.encode())
    left = compare(read(server, client, a), of_b)
    assert len(left) <= len(found), statements
    left = [difference for difference in left if classes.sort_of(difference) not in classes.HARMLESS]
    return statements, len(found), [f"{d.kind} {d.title}: {d.definition_a} -> {d.definition_b}" for d in left]


@pytest.mark.parametrize("change", listed(FIXED))
def test_all_suggestions_together_make_a_the_same_as_b(
    change: str, server: Server, client: Client, database: Make
) -> None:
    statements, before, left = followed(server, client, database(BASE), database(BASE + change))
    assert before > 0
    assert left == [], statements


@pytest.mark.parametrize("change", listed(LEFT))
def test_what_is_not_plain_is_left_and_never_gets_more(
    change: str, server: Server, client: Client, database: Make
) -> None:
    statements, _, left = followed(server, client, database(BASE), database(BASE + change))
    assert left
    assert not any("DROP COLUMN" in statement for statement in statements)


LEVELS = """
CREATE TABLE x (id int PRIMARY KEY);
CREATE TABLE p (a int DEFAULT 1, b int) PARTITION BY LIST (b);
CREATE TABLE q PARTITION OF p FOR VALUES IN (1, 2) PARTITION BY LIST (b);
CREATE TABLE r PARTITION OF q FOR VALUES IN (1);
CREATE TABLE parent (a int DEFAULT 1);
CREATE TABLE child (c int) INHERITS (parent);
CREATE TABLE grandchild () INHERITS (child);
"""

# Of tables that have parts or heirs, over two levels; all the suggestions together make A the same as B.
WITH_FOLLOWERS = """
ALTER TABLE ONLY p ALTER a SET DEFAULT 2
ALTER TABLE ONLY p ALTER a DROP DEFAULT
ALTER TABLE p ALTER a DROP DEFAULT
ALTER TABLE p ADD COLUMN c int REFERENCES x; CREATE INDEX ON p (c)
ALTER TABLE p RENAME COLUMN a TO c; CREATE INDEX ON p (c)
ALTER TABLE ONLY parent ALTER a SET DEFAULT 2
ALTER TABLE ONLY parent ALTER a DROP DEFAULT
ALTER TABLE parent ALTER a SET DEFAULT 2
ALTER TABLE parent RENAME COLUMN a TO b
ALTER TABLE parent DROP COLUMN a
"""


@pytest.mark.parametrize("change", listed(WITH_FOLLOWERS))
def test_what_is_offered_for_a_table_does_to_its_parts_and_heirs_what_was_done(
    change: str, server: Server, client: Client, database: Make
) -> None:
    statements, before, left = followed(server, client, database(LEVELS), database(LEVELS + change))
    assert before > 0
    assert left == [], statements


TWO = "CREATE TABLE p (a int, b int, CONSTRAINT x CHECK (a > 1), CONSTRAINT y CHECK (a > 1))"
HEIR = "CREATE TABLE p (a int); CREATE TABLE t (b int, CONSTRAINT k CHECK (b > 0)) INHERITS (p)"
PART = """CREATE SCHEMA y; CREATE TABLE x (id int PRIMARY KEY);
CREATE TABLE p (a int REFERENCES x) PARTITION BY LIST (a);
CREATE TABLE q PARTITION OF p FOR VALUES IN (1)"""
TYPED = "CREATE TYPE c AS (a int, b text); CREATE TABLE t"
RANGE = "CREATE SCHEMA x; CREATE TYPE r AS RANGE (subtype = int4, multirange_type_name = many)"
SWAPPED = [("a int", "b int"), ("CONSTRAINT x CHECK (a > 1)", "CONSTRAINT y CHECK (a > 1)")]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (
            "CREATE VIEW v AS SELECT E'x\\n WHERE y' AS a, 1 AS b",
            "CREATE VIEW v AS SELECT E'x\\n WHERE y' AS a, 1::bigint AS b",
        ),
        ("CREATE TABLE t (a int)", "CREATE TABLE t (a int NOT NULL NO INHERIT)"),
        *(
            (f"{TWO}; CREATE TABLE t ({a}) INHERITS (p)", f"{TWO}; CREATE TABLE t ({b}) INHERITS (p)")
            for a, b in SWAPPED
        ),
        (
            "CREATE TABLE p (a int DEFAULT 1); CREATE TABLE t () INHERITS (p); ALTER TABLE t ALTER a DROP DEFAULT",
            "CREATE TABLE p (a int DEFAULT 1); CREATE TABLE t (a int DEFAULT 1) INHERITS (p)",
        ),
        (
            "CREATE TABLE p (a int DEFAULT 1); CREATE TABLE t () INHERITS (p); ALTER TABLE t ALTER a SET DEFAULT 2",
            "CREATE TABLE p (a int DEFAULT 1); CREATE TABLE t (a int DEFAULT 1) INHERITS (p)",
        ),
        (LEVELS, f"{LEVELS}; ALTER TABLE ONLY parent ALTER a DROP DEFAULT, DROP COLUMN a"),
        (
            "CREATE TABLE p (a int DEFAULT 1); CREATE TABLE t (a int DEFAULT 1)",
            "CREATE TABLE p (a int DEFAULT 1); CREATE TABLE t () INHERITS (p)",
        ),
        (HEIR, f"{HEIR}; ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k CHECK (b > 0) NOT ENFORCED"),
        (PART, f"{PART}; ALTER TABLE p DETACH PARTITION q"),
        (f"{TYPED} OF c (a WITH OPTIONS DEFAULT 1)", f"{TYPED} OF c (a WITH OPTIONS DEFAULT 1, b NOT NULL)"),
        (f"{TYPED} OF c (a NOT NULL)", f"{TYPED} OF c (a NOT NULL); ALTER TYPE c RENAME ATTRIBUTE a TO d CASCADE"),
        (PART, f"{PART}; ALTER TABLE q SET SCHEMA y"),
        (f"CREATE SCHEMA y; {TWO}", f"CREATE SCHEMA y; {TWO}; ALTER TABLE p SET SCHEMA y; ALTER TABLE y.p ADD c int"),
        (
            "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY)",
            "CREATE TABLE t (id int GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME other))",
        ),
        (RANGE, f"{RANGE}; ALTER TYPE r SET SCHEMA x"),
        ("CREATE TABLE t (j text)", "CREATE TABLE t (j jsonb, CHECK (j ? 'a')); CREATE INDEX ON t USING gin (j)"),
    ],
)
def test_what_would_fail_or_change_nothing_is_not_offered(
    a: str, b: str, server: Server, client: Client, database: Make
) -> None:
    statements, before, _ = followed(server, client, database(a), database(b))
    assert before > 0
    assert statements == []


def test_from_nothing_and_back(server: Server, client: Client, database: Make) -> None:
    _, before, left = followed(server, client, database("CREATE TABLE t (a int)"), database(BASE))
    assert len(left) < before / 2, left
    _, before, left = followed(server, client, database(BASE), database("CREATE TABLE t (a int)"))
    assert len(left) < before, left


def migrations(last: int) -> str:
    names = sorted(path for path in MIGRATIONS.glob("*.sql") if "rollback" not in path.name)
    return "\n".join(path.read_text() for path in names if int(path.name[:4]) <= last)


def test_a_rename_done_by_half_is_finished(server: Server, client: Client, database: Make) -> None:
    whole = (MIGRATIONS / "0010-rename-tenant.sql").read_text()
    by_hand = re.findall(r"(?m)^alter table \S+ rename (?:to|column) .*;$", whole)
    a, b = database(migrations(9) + "\n".join(by_hand)), database(migrations(10))
    statements, before, left = followed(server, client, a, b)
    assert len(left) < before / 4, (statements, left)
    assert not any(re.search("DROP (COLUMN|TABLE)", statement) for statement in statements)
