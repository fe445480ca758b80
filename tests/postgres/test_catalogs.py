"""What pg_dump does not show of a schema is seen in the catalogs, one test per fact."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonekit.postgres import commands, databases, dumps, loading
from clonekit.postgres.clients import Client
from clonekit.postgres.server import Server
from clonekit.schema import Entry, catalogs

Facts = Callable[..., dict[tuple[str, str, str], str]]
SECRET = "correct horse"
BASE = """
CREATE EXTENSION hstore;
CREATE TABLE people (id integer PRIMARY KEY, name text, age integer CONSTRAINT age_sane CHECK (age >= 0));
CREATE TABLE pets (id integer PRIMARY KEY, owner integer CONSTRAINT owned REFERENCES people,
    tag text UNIQUE DEFERRABLE);
CREATE TABLE pupils (school text) INHERITS (people);
CREATE TABLE logs (at integer, line text) PARTITION BY RANGE (at);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (0) TO (9);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched AFTER INSERT ON logs FOR EACH ROW EXECUTE FUNCTION touch();
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON pets DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch();
CREATE INDEX logs_line ON logs (line);
CREATE INDEX people_name ON people (name);
CREATE MATERIALIZED VIEW names AS SELECT name FROM people;
CREATE VIEW adults AS SELECT id, age FROM people WHERE age >= 18;
CREATE TYPE pair AS (a integer, b text);
CREATE TABLE config (key text PRIMARY KEY, value text);
ALTER EXTENSION hstore ADD TABLE config;
SELECT lo_create(777);
"""

FACTS = {
    "the foreign keys and triggers that a partition has from another schema": (
        "CREATE SCHEMA other; CREATE TABLE other.logs_2 PARTITION OF logs FOR VALUES FROM (9) TO (19);"
        "ALTER TABLE logs ADD FOREIGN KEY (at) REFERENCES people;"
        "CREATE TRIGGER same BEFORE UPDATE ON logs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        ("INHERITED PARTS", "other", "logs_2"),
        "FOREIGN KEY (at) REFERENCES public.people(id)\n"
        "TRIGGER same 19 O f f EXECUTE suppress_redundant_updates_trigger()",
    ),
    "the identity column of a member": (
        "CREATE TABLE counted (id integer GENERATED ALWAYS AS IDENTITY (CACHE 5));"
        "ALTER EXTENSION hstore ADD TABLE counted",
        ("EXTENSION MEMBER", "-", "hstore table counted"),
        "identity of id counted_id_seq integer 1 1 1 2147483647 5",
    ),
    "a sequence that belongs to a column of a member": (
        "CREATE SEQUENCE keys OWNED BY config.key",
        ("SEQUENCE OWNER", "public", "keys"),
        "public.config.key",
    ),
    "the columns that a table has from another schema": (
        "CREATE SCHEMA other; CREATE TABLE other.heirs (more text) INHERITS (people)",
        ("INHERITED PARTS", "other", "heirs"),
        "age integer\nid integer NOT NULL\nname text\nCONSTRAINT age_sane CHECK",
    ),
    "an extension's version": (
        "UPDATE pg_extension SET extversion = '1.1' WHERE extname = 'hstore'",
        ("EXTENSION VERSION", "-", "hstore"),
        "1.1",
    ),
    "that an extension has the server's own version": (
        "UPDATE pg_extension SET extversion = '1.1' WHERE extname = 'hstore'",
        ("EXTENSION DEFAULT", "-", "hstore"),
        None,
    ),
    "an extension that pg_dump takes for given": (
        "DROP EXTENSION plpgsql CASCADE",
        ("EXTENSION VERSION", "-", "plpgsql"),
        None,
    ),
    "an extension's configuration table": (
        "UPDATE pg_extension SET extconfig = ARRAY['config'::regclass::oid], extcondition = '{WHERE true}'"
        " WHERE extname = 'hstore'",
        ("EXTENSION CONFIGURATION", "public", "hstore config"),
        "WHERE true",
    ),
    "an extension's function, altered by hand": (
        "ALTER FUNCTION akeys(hstore) COST 77",
        ("EXTENSION MEMBER", "-", "hstore function akeys(hstore)"),
        "cost 77",
    ),
    "an extension's function, replaced by hand": (
        "CREATE OR REPLACE FUNCTION akeys(hstore) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE"
        " AS 'SELECT NULL::text[]'",
        ("EXTENSION MEMBER", "-", "hstore function akeys(hstore)"),
        "language sql",
    ),
    "an extension's function with a setting": (
        "ALTER FUNCTION akeys(hstore) SET work_mem = '9MB'",
        ("EXTENSION MEMBER", "-", "hstore function akeys(hstore)"),
        "set work_mem=9MB",
    ),
    "an extension's operator": (
        "ALTER OPERATOR @> (hstore, hstore) SET (RESTRICT = NONE)",
        ("EXTENSION MEMBER", "-", "hstore operator @>(hstore,hstore)"),
        "function @extschema@.hs_contains join",
    ),
    "an extension's operator family": (
        "ALTER OPERATOR FAMILY gist_hstore_ops USING gist ADD OPERATOR 99 < (integer, integer)",
        ("EXTENSION MEMBER", "-", "hstore operator family gist_hstore_ops USING gist"),
        "operator 99 <(integer,integer)",
    ),
    "an extension's type": (
        "ALTER TYPE hstore SET (STORAGE = external)",
        ("EXTENSION MEMBER", "-", "hstore type hstore"),
        "storage e",
    ),
    "a member's toast options": (
        "ALTER TABLE config SET (toast.autovacuum_enabled = false)",
        ("EXTENSION MEMBER", "-", "hstore table config"),
        "toast options autovacuum_enabled=false",
    ),
    "what a member inherits from": (
        "CREATE TABLE keys (key text NOT NULL); ALTER TABLE config INHERIT keys",
        ("EXTENSION MEMBER", "-", "hstore table config"),
        "inherits @extschema@.keys",
    ),
    "the target of a member's statistics": (
        "CREATE STATISTICS both_of ON key, value FROM config; ALTER STATISTICS both_of SET STATISTICS 77",
        ("EXTENSION MEMBER", "-", "hstore table config"),
        "target 77",
    ),
    "the bound of a member that is a partition": (
        "ALTER EXTENSION hstore ADD TABLE logs_1",
        ("EXTENSION MEMBER", "-", "hstore table logs_1"),
        "partition FOR VALUES FROM (0) TO (9)",
    ),
    "the key of a member that is partitioned": (
        "ALTER EXTENSION hstore ADD TABLE logs",
        ("EXTENSION MEMBER", "-", "hstore table logs"),
        "partitioned by RANGE (at)",
    ),
    "a member's replica identity": (
        "ALTER TABLE config REPLICA IDENTITY USING INDEX config_pkey",
        ("EXTENSION MEMBER", "-", "hstore table config"),
        "(key) replica identity",
    ),
    "the statistics target of an index on a member": (
        "CREATE INDEX long ON config (length(value)); ALTER INDEX long ALTER COLUMN 1 SET STATISTICS 77",
        ("EXTENSION MEMBER", "-", "hstore table config"),
        "statistics of column 1 77",
    ),
    "the column that owns a member that is a sequence": (
        "CREATE SEQUENCE counter OWNED BY pets.id; ALTER EXTENSION hstore ADD SEQUENCE counter",
        ("EXTENSION MEMBER", "-", "hstore sequence counter"),
        "owned by @extschema@.pets.id",
    ),
    "the options of a member that is a foreign table": (
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w;"
        "CREATE FOREIGN TABLE there (a integer OPTIONS (name 'b')) SERVER far OPTIONS (dir 'c');"
        "ALTER EXTENSION hstore ADD FOREIGN TABLE there",
        ("EXTENSION MEMBER", "-", "hstore foreign table there"),
        "foreign options name (hidden, checksum ",
    ),
    "the user mappings of a member that is a server": (
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w;"
        "ALTER EXTENSION hstore ADD SERVER far; CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (password 'secret')",
        ("EXTENSION MEMBER", "-", "hstore server far"),
        "user mapping for public password (hidden, checksum ",
    ),
    "what was added to an operator family of PostgreSQL's own": (
        "ALTER OPERATOR FAMILY integer_ops USING btree ADD FUNCTION 1 (boolean, boolean) btboolcmp(boolean, boolean)",
        ("SYSTEM SCHEMA OBJECT", "-", "operator family pg_catalog.integer_ops USING btree"),
        "function 1 boolean boolean btboolcmp(boolean,boolean)",
    ),
    "the collation of a member's attribute": (
        'CREATE TYPE duo AS (a text COLLATE "C"); ALTER EXTENSION hstore ADD TYPE duo',
        ("EXTENSION MEMBER", "-", "hstore type duo"),
        'attribute a text collate "C"',
    ),
    "a comment on a member's attribute": (
        "CREATE TYPE duo AS (a text); ALTER EXTENSION hstore ADD TYPE duo; COMMENT ON COLUMN duo.a IS 'ours'",
        ("COMMENT", "-", "EXTENSION MEMBER hstore type duo column a"),
        "ours",
    ),
    "the collation of a member that is a domain": (
        'CREATE DOMAIN word AS text COLLATE "C"; ALTER EXTENSION hstore ADD DOMAIN word',
        ("EXTENSION MEMBER", "-", "hstore type word"),
        'collate "C"',
    ),
    "a member that is a conversion": (
        "CREATE DEFAULT CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;"
        "ALTER EXTENSION hstore ADD CONVERSION c",
        ("EXTENSION MEMBER", "-", "hstore conversion c"),
        "LATIN1 to UTF8 iso8859_1_to_utf8 default",
    ),
    "a member that is a transform": (
        "CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));"
        "ALTER EXTENSION hstore ADD TRANSFORM FOR int LANGUAGE sql",
        ("EXTENSION MEMBER", "-", "hstore transform for integer language sql"),
        "from prsd_lextype to -",
    ),
    "a member that is a parser": (
        "CREATE TEXT SEARCH PARSER p (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end,"
        "LEXTYPES = prsd_lextype); ALTER EXTENSION hstore ADD TEXT SEARCH PARSER p",
        ("EXTENSION MEMBER", "-", "hstore text search parser p"),
        "prsd_start prsd_nexttoken prsd_end - prsd_lextype",
    ),
    "a member that is a template": (
        "CREATE TEXT SEARCH TEMPLATE t (LEXIZE = dsimple_lexize); ALTER EXTENSION hstore ADD TEXT SEARCH TEMPLATE t",
        ("EXTENSION MEMBER", "-", "hstore text search template t"),
        "- dsimple_lexize",
    ),
    "a member that is a window function": (
        "CREATE FUNCTION own() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';"
        "ALTER EXTENSION hstore ADD FUNCTION own()",
        ("EXTENSION MEMBER", "-", "hstore function own()"),
        "kind w",
    ),
    "the type of a member": (
        "CREATE TYPE shape AS (key text, value text); ALTER EXTENSION hstore ADD TYPE shape;"
        "ALTER TABLE config OF shape",
        ("EXTENSION MEMBER", "-", "hstore table config"),
        "of @extschema@.shape",
    ),
    "that a member names what is in its extension's schema": (
        "CREATE FUNCTION now() RETURNS text LANGUAGE sql AS 'SELECT NULL::text';"
        "ALTER EXTENSION hstore ADD FUNCTION public.now(); ALTER TABLE config ALTER value SET DEFAULT public.now()",
        ("EXTENSION MEMBER", "-", "hstore table config"),
        "default @extschema@.now()",
    ),
    "on which extension an aggregate depends": (
        "CREATE AGGREGATE most(int) (SFUNC = int4larger, STYPE = int); ALTER ROUTINE most DEPENDS ON EXTENSION hstore",
        ("EXTENSION DEPENDENCY", "public", "most(integer)"),
        "hstore",
    ),
    "a comment on a member's constraint": (
        "COMMENT ON CONSTRAINT config_pkey ON config IS 'ours'",
        ("COMMENT", "-", "EXTENSION MEMBER hstore table constraint config_pkey on config"),
        "ours",
    ),
    "a comment on a member's index": (
        "COMMENT ON INDEX config_pkey IS 'ours'",
        ("COMMENT", "-", "EXTENSION MEMBER hstore index config_pkey"),
        "ours",
    ),
    "a member that was removed": (
        "ALTER EXTENSION hstore DROP FUNCTION akeys(hstore)",
        ("EXTENSION MEMBER", "-", "hstore function akeys(hstore)"),
        None,
    ),
    "a member that was added": (
        "ALTER EXTENSION hstore ADD FUNCTION touch()",
        ("EXTENSION MEMBER", "-", "hstore function touch()"),
        "returns trigger",
    ),
    "a column of a member table": (
        "ALTER TABLE config ADD COLUMN more integer DEFAULT 3",
        ("EXTENSION MEMBER", "-", "hstore table config"),
        "column more integer default 3",
    ),
    "an index on a member table": (
        "CREATE INDEX config_value ON config (value)",
        ("EXTENSION MEMBER", "-", "hstore table config"),
        "INDEX config_value",
    ),
    "a trigger on a member table": (
        "CREATE TRIGGER touched BEFORE INSERT ON config FOR EACH ROW EXECUTE FUNCTION touch()",
        ("EXTENSION MEMBER", "-", "hstore table config"),
        "CREATE TRIGGER touched",
    ),
    "a policy on a member table": (
        "CREATE POLICY mine ON config USING (key <> '')",
        ("EXTENSION MEMBER", "-", "hstore table config"),
        "policy mine",
    ),
    "an option of a member table": (
        "ALTER TABLE config SET (fillfactor = 50)",
        ("EXTENSION MEMBER", "-", "hstore table config"),
        "options fillfactor=50",
    ),
    "a comment on a member": (
        "COMMENT ON FUNCTION akeys(hstore) IS 'keys'",
        ("COMMENT", "-", "EXTENSION MEMBER hstore function akeys(hstore)"),
        "keys",
    ),
    "a comment on a member table's column": (
        "COMMENT ON COLUMN config.key IS 'which'",
        ("COMMENT", "-", "EXTENSION MEMBER hstore table config column key"),
        "which",
    ),
    "a member's owner": (
        "ALTER FUNCTION akeys(hstore) OWNER TO cat_role",
        ("OWNER", "-", "EXTENSION MEMBER hstore function akeys(hstore)"),
        "cat_role",
    ),
    "a setting of the database": (
        "ALTER DATABASE {0} SET work_mem = '9MB'",
        ("DATABASE SETTING", "-", "work_mem"),
        "9MB",
    ),
    "a secret setting, hidden": (
        f"ALTER DATABASE {{0}} SET app.api_key = '{SECRET}'",
        ("DATABASE SETTING", "-", "app.api_key"),
        "(hidden, checksum ",
    ),
    "a role's setting in the database": (
        "ALTER ROLE cat_role IN DATABASE {0} SET work_mem = '9MB'",
        ("ROLE IN DATABASE SETTING", "-", "cat_role work_mem"),
        "9MB",
    ),
    "the template flag": ("ALTER DATABASE {0} IS_TEMPLATE true", ("DATABASE PROPERTY", "-", "is template"), "true"),
    "the connection limit": (
        "ALTER DATABASE {0} CONNECTION LIMIT 7",
        ("DATABASE PROPERTY", "-", "connection limit"),
        "7",
    ),
    "the database's owner": ("ALTER DATABASE {0} OWNER TO cat_role", ("OWNER", "-", "DATABASE"), "cat_role"),
    "a grant on the database": (
        "GRANT CREATE ON DATABASE {0} TO cat_role",
        ("PRIVILEGES", "-", "DATABASE"),
        "GRANT CREATE TO cat_role",
    ),
    "a comment on the database": ("COMMENT ON DATABASE {0} IS 'ours'", ("COMMENT", "-", "DATABASE"), "ours"),
    "a label on the database": (
        "INSERT INTO pg_shseclabel SELECT oid, 'pg_database'::regclass, 'kit', 'x'"
        " FROM pg_database WHERE datname = current_database()",
        ("SECURITY LABEL", "-", "DATABASE"),
        "kit: x",
    ),
    "default privileges": (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO cat_role",
        ("DEFAULT PRIVILEGES", "-", "<owner> TABLES"),
        "GRANT SELECT TO cat_role",
    ),
    "all default privileges": (
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO cat_role WITH GRANT OPTION",
        ("DEFAULT PRIVILEGES", "-", "<owner> SEQUENCES"),
        "GRANT ALL TO cat_role WITH GRANT OPTION",
    ),
    "all default privileges but one": (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT, UPDATE ON SEQUENCES TO cat_role",
        ("DEFAULT PRIVILEGES", "-", "<owner> SEQUENCES"),
        "GRANT SELECT, UPDATE TO cat_role",
    ),
    "default privileges in a schema": (
        "ALTER DEFAULT PRIVILEGES FOR ROLE cat_role IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
        ("DEFAULT PRIVILEGES", "public", "cat_role FUNCTIONS"),
        "GRANT ALL TO PUBLIC",
    ),
    "an invalid index": (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'people_name'::regclass",
        ("INDEX STATE", "public", "people_name"),
        "invalid: CREATE INDEX people_name",
    ),
    "an invalid index of a partitioned table": (
        "CREATE INDEX alone ON ONLY logs (at)",
        ("INDEX STATE", "public", "alone"),
        "invalid: CREATE INDEX alone",
    ),
    "a materialized view without rows": (
        "REFRESH MATERIALIZED VIEW names WITH NO DATA",
        ("MATERIALIZED VIEW STATE", "public", "names"),
        "not populated",
    ),
    "a disabled foreign key": (
        "ALTER TABLE pets DISABLE TRIGGER ALL",
        ("CONSTRAINT TRIGGER STATE", "public", "pets owned"),
        "RI_FKey_check_ins on public.pets disabled",
    ),
    "a disabled deferrable constraint": (
        "ALTER TABLE pets DISABLE TRIGGER ALL",
        ("CONSTRAINT TRIGGER STATE", "public", "pets pets_tag_key"),
        "unique_key_recheck on public.pets disabled",
    ),
    "an inherited constraint that is not valid": (
        "ALTER TABLE people ADD CONSTRAINT named CHECK (name <> '') NOT VALID",
        ("INHERITED CONSTRAINT STATE", "public", "pupils named"),
        "NOT VALID",
    ),
    "a partition being detached": (
        "UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'logs_1'::regclass",
        ("PARTITION STATE", "public", "logs_1"),
        "being detached",
    ),
    "the order of columns": (
        "ALTER TABLE people ADD COLUMN later integer",
        ("COLUMN ORDER", "public", "pupils"),
        "id, name, age, school, later",
    ),
    "a composite type's columns": (
        "ALTER TYPE pair ADD ATTRIBUTE c date",
        ("COLUMN ORDER", "public", "pair"),
        "a, b, c",
    ),
    "the name of a NOT NULL constraint": (
        "ALTER TABLE pets RENAME CONSTRAINT pets_id_not_null TO given",
        ("NOT NULL", "public", "pets.id"),
        "given",
    ),
    "a comment on a large object": (
        "COMMENT ON LARGE OBJECT 777 IS 'big'",
        ("COMMENT", "-", "LARGE OBJECT 777"),
        "big",
    ),
    "a grant on a large object": (
        "GRANT SELECT ON LARGE OBJECT 777 TO cat_role",
        ("PRIVILEGES", "-", "LARGE OBJECT 777"),
        "GRANT SELECT TO cat_role",
    ),
    "a large object's owner": (
        "ALTER LARGE OBJECT 777 OWNER TO cat_role",
        ("OWNER", "-", "LARGE OBJECT 777"),
        "cat_role",
    ),
    "a comment on what initdb made": (
        "COMMENT ON EXTENSION plpgsql IS 'ours'",
        ("COMMENT", "-", "EXTENSION plpgsql"),
        "ours",
    ),
    "a comment on an inherited constraint": (
        "COMMENT ON CONSTRAINT age_sane ON pupils IS 'sane'",
        ("COMMENT", "public", "CONSTRAINT age_sane ON pupils"),
        "sane",
    ),
    "a comment on a constraint trigger's constraint": (
        "COMMENT ON CONSTRAINT later ON pets IS 'late'",
        ("COMMENT", "public", "CONSTRAINT later ON pets"),
        "late",
    ),
    "a comment on a partition's trigger": (
        "COMMENT ON TRIGGER touched ON logs_1 IS 'here'",
        ("COMMENT", "public", "TRIGGER touched ON logs_1"),
        "here",
    ),
    "a comment on an invalid index": (
        "COMMENT ON INDEX people_name IS 'ours';"
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'people_name'::regclass",
        ("COMMENT", "public", "INDEX people_name"),
        "ours",
    ),
    "the statistics target of the index behind a constraint": (
        "CREATE TABLE rooms (a integer, CONSTRAINT apart EXCLUDE USING gist (box(point(a, a), point(a, a)) WITH &&));"
        "ALTER INDEX apart ALTER COLUMN 1 SET STATISTICS 77",
        ("INDEX STATISTICS", "public", "apart"),
        "column 1: 77",
    ),
    "the state of a partition's trigger with a name like a constraint's own": (
        'ALTER TRIGGER touched ON logs RENAME TO "RI_ConstraintTrigger_a_1";'
        'ALTER TABLE logs_1 DISABLE TRIGGER "RI_ConstraintTrigger_a_1"',
        ("PARTITION TRIGGER", "public", 'logs_1 "RI_ConstraintTrigger_a_1"'),
        "state D",
    ),
    "the extension on which a partition's trigger depends": (
        "ALTER TRIGGER touched ON logs_1 DEPENDS ON EXTENSION hstore",
        ("PARTITION TRIGGER", "public", "logs_1 touched"),
        "depends on hstore",
    ),
    "the name of a partition's foreign key": (
        "ALTER TABLE logs ADD CONSTRAINT by FOREIGN KEY (at) REFERENCES people;"
        "ALTER TABLE logs_1 RENAME CONSTRAINT by TO other",
        ("INHERITED CONSTRAINT NAME", "public", "logs_1 by"),
        "other",
    ),
    "which of two tables has the constraint, whatever blanks are in their names": (
        'CREATE TABLE "pupils a" () INHERITS (people);'
        "ALTER TABLE people ADD CONSTRAINT named CHECK (name <> '') NOT VALID",
        ("INHERITED CONSTRAINT STATE", "public", '"pupils a" named'),
        "NOT VALID",
    ),
    "a comment on a table's row type": (
        "COMMENT ON TYPE people IS 'ours'",
        ("COMMENT", "public", "TYPE people"),
        "ours",
    ),
    "a comment on an array type": ("COMMENT ON TYPE _pair IS 'ours'", ("COMMENT", "public", "TYPE _pair"), "ours"),
    "a comment on a multirange type": (
        "CREATE TYPE span AS RANGE (subtype = integer); COMMENT ON TYPE span_multirange IS 'ours'",
        ("COMMENT", "public", "TYPE span_multirange"),
        "ours",
    ),
    "a comment on the rule that a view is": (
        """COMMENT ON RULE "_RETURN" ON adults IS 'ours'""",
        ("COMMENT", "public", 'RULE "_RETURN" ON adults'),
        "ours",
    ),
    "a label on a composite type's column": (
        "INSERT INTO pg_seclabel VALUES ('pair'::regclass, 'pg_class'::regclass, 1, 'kit', 'x')",
        ("SECURITY LABEL", "public", "COLUMN pair.a"),
        "kit: x",
    ),
    "a label on a member": (
        "INSERT INTO pg_seclabel VALUES ('akeys'::regproc, 'pg_proc'::regclass, 0, 'kit', 'x')",
        ("SECURITY LABEL", "-", "EXTENSION MEMBER hstore function akeys(hstore)"),
        "kit: x",
    ),
    "an object of ours in a system schema": (
        "CREATE FUNCTION information_schema.ours() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        ("SYSTEM SCHEMA OBJECT", "-", "function information_schema.ours()"),
        "returns integer",
    ),
    "an enabled subscription": (
        "CREATE SUBSCRIPTION sub CONNECTION 'host=x' PUBLICATION p WITH (connect = false, slot_name = NONE);"
        "UPDATE pg_subscription SET subenabled = true WHERE subname = 'sub'",
        ("SUBSCRIPTION STATE", "-", "sub"),
        "enabled",
    ),
}
# Where the change that makes the fact visible changes something that pg_dump prints, too.
SHOWN_AS_WELL = {
    "the foreign keys and triggers that a partition has from another schema",
    "the columns that a table has from another schema",  # with the parent
    "an extension that pg_dump takes for given",
    "what a member inherits from",  # a table of ours
    "a member that was removed",
    "a member that was added",
    "the bound of a member that is a partition",
    "the key of a member that is partitioned",
    "a sequence that belongs to a column of a member",
    "the column that owns a member that is a sequence",
    "the options of a member that is a foreign table",
    "the user mappings of a member that is a server",
    "on which extension an aggregate depends",
    "an invalid index",  # as if it were not there
    "an invalid index of a partitioned table",
    "a comment on an invalid index",
    "the statistics target of the index behind a constraint",
    "the state of a partition's trigger with a name like a constraint's own",
    "the name of a partition's foreign key",
    "which of two tables has the constraint, whatever blanks are in their names",
    "a comment on a multirange type",
    "a disabled foreign key",
    "a disabled deferrable constraint",
    "an inherited constraint that is not valid",
    "the order of columns",
    "a composite type's columns",
    "the name of a NOT NULL constraint",
    "an enabled subscription",
}
# Another order and other names on the way; what is reached is BASE.
ANOTHER_ROAD = """
CREATE TYPE pair AS (a integer, b text);
CREATE TABLE humans (id integer, name text, extra integer, age integer);
ALTER TABLE humans DROP COLUMN extra;
ALTER TABLE humans RENAME TO people;
ALTER TABLE people ADD CONSTRAINT age_sane CHECK (age >= 0);
ALTER TABLE people ADD PRIMARY KEY (id);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE logs (at integer, line text) PARTITION BY RANGE (at);
CREATE INDEX logs_line ON logs (line);
CREATE TRIGGER touched AFTER INSERT ON logs FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE logs_1 (at integer, line text);
ALTER TABLE logs ATTACH PARTITION logs_1 FOR VALUES FROM (0) TO (9);
CREATE SCHEMA elsewhere;
CREATE TABLE pupils (school text) INHERITS (people);
CREATE INDEX people_name ON people (name);
CREATE TABLE pets (id integer PRIMARY KEY, owner integer, tag text);
ALTER TABLE pets ADD UNIQUE (tag) DEFERRABLE;
ALTER TABLE pets ADD CONSTRAINT owned FOREIGN KEY (owner) REFERENCES people;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON pets DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE config (key text PRIMARY KEY, value text);
CREATE EXTENSION hstore SCHEMA elsewhere;
ALTER EXTENSION hstore SET SCHEMA public;
DROP SCHEMA elsewhere;
ALTER EXTENSION hstore ADD TABLE config;
CREATE VIEW adults AS SELECT id, age FROM people WHERE age >= 18;
CREATE MATERIALIZED VIEW names AS SELECT name FROM people WITH NO DATA;
REFRESH MATERIALIZED VIEW names;
SELECT lo_create(777);
"""


@pytest.fixture(scope="session")
def cat_role(server: Server) -> str:
    with databases.connect(server) as connection:
        connection.execute("CREATE ROLE cat_role LOGIN PASSWORD 'x'")
    return "cat_role"


@pytest.fixture
def made(database: Callable[..., str], cat_role: str, server: Server) -> Iterator[str]:
    name = database(BASE)
    yield name
    with databases.connect(server, name) as connection:  # what would keep the database from being dropped
        connection.execute("UPDATE pg_subscription SET subenabled = false WHERE subname = 'sub'")
        connection.execute("DROP SUBSCRIPTION IF EXISTS sub")
        connection.execute("DELETE FROM pg_shseclabel")
        connection.execute(f"ALTER DATABASE {name} IS_TEMPLATE false".encode())


@pytest.fixture
def facts(client: Client) -> Facts:
    def ask(server: Server, name: str) -> dict[tuple[str, str, str], str]:
        found = catalogs.parse(_ask(client, server, name))
        assert len({entry.identity for entry in found}) == len(found)
        return {entry.identity: entry.definition for entry in found}

    return ask


def _ask(client: Client, server: Server, name: str) -> str:
    return _run(catalogs.command(client.program("psql"), server.parameters(name)), server)


def _run(argv: list[str], server: Server, *, quiet: bool = True) -> str:
    environ = {
        **os.environ,
        "PGPASSWORD": server.password or "",
        "PGOPTIONS": f"-c default_transaction_read_only={quiet}",
    }
    child = subprocess.run(argv, env=environ, capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    assert not (quiet and child.stderr)
    return child.stdout


def _execute(server: Server, name: str, statements: str) -> None:
    with databases.connect(server, name) as connection:
        for statement in statements.split(";"):
            connection.execute(statement.format(name).encode() if "{0}" in statement else statement.encode())


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_that_pg_dump_leaves_out_is_seen(
    fact: str, made: str, server: Server, client: Client, facts: Facts
) -> None:
    """A single change alters the row that stands for it, and pg_dump prints the same as before."""
    change, identity, seen = FACTS[fact]
    before, dumped = facts(server, made), _dump(client, server, made)
    _execute(server, made, change)
    after = facts(server, made)
    assert after.get(identity) != before.get(identity)
    assert identity not in after if seen is None else seen in after[identity]
    assert SECRET not in str(after)
    assert (_dump(client, server, made) != dumped) == (fact in SHOWN_AS_WELL)


def _dump(client: Client, server: Server, name: str) -> str:
    text = _run(commands.dump_schema(client.program("pg_dump"), server.parameters(name)), server)
    return re.sub(r"(?m)^\\(un)?restrict .*$", "", text)  # a random key


def test_moving_an_extension_does_not_rename_its_members(made: str, server: Server, facts: Facts) -> None:
    """The schema of an extension is one difference, which pg_dump prints."""
    before = facts(server, made)
    _execute(server, made, "CREATE SCHEMA elsewhere; ALTER EXTENSION hstore SET SCHEMA elsewhere")
    assert facts(server, made) == before


def test_any_role_sees_the_same(made: str, cat_role: str, server: Server, facts: Facts) -> None:
    """No query needs a superuser."""
    _execute(server, made, "ALTER DATABASE {0} SET work_mem = '9MB'; ALTER TABLE pets DISABLE TRIGGER ALL")
    plain = replace(server.as_user(cat_role), password="x")
    assert facts(plain, made) == facts(server, made)


def test_a_role_that_is_no_superuser_sees_subscriptions_and_hears_what_it_does_not_see(
    made: str, cat_role: str, server: Server, client: Client, facts: Facts
) -> None:
    """For it pg_dump leaves out subscriptions, and the options of a user mapping."""
    _execute(server, made, "CREATE SUBSCRIPTION sub CONNECTION 'host=x' PUBLICATION q, p WITH (connect = false)")
    _execute(server, made, "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w")
    _execute(server, made, "CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (a 'b')")
    _execute(server, made, "ALTER SUBSCRIPTION sub SET (slot_name = NONE)")
    plain = replace(server.as_user(cat_role), password="x")
    assert facts(plain, made)["SUBSCRIPTION STATE", "-", "sub"] == "to p, q"
    assert catalogs.unreadable(_ask(client, plain, made)) == [
        "connections of subscriptions",
        "options of user mappings",
    ]
    assert catalogs.unreadable(_ask(client, server, made)) == []


def test_another_road_to_the_same_schema_gives_the_same_facts(
    made: str, database: Callable[..., str], server: Server, facts: Facts
) -> None:
    """Neither the order of the statements nor dropped columns, earlier names and OIDs show, but for NOT NULL names."""
    other = database(ANOTHER_ROAD)
    here, there = facts(server, made), facts(server, other)
    different = {identity for identity in here.keys() | there.keys() if here.get(identity) != there.get(identity)}
    assert different <= {("NOT NULL", "public", "people.id"), ("NOT NULL", "public", "pupils.id")}


def test_dump_and_restore_gives_the_same_facts(
    made: str, database: Callable[..., str], server: Server, client: Client, facts: Facts, tmp_path: Path
) -> None:
    """Lost on the way: what was done to an extension's members by hand, which no dump has."""
    copy = f"{made}_copy"
    dumps.write(client, server, made, tmp_path / "dump")
    loading.load(server, tmp_path / "dump", copy)
    here, there = facts(server, made), facts(server, copy)
    different = {identity for identity in here.keys() | there.keys() if here.get(identity) != there.get(identity)}
    databases.drop(server, copy)
    assert different == {("EXTENSION MEMBER", "-", "hstore table config")}


def test_the_command_has_no_secret_and_finds_its_script() -> None:
    argv = catalogs.command(Path("/usr/bin/psql"), {"host": "h", "dbname": "it's"})
    assert argv[0] == "/usr/bin/psql"
    assert argv[-1] == r"--dbname=host='h' dbname='it\'s'"
    assert Path(argv[-2].removeprefix("--file=")).is_file()


@pytest.mark.parametrize(
    "line", ["{", "[]", "1", '{"kind": "X"}', '{"kind": 1, "schema": "-", "name": "", "definition": ""}']
)
def test_a_broken_line_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match="The catalogs' answer has a line that can't be read"):
        catalogs.parse(line)


@given(st.lists(st.tuples(*[st.text()] * 4)))
def test_what_is_printed_is_read_again(rows: list[tuple[str, str, str, str]]) -> None:
    """Whatever is in a name or a definition, a row is one line."""
    fields = ("kind", "schema", "name", "definition")
    lines = [json.dumps(dict(zip(fields, row, strict=True)), ensure_ascii=False) for row in rows]
    assert catalogs.parse("".join(f"{line}\n" for line in lines)) == [Entry(*row) for row in rows]
