Pairs of roads to the same schema. `-- @kind name` (the kind may be empty), the SQL for A, a line `-- @@`, the SQL for B.

---------------------------------------------------------------- another order
-- @ tables created in another order
CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (id integer PRIMARY KEY); CREATE TABLE c (a integer REFERENCES a, b integer REFERENCES b);
-- @@
CREATE TABLE b (id integer PRIMARY KEY); CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE c (a integer REFERENCES a, b integer REFERENCES b);
-- @ overloads created in another order
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(text) RETURNS integer LANGUAGE sql AS 'SELECT 2'; CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 3';
-- @@
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 3'; CREATE FUNCTION f(text) RETURNS integer LANGUAGE sql AS 'SELECT 2'; CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- @ operators of one name created in another order
CREATE OPERATOR +~ (FUNCTION = int4pl, LEFTARG = integer, RIGHTARG = integer); CREATE OPERATOR +~ (FUNCTION = int8pl, LEFTARG = bigint, RIGHTARG = bigint);
CREATE OPERATOR +~ (FUNCTION = float8pl, LEFTARG = double precision, RIGHTARG = double precision);
-- @@
CREATE OPERATOR +~ (FUNCTION = float8pl, LEFTARG = double precision, RIGHTARG = double precision);
CREATE OPERATOR +~ (FUNCTION = int8pl, LEFTARG = bigint, RIGHTARG = bigint); CREATE OPERATOR +~ (FUNCTION = int4pl, LEFTARG = integer, RIGHTARG = integer);
-- @ operators that name each other created in another order
CREATE FUNCTION eq(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2'; CREATE FUNCTION ne(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 <> $2';
CREATE OPERATOR =~~ (FUNCTION = eq, LEFTARG = integer, RIGHTARG = integer, NEGATOR = <>~~); CREATE OPERATOR <>~~ (FUNCTION = ne, LEFTARG = integer, RIGHTARG = integer, NEGATOR = =~~);
-- @@
CREATE FUNCTION ne(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 <> $2'; CREATE FUNCTION eq(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
CREATE OPERATOR <>~~ (FUNCTION = ne, LEFTARG = integer, RIGHTARG = integer, NEGATOR = =~~); CREATE OPERATOR =~~ (FUNCTION = eq, LEFTARG = integer, RIGHTARG = integer, NEGATOR = <>~~);
-- @ indexes, triggers and policies created in another order
CREATE TABLE t (a integer, b integer); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE INDEX i ON t (a); CREATE INDEX j ON t (b); CREATE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION g(); CREATE TRIGGER y AFTER INSERT ON t EXECUTE FUNCTION g();
CREATE POLICY p ON t; CREATE POLICY q ON t; COMMENT ON INDEX i IS 'i'; COMMENT ON INDEX j IS 'j';
-- @@
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE t (a integer, b integer);
CREATE POLICY q ON t; CREATE POLICY p ON t; CREATE TRIGGER y AFTER INSERT ON t EXECUTE FUNCTION g(); CREATE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION g();
CREATE INDEX j ON t (b); CREATE INDEX i ON t (a); COMMENT ON INDEX j IS 'j'; COMMENT ON INDEX i IS 'i';
-- @ constraints created in another order
CREATE TABLE t (a integer, b integer, CONSTRAINT c1 CHECK (a > 0), CONSTRAINT c2 CHECK (b > 0), CONSTRAINT u1 UNIQUE (a), CONSTRAINT u2 UNIQUE (b));
-- @@
CREATE TABLE t (a integer, b integer, CONSTRAINT u2 UNIQUE (b), CONSTRAINT c2 CHECK (b > 0), CONSTRAINT u1 UNIQUE (a), CONSTRAINT c1 CHECK (a > 0));
-- @ views that need each other through a function
CREATE FUNCTION v_id() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT v_id() AS id; CREATE VIEW w AS SELECT id FROM v;
-- @@
CREATE VIEW v AS SELECT 1 AS id; CREATE VIEW w AS SELECT id FROM v; CREATE FUNCTION v_id() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE OR REPLACE VIEW v AS SELECT v_id() AS id;
-- @ foreign keys in a circle
CREATE TABLE a (id integer PRIMARY KEY, b integer); CREATE TABLE b (id integer PRIMARY KEY, a integer); ALTER TABLE a ADD CONSTRAINT ab FOREIGN KEY (b) REFERENCES b; ALTER TABLE b ADD CONSTRAINT ba FOREIGN KEY (a) REFERENCES a;
-- @@
CREATE TABLE b (id integer PRIMARY KEY, a integer); CREATE TABLE a (id integer PRIMARY KEY, b integer REFERENCES b); ALTER TABLE b ADD CONSTRAINT ba FOREIGN KEY (a) REFERENCES a; ALTER TABLE a RENAME CONSTRAINT a_b_fkey TO ab;
-- @ publications and their tables in another order
CREATE TABLE a (i integer); CREATE TABLE b (i integer); SET client_min_messages = error; CREATE PUBLICATION p FOR TABLE a, b; CREATE PUBLICATION q FOR TABLE b;
-- @@
CREATE TABLE b (i integer); CREATE TABLE a (i integer); SET client_min_messages = error; CREATE PUBLICATION q FOR TABLE b; CREATE PUBLICATION p FOR TABLE b; ALTER PUBLICATION p ADD TABLE a;
-- @ publication column list in another order
CREATE TABLE a (i integer, j integer); SET client_min_messages = error; CREATE PUBLICATION p FOR TABLE a (i, j);
-- @@
CREATE TABLE a (i integer, j integer); SET client_min_messages = error; CREATE PUBLICATION p FOR TABLE a (j, i);
-- @ publication operations in another order
SET client_min_messages = error; CREATE PUBLICATION p WITH (publish = 'insert, delete', publish_via_partition_root = true);
-- @@
SET client_min_messages = error; CREATE PUBLICATION p WITH (publish_via_partition_root = true, publish = 'delete, insert');
-- @ extensions created in another order
CREATE EXTENSION citext; CREATE EXTENSION pg_trgm;
-- @@
CREATE EXTENSION pg_trgm; CREATE EXTENSION citext;
-- @ statistics kinds and columns in another order
CREATE TABLE t (a integer, b integer, c integer); CREATE STATISTICS s (mcv, ndistinct) ON c, a, b FROM t;
-- @@
CREATE TABLE t (a integer, b integer, c integer); CREATE STATISTICS s (ndistinct, mcv) ON a, b, c FROM t;
-- @ event triggers in another order
CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END'; CREATE EVENT TRIGGER x ON sql_drop EXECUTE FUNCTION e(); CREATE EVENT TRIGGER y ON sql_drop EXECUTE FUNCTION e();
-- @@
CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END'; CREATE EVENT TRIGGER y ON sql_drop EXECUTE FUNCTION e(); CREATE EVENT TRIGGER x ON sql_drop EXECUTE FUNCTION e();
-- @ event trigger tags in another order
CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END'; CREATE EVENT TRIGGER x ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP VIEW') EXECUTE FUNCTION e();
-- @@
CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END'; CREATE EVENT TRIGGER x ON sql_drop WHEN TAG IN ('DROP VIEW', 'DROP TABLE') EXECUTE FUNCTION e();
-- @ policy roles in another order
CREATE TABLE t (a integer); CREATE POLICY p ON t TO kit_writer, kit_reader;
-- @@
CREATE TABLE t (a integer); CREATE POLICY p ON t TO kit_reader, kit_writer;
-- @ operator family members in another order
CREATE OPERATOR FAMILY f USING btree; ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 1 < (integer, integer), OPERATOR 3 = (integer, integer), FUNCTION 1 (integer, integer) btint4cmp(integer, integer);
-- @@
CREATE OPERATOR FAMILY f USING btree; ALTER OPERATOR FAMILY f USING btree ADD FUNCTION 1 (integer, integer) btint4cmp(integer, integer); ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 3 = (integer, integer); ALTER OPERATOR FAMILY f USING btree ADD OPERATOR 1 < (integer, integer);
-- @ text search mappings in another order
CREATE TEXT SEARCH CONFIGURATION c (PARSER = "default"); ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR word WITH simple; ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR email WITH simple;
-- @@
CREATE TEXT SEARCH CONFIGURATION c (PARSER = "default"); ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR email, word WITH simple;
-- @ text search dictionary options in another order
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, stopwords = 'english', accept = 'false');
-- @@
CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, accept = 'false'); ALTER TEXT SEARCH DICTIONARY d (stopwords = 'english');
-- @ partition's values and columns of an action in another order
CREATE TABLE t (a integer, b text, PRIMARY KEY (a, b)) PARTITION BY LIST (b); CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('x', NULL, 'y');
CREATE TABLE u (a integer, b text, c integer, FOREIGN KEY (a, b) REFERENCES t ON DELETE SET NULL (a, b));
-- @@
CREATE TABLE t (a integer, b text, PRIMARY KEY (a, b)) PARTITION BY LIST (b); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (NULL, 'y', 'x');
CREATE TABLE u (a integer, b text, c integer, FOREIGN KEY (a, b) REFERENCES t ON DELETE SET NULL (b, a));
-- @ large objects in another order
SELECT lo_create(70001); SELECT lo_create(70002); COMMENT ON LARGE OBJECT 70001 IS 'x';
-- @@
SELECT lo_create(70002); SELECT lo_create(70001); COMMENT ON LARGE OBJECT 70001 IS 'x';
---------------------------------------------------------------- lists in another order
-- @ storage parameters in another order
CREATE TABLE t (a integer) WITH (fillfactor = 70, autovacuum_enabled = false, toast_tuple_target = 256); CREATE INDEX i ON t (a) WITH (fillfactor = 50, deduplicate_items = off);
-- @@
CREATE TABLE t (a integer) WITH (toast_tuple_target = 256, autovacuum_enabled = false, fillfactor = 70); CREATE INDEX i ON t (a) WITH (deduplicate_items = off, fillfactor = 50);
-- @ storage parameters set one by one
CREATE TABLE t (a text) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false, toast.vacuum_truncate = true);
-- @@
CREATE TABLE t (a text); ALTER TABLE t SET (autovacuum_enabled = false); ALTER TABLE t SET (toast.vacuum_truncate = true, fillfactor = 60); ALTER TABLE t SET (fillfactor = 70); ALTER TABLE t SET (toast.autovacuum_enabled = false);
-- @ options of a column in another order
CREATE TABLE t (a integer); ALTER TABLE t ALTER COLUMN a SET (n_distinct = 5, n_distinct_inherited = 6);
-- @@
CREATE TABLE t (a integer); ALTER TABLE t ALTER COLUMN a SET (n_distinct_inherited = 6); ALTER TABLE t ALTER COLUMN a SET (n_distinct = 5);
-- @ view options in another order
CREATE VIEW v WITH (security_barrier = true, security_invoker = true, check_option = local) AS SELECT oid AS a FROM pg_class;
-- @@
CREATE VIEW v WITH (check_option = local, security_invoker = true) AS SELECT oid AS a FROM pg_class; ALTER VIEW v SET (security_barrier = true);
-- @ settings of a function in another order
CREATE FUNCTION f() RETURNS integer LANGUAGE sql SET search_path = public SET work_mem = '1MB' SET "TimeZone" = 'UTC' AS 'SELECT 1';
-- @@
CREATE FUNCTION f() RETURNS integer LANGUAGE sql SET "TimeZone" = 'UTC' SET work_mem = '1MB' AS 'SELECT 1'; ALTER FUNCTION f SET search_path = public;
-- @ trigger columns in another order
CREATE TABLE t (a integer, b integer, c integer); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER x AFTER UPDATE OF a, b, c ON t FOR EACH ROW EXECUTE FUNCTION g();
-- @@
CREATE TABLE t (a integer, b integer, c integer); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER x AFTER UPDATE OF c, a, b ON t FOR EACH ROW EXECUTE FUNCTION g();
-- @ options of foreign objects in another order
CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h', dbname 'd'); CREATE FOREIGN TABLE t (a integer) SERVER s OPTIONS (schema_name 'x', table_name 'y'); CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (user 'u', password 'p');
-- @@
CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (dbname 'd', host 'h'); CREATE FOREIGN TABLE t (a integer) SERVER s OPTIONS (table_name 'y', schema_name 'x'); CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'p', user 'u');
-- @ settings of the database in another order
ALTER DATABASE {database} SET work_mem = '1MB'; ALTER DATABASE {database} SET lock_timeout = '1s';
-- @@
ALTER DATABASE {database} SET lock_timeout = '1s'; ALTER DATABASE {database} SET work_mem = '1MB';
-- @ settings of a role in the database in another order
ALTER ROLE kit_reader IN DATABASE {database} SET work_mem = '1MB'; ALTER ROLE kit_reader IN DATABASE {database} SET lock_timeout = '1s'; ALTER ROLE kit_writer IN DATABASE {database} SET lock_timeout = '1s';
-- @@
ALTER ROLE kit_writer IN DATABASE {database} SET lock_timeout = '1s'; ALTER ROLE kit_reader IN DATABASE {database} SET lock_timeout = '1s'; ALTER ROLE kit_reader IN DATABASE {database} SET work_mem = '1MB';
-- @ subscription publications in another order
SET client_min_messages = error; CREATE SUBSCRIPTION s CONNECTION 'host=x.invalid' PUBLICATION p, q WITH (connect = false, slot_name = NONE);
-- @@
SET client_min_messages = error; CREATE SUBSCRIPTION s CONNECTION 'host=x.invalid' PUBLICATION q, p WITH (connect = false, slot_name = NONE);
-- @privileges grants in another order
CREATE TABLE t (a integer); CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; GRANT SELECT ON t TO kit_reader; GRANT INSERT ON t TO kit_writer; GRANT UPDATE ON t TO kit_admin WITH GRANT OPTION; GRANT EXECUTE ON FUNCTION f() TO kit_reader, kit_writer;
-- @@
CREATE TABLE t (a integer); CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; GRANT UPDATE ON t TO kit_admin WITH GRANT OPTION; GRANT INSERT ON t TO kit_writer; GRANT SELECT ON t TO kit_reader; GRANT EXECUTE ON FUNCTION f() TO kit_writer; GRANT EXECUTE ON FUNCTION f() TO kit_reader;
-- @privileges grants of two roles in another order
CREATE TABLE t (a integer); GRANT SELECT ON t TO kit_writer WITH GRANT OPTION; SET ROLE kit_writer; GRANT SELECT ON t TO kit_reader; RESET ROLE; GRANT INSERT ON t TO kit_admin;
-- @@
CREATE TABLE t (a integer); GRANT SELECT ON t TO kit_writer WITH GRANT OPTION; GRANT INSERT ON t TO kit_admin; SET ROLE kit_writer; GRANT SELECT ON t TO kit_reader;
-- @privileges grants and revokes to and fro
CREATE TABLE t (a integer);
-- @@
CREATE TABLE t (a integer); GRANT SELECT ON t TO kit_reader; REVOKE SELECT ON t FROM kit_reader; GRANT UPDATE (a) ON t TO kit_reader; REVOKE UPDATE (a) ON t FROM kit_reader;
-- @privileges grants on a large object to and fro
SELECT lo_create(70001);
-- @@
SELECT lo_create(70001); GRANT SELECT ON LARGE OBJECT 70001 TO kit_reader; REVOKE SELECT ON LARGE OBJECT 70001 FROM kit_reader;
-- @privileges owner to and fro
CREATE TABLE t (a integer); CREATE SCHEMA s; CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- @@
CREATE TABLE t (a integer); CREATE SCHEMA s; CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; ALTER TABLE t OWNER TO kit_owner; ALTER TABLE t OWNER TO postgres; ALTER SCHEMA s OWNER TO kit_owner; ALTER SCHEMA s OWNER TO postgres; ALTER FUNCTION f OWNER TO kit_owner; ALTER FUNCTION f OWNER TO postgres;
-- @privileges default privileges in another order
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO kit_reader; ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO kit_writer; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO kit_writer, kit_reader;
-- @@
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO kit_reader; ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO kit_writer; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO kit_writer; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO kit_reader;
-- @ owners and privileges that are not compared
CREATE TABLE t (a integer); CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- @@
CREATE TABLE t (a integer); CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; ALTER TABLE t OWNER TO kit_owner; GRANT SELECT ON t TO kit_reader; REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC; GRANT CREATE ON DATABASE {database} TO kit_writer; GRANT CREATE ON SCHEMA public TO kit_writer;
---------------------------------------------------------------- later, twice, to and fro
-- @ columns added later
CREATE TABLE t (a integer PRIMARY KEY, b text DEFAULT 'x' NOT NULL, c date, d integer GENERATED ALWAYS AS IDENTITY, e integer GENERATED ALWAYS AS (a * 2) STORED);
-- @@
CREATE TABLE t (a integer PRIMARY KEY); ALTER TABLE t ADD COLUMN b text; ALTER TABLE t ALTER COLUMN b SET NOT NULL; ALTER TABLE t ALTER COLUMN b SET DEFAULT 'x'; ALTER TABLE t ADD COLUMN c timestamp; ALTER TABLE t ALTER COLUMN c TYPE date; ALTER TABLE t ADD COLUMN d integer GENERATED ALWAYS AS IDENTITY; ALTER TABLE t ADD COLUMN e integer GENERATED ALWAYS AS (a * 2) STORED;
-- @ column added with a default to rows that are there
CREATE TABLE t (a integer, b integer DEFAULT 7);
-- @@
CREATE TABLE t (a integer); INSERT INTO t VALUES (1); ALTER TABLE t ADD COLUMN b integer DEFAULT 7;
-- @ columns dropped in the past
CREATE TABLE t (a integer, b integer, c integer); CREATE INDEX i ON t (c); CREATE VIEW v AS SELECT * FROM t;
-- @@
CREATE TABLE t (x integer, a integer, y text, b integer, z integer, c integer); ALTER TABLE t DROP COLUMN x, DROP COLUMN y, DROP COLUMN z; CREATE INDEX i ON t (c); CREATE VIEW v AS SELECT * FROM t;
-- @ constraints added later
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE t (a integer CHECK (a > 0), b integer UNIQUE, c integer REFERENCES p, PRIMARY KEY (a));
-- @@
CREATE TABLE p (id integer NOT NULL); ALTER TABLE p ADD PRIMARY KEY (id); CREATE TABLE t (a integer NOT NULL, b integer, c integer); ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY (a), ADD CONSTRAINT t_a_check CHECK (a > 0), ADD CONSTRAINT t_b_key UNIQUE (b), ADD CONSTRAINT t_c_fkey FOREIGN KEY (c) REFERENCES p;
-- @ constraint made of an index
CREATE TABLE t (a integer, CONSTRAINT t_key UNIQUE (a)); ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY (a);
-- @@
CREATE TABLE t (a integer); CREATE UNIQUE INDEX i ON t (a); CREATE UNIQUE INDEX j ON t (a); ALTER TABLE t ADD CONSTRAINT t_key UNIQUE USING INDEX i; ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX j;
-- @ constraints not valid, then validated
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE t (a integer, CONSTRAINT c CHECK (a > 0), CONSTRAINT f FOREIGN KEY (a) REFERENCES p, CONSTRAINT n NOT NULL a);
-- @@
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE t (a integer); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p NOT VALID, ADD CONSTRAINT n NOT NULL a NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT c, VALIDATE CONSTRAINT f, VALIDATE CONSTRAINT n;
-- @ renamed to and fro
CREATE TABLE t (a integer PRIMARY KEY, b integer); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT a, b FROM t; CREATE SEQUENCE s; CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- @@
CREATE TABLE t (a integer PRIMARY KEY, b integer); CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT a, b FROM t; CREATE SEQUENCE s; CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME TO t; ALTER TABLE t RENAME COLUMN b TO c; ALTER TABLE t RENAME COLUMN c TO b; ALTER INDEX i RENAME TO j; ALTER INDEX j RENAME TO i; ALTER VIEW v RENAME TO w; ALTER VIEW w RENAME TO v; ALTER SEQUENCE s RENAME TO r; ALTER SEQUENCE r RENAME TO s; ALTER FUNCTION f RENAME TO g; ALTER FUNCTION g RENAME TO f; ALTER SCHEMA public RENAME TO private; ALTER SCHEMA private RENAME TO public;
-- @ created under another name, all renamed
CREATE TABLE t (id integer PRIMARY KEY, n integer UNIQUE CHECK (n > 0));
-- @@
CREATE TABLE u (id integer PRIMARY KEY, n integer UNIQUE CHECK (n > 0)); ALTER TABLE u RENAME TO t; ALTER TABLE t RENAME CONSTRAINT u_pkey TO t_pkey; ALTER TABLE t RENAME CONSTRAINT u_n_key TO t_n_key; ALTER TABLE t RENAME CONSTRAINT u_n_check TO t_n_check; ALTER TABLE t RENAME CONSTRAINT u_id_not_null TO t_id_not_null;
-- @ created, dropped, created
CREATE TABLE t (a serial); CREATE TYPE e AS ENUM ('x'); CREATE EXTENSION citext;
-- @@
CREATE TABLE t (a serial); DROP TABLE t; CREATE TYPE e AS ENUM ('x', 'y'); DROP TYPE e; CREATE EXTENSION citext; DROP EXTENSION citext; CREATE EXTENSION citext; CREATE TYPE e AS ENUM ('x'); CREATE TABLE t (a serial);
-- @ comments set twice, set and removed
CREATE TABLE t (a integer); COMMENT ON TABLE t IS 'new'; COMMENT ON COLUMN t.a IS 'a';
-- @@
CREATE TABLE t (a integer); COMMENT ON COLUMN t.a IS 'old'; COMMENT ON TABLE t IS 'old'; COMMENT ON TABLE t IS 'new'; COMMENT ON COLUMN t.a IS 'a'; COMMENT ON SCHEMA public IS 'x'; COMMENT ON SCHEMA public IS 'standard public schema'; COMMENT ON DATABASE {database} IS 'x'; COMMENT ON DATABASE {database} IS NULL;
-- @ function replaced twice
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- @@
CREATE FUNCTION f() RETURNS integer LANGUAGE sql COST 7 STRICT AS 'SELECT 1'; CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2'; CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- @ settings spelled otherwise
CREATE TABLE t (a int4, b int8, c varchar, d timestamptz, e decimal(5, 2), f bool, g char, h float8) WITH (fillfactor = 70); CREATE INDEX i ON t (a ASC NULLS LAST); CREATE SEQUENCE s;
-- @@
CREATE TABLE t (a integer, b bigint, c character varying, d timestamp with time zone, e numeric(5, 2), f boolean, g character(1), h double precision) WITH (fillfactor = 70); CREATE INDEX i ON t USING btree (a); CREATE SEQUENCE s AS bigint INCREMENT 1 MINVALUE 1 NO CYCLE CACHE 1;
-- @ index built concurrently
CREATE TABLE t (a integer, b integer); CREATE INDEX i ON t (a); CREATE UNIQUE INDEX j ON t (b);
-- @@
CREATE TABLE t (a integer, b integer); CREATE INDEX CONCURRENTLY i ON t (a); CREATE UNIQUE INDEX CONCURRENTLY j ON t (b); REINDEX INDEX CONCURRENTLY i;
-- @ enum built by ADD VALUE
CREATE TYPE e AS ENUM ('a', 'b', 'c', 'd', 'e');
-- @@
CREATE TYPE e AS ENUM ('c'); ALTER TYPE e ADD VALUE 'a' BEFORE 'c'; ALTER TYPE e ADD VALUE 'b' AFTER 'a'; ALTER TYPE e ADD VALUE 'E'; ALTER TYPE e ADD VALUE 'd' AFTER 'c'; ALTER TYPE e RENAME VALUE 'E' TO 'e';
-- @ composite type built by ADD ATTRIBUTE
CREATE TYPE c AS (a integer, b text);
-- @@
CREATE TYPE c AS (x integer, a integer); ALTER TYPE c ADD ATTRIBUTE b text; ALTER TYPE c DROP ATTRIBUTE x;
-- @ domain built step by step
CREATE DOMAIN d AS integer DEFAULT 1 CONSTRAINT d_not_null NOT NULL CONSTRAINT x CHECK (VALUE > 0) CONSTRAINT y CHECK (VALUE < 9);
-- @@
CREATE DOMAIN d AS integer; ALTER DOMAIN d ADD CONSTRAINT y CHECK (VALUE < 9) NOT VALID; ALTER DOMAIN d SET DEFAULT 1; ALTER DOMAIN d SET NOT NULL; ALTER DOMAIN d ADD CONSTRAINT x CHECK (VALUE > 0); ALTER DOMAIN d VALIDATE CONSTRAINT y;
-- @ trigger disabled and enabled
CREATE TABLE t (a integer); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION g();
-- @@
CREATE TABLE t (a integer); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION g(); CREATE OR REPLACE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION g(); ALTER TABLE t DISABLE TRIGGER ALL; ALTER TABLE t ENABLE TRIGGER ALL;
-- @ row security, replica identity, cluster, tablespace and logging to and fro
CREATE TABLE t (a integer PRIMARY KEY);
-- @@
CREATE UNLOGGED TABLE t (a integer PRIMARY KEY) TABLESPACE kit_space; ALTER TABLE t SET TABLESPACE pg_default; ALTER INDEX t_pkey SET TABLESPACE kit_space; ALTER INDEX t_pkey SET TABLESPACE pg_default; ALTER TABLE t SET LOGGED; ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; ALTER TABLE t DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY; ALTER TABLE t CLUSTER ON t_pkey; ALTER TABLE t SET WITHOUT CLUSTER; ALTER TABLE t REPLICA IDENTITY FULL; ALTER TABLE t REPLICA IDENTITY DEFAULT;
-- @ column storage, compression, statistics and options to and fro
CREATE TABLE t (a text, b integer);
-- @@
CREATE TABLE t (a text STORAGE main COMPRESSION pglz, b integer); ALTER TABLE t ALTER COLUMN a SET STORAGE DEFAULT, ALTER COLUMN a SET COMPRESSION DEFAULT, ALTER COLUMN b SET STATISTICS 5, ALTER COLUMN b SET (n_distinct = 5); ALTER TABLE t ALTER COLUMN b SET STATISTICS -1, ALTER COLUMN b RESET (n_distinct);
-- @ sequences advanced, rows there
CREATE TABLE t (a serial, b integer GENERATED ALWAYS AS IDENTITY); CREATE SEQUENCE s;
-- @@
CREATE TABLE t (a serial, b integer GENERATED ALWAYS AS IDENTITY); CREATE SEQUENCE s; INSERT INTO t DEFAULT VALUES; SELECT nextval('s'), setval('s', 40); ALTER TABLE t ALTER COLUMN b RESTART WITH 500; ANALYZE; VACUUM FULL t;
-- @ serial made by hand
CREATE TABLE t (a serial);
-- @@
CREATE SEQUENCE t_a_seq AS integer; CREATE TABLE t (a integer DEFAULT nextval('t_a_seq') NOT NULL); ALTER SEQUENCE t_a_seq OWNED BY t.a;
-- @ identity added later
CREATE TABLE t (a integer GENERATED BY DEFAULT AS IDENTITY (START 5));
-- @@
CREATE TABLE t (a integer NOT NULL); ALTER TABLE t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY (START 5); ALTER TABLE t ALTER COLUMN a SET GENERATED BY DEFAULT;
-- @ partitions attached
CREATE TABLE t (a integer NOT NULL, b text DEFAULT 'x', CONSTRAINT c CHECK (a > 0)) PARTITION BY RANGE (a); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (5); CREATE TABLE td PARTITION OF t DEFAULT; CREATE INDEX i ON t (a);
-- @@
CREATE TABLE td (a integer NOT NULL, b text DEFAULT 'x', CONSTRAINT c CHECK (a > 0)); CREATE TABLE t (a integer NOT NULL, b text DEFAULT 'x', CONSTRAINT c CHECK (a > 0)) PARTITION BY RANGE (a); CREATE INDEX i ON t (a); CREATE TABLE t1 (a integer CONSTRAINT t_a_not_null NOT NULL, b text DEFAULT 'x', CONSTRAINT c CHECK (a > 0)); ALTER TABLE td RENAME CONSTRAINT td_a_not_null TO t_a_not_null; ALTER TABLE t ATTACH PARTITION td DEFAULT; ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (1) TO (5);
-- @ partition detached and attached again
CREATE TABLE t (a integer PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1, 2);
-- @@
CREATE TABLE t (a integer PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); ALTER TABLE t DETACH PARTITION t1; ALTER TABLE t ATTACH PARTITION t1 FOR VALUES IN (1, 2);
-- @ inherited columns by way of the parent
CREATE TABLE p (a integer, b text); CREATE TABLE c (d integer) INHERITS (p); ALTER TABLE p ADD COLUMN e integer;
-- @@
CREATE TABLE p (a integer, b text); CREATE TABLE c (d integer) INHERITS (p); ALTER TABLE p ADD COLUMN z integer; ALTER TABLE p DROP COLUMN z; ALTER TABLE p ADD COLUMN e integer;
-- @ view replaced, columns appended
CREATE TABLE t (a integer, b integer); CREATE VIEW v AS SELECT a, b FROM t;
-- @@
CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t ADD COLUMN b integer; CREATE OR REPLACE VIEW v AS SELECT a, b FROM t;
-- @ view of a table that was renamed
CREATE TABLE t (a integer); CREATE VIEW v AS SELECT t.a FROM t;
-- @@
CREATE TABLE u (x integer); CREATE VIEW v AS SELECT u.x AS a FROM u; ALTER TABLE u RENAME TO t; ALTER TABLE t RENAME COLUMN x TO a;
-- @ materialized view refreshed again
CREATE TABLE t (a integer); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE UNIQUE INDEX i ON m (a);
-- @@
CREATE TABLE t (a integer); CREATE MATERIALIZED VIEW m AS SELECT a FROM t WITH NO DATA; CREATE UNIQUE INDEX i ON m (a); REFRESH MATERIALIZED VIEW m; INSERT INTO t VALUES (1); REFRESH MATERIALIZED VIEW CONCURRENTLY m;
-- @ extension by way of an older version
CREATE EXTENSION hstore;
-- @@
CREATE EXTENSION hstore VERSION '1.4'; ALTER EXTENSION hstore UPDATE;
-- @ extension's schema set later
CREATE SCHEMA x; CREATE EXTENSION citext SCHEMA x;
-- @@
CREATE EXTENSION citext; CREATE SCHEMA x; ALTER EXTENSION citext SET SCHEMA x;
-- @ access methods to and fro
CREATE ACCESS METHOD h TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE t (a integer) USING h; CREATE TABLE u (a integer);
-- @@
CREATE ACCESS METHOD h TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE t (a integer); CREATE TABLE u (a integer) USING h; ALTER TABLE t SET ACCESS METHOD h; ALTER TABLE u SET ACCESS METHOD heap;
-- @ database settings set and reset
SELECT 1;
-- @@
ALTER DATABASE {database} SET work_mem = '1MB'; ALTER DATABASE {database} RESET work_mem; ALTER ROLE kit_reader IN DATABASE {database} SET work_mem = '1MB'; ALTER ROLE kit_reader IN DATABASE {database} RESET ALL; ALTER DATABASE {database} CONNECTION LIMIT 5; ALTER DATABASE {database} CONNECTION LIMIT -1;
---------------------------------------------------------------- made under other settings of the session
-- @ made with other settings of how things are read and printed
CREATE TABLE t (a text DEFAULT E'a\\b', b date DEFAULT '2020-02-01', c timestamptz DEFAULT '2020-02-01 12:00+00', d interval DEFAULT '1 day 02:00', e bytea DEFAULT '\x00ff', f float8 DEFAULT 0.1, CHECK (c > '2020-01-01 00:00+00'::timestamptz)); CREATE FUNCTION f() RETURNS text LANGUAGE sql AS E'SELECT ''a\\b''';
-- @@
SET standard_conforming_strings = off; SET escape_string_warning = off; SET datestyle = 'German'; SET timezone = 'Asia/Tokyo'; SET intervalstyle = 'iso_8601'; SET bytea_output = 'escape'; SET extra_float_digits = -15; SET quote_all_identifiers = on;
CREATE TABLE t (a text DEFAULT 'a\\b', b date DEFAULT '01.02.2020', c timestamptz DEFAULT '2020-02-01 21:00', d interval DEFAULT 'P1DT2H', e bytea DEFAULT '\\000\\377', f float8 DEFAULT 0.1, CHECK (c > '2020-01-01 09:00'::timestamptz)); CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT ''a\\b''';
-- @ made with another search_path
CREATE SCHEMA s; CREATE TABLE s.t (a integer); CREATE VIEW s.v AS SELECT a FROM s.t; CREATE INDEX ON s.t (a);
-- @@
CREATE SCHEMA s; SET search_path = s; CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t; CREATE INDEX ON t (a);
-- @ made with a default tablespace and access method
CREATE ACCESS METHOD h TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE t (a integer) USING h TABLESPACE kit_space; CREATE MATERIALIZED VIEW m USING h TABLESPACE kit_space AS SELECT 1 AS a; CREATE INDEX i ON t (a) TABLESPACE kit_space;
-- @@
CREATE ACCESS METHOD h TYPE TABLE HANDLER heap_tableam_handler; SET default_tablespace = kit_space; SET default_table_access_method = h; CREATE TABLE t (a integer); CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE INDEX i ON t (a);
-- @ made with another default statistics target and check_function_bodies off
CREATE TABLE t (a integer); CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- @@
SET default_statistics_target = 5; SET check_function_bodies = off; SET default_toast_compression = pglz; CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a integer);
-- @ made with a default compression that needs no word
CREATE TABLE t (a text);
-- @@
SET default_toast_compression = 'pglz'; CREATE TABLE t (a text); INSERT INTO t VALUES (repeat('x', 9000));
---------------------------------------------------------------- compared by a role with settings of its own
-- @role compared by a role with quote_all_identifiers
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
ALTER ROLE {role} SET quote_all_identifiers = on;
-- @@
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
-- @role compared by a role with standard_conforming_strings
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
ALTER ROLE {role} SET standard_conforming_strings = off;
-- @@
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
-- @role compared by a role with bytea_output
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
ALTER ROLE {role} SET bytea_output = 'escape';
-- @@
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
-- @role compared by a role with timezone
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
ALTER ROLE {role} SET timezone = 'Asia/Tokyo';
-- @@
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
-- @role compared by a role with intervalstyle
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
ALTER ROLE {role} SET intervalstyle = 'iso_8601';
-- @@
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
-- @role compared by a role with datestyle
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
ALTER ROLE {role} SET datestyle = 'SQL, DMY';
-- @@
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
-- @role compared by a role with extra_float_digits
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
ALTER ROLE {role} SET extra_float_digits = -10;
-- @@
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
-- @role compared by a role with search_path
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
ALTER ROLE {role} SET search_path = public;
-- @@
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
-- @role compared by a role with client_encoding
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
ALTER ROLE {role} SET client_encoding = 'LATIN1';
-- @@
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
-- @role compared by a role with row_security
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
ALTER ROLE {role} SET row_security = off;
-- @@
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
-- @ compared in databases that limit statements
CREATE TABLE t (a integer); ALTER DATABASE {database} SET statement_timeout = 1;
-- @@
CREATE TABLE t (a integer); ALTER DATABASE {database} SET statement_timeout = 1;
-- @ compared in databases that limit transactions
CREATE TABLE t (a integer); ALTER DATABASE {database} SET transaction_timeout = 50;
-- @@
CREATE TABLE t (a integer); ALTER DATABASE {database} SET transaction_timeout = 50;
-- @ compared in databases that note each login
CREATE TABLE logins (who text); CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.logins VALUES (current_user); END'; CREATE EVENT TRIGGER at_login ON login EXECUTE FUNCTION note();
-- @@
CREATE TABLE logins (who text); CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.logins VALUES (current_user); END'; CREATE EVENT TRIGGER at_login ON login EXECUTE FUNCTION note();
-- @role printed once more by a role that is limited and may only read
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT 'a\b'$$; CREATE TABLE t (a varchar DEFAULT E'a\\b' CHECK (a IN ('a\', 'b')));
ALTER ROLE {role} SET default_transaction_read_only = on; ALTER ROLE {role} SET standard_conforming_strings = off; ALTER ROLE {role} SET transaction_timeout = '100ms'; ALTER ROLE {role} SET statement_timeout = '100ms';
-- @@
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT 'a\b'$$; CREATE TABLE t (a varchar DEFAULT E'a\\b' CONSTRAINT t_a_check CHECK (a::text = ANY (ARRAY['a\'::varchar::text, 'b'::varchar::text])));
-- @role compared by a role with default_transaction_read_only
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
ALTER ROLE {role} SET default_transaction_read_only = on;
-- @@
CREATE TABLE t (a integer DEFAULT 1, b bytea DEFAULT '\x00ff', c timestamptz DEFAULT '2020-01-01 00:00+00', d interval DEFAULT '1 day',
    e float8 DEFAULT 0.1, f text DEFAULT E'a\\b', g date DEFAULT '2020-03-04', CHECK (a > 0));
CREATE VIEW v AS SELECT a, E'x\\y' AS q, '2020-01-01 00:00+00'::timestamptz AS w FROM t; COMMENT ON TABLE t IS E'back\\slash';
CREATE INDEX i ON t (a) WHERE c > '2020-01-01 00:00+00'::timestamptz; CREATE TABLE r (a timestamptz) PARTITION BY RANGE (a);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2021-01-01 00:00+00');
---------------------------------------------------------------- A, and a dump of A restored
-- @dumped constants in subqueries, which are named after their types
CREATE TABLE t (a varchar(5), n integer); CREATE VIEW v AS SELECT a IN (SELECT 'x' UNION VALUES ('y')) AS b, (SELECT -1) AS c FROM t WHERE EXISTS (SELECT NULL WHERE n > 1);
CREATE POLICY p ON t USING (a IN (SELECT 'x' WHERE n > 1)); CREATE FUNCTION f() RETURNS boolean LANGUAGE sql RETURN EXISTS (SELECT 'x');
CREATE RULE r AS ON DELETE TO t WHERE old.a = (SELECT 'x') DO INSTEAD NOTHING; CREATE MATERIALIZED VIEW m AS SELECT ARRAY(SELECT 'x') AS b;
-- @dumped varchar IN in a check
CREATE TABLE t (a varchar(9) CHECK (a IN ('x', 'y')), b varchar CHECK (b = ANY (ARRAY['x', 'y'])), c varchar CHECK (c NOT IN ('x', 'y')));
-- @dumped varchar IN in an index predicate
CREATE TABLE t (a varchar(9), b integer); CREATE INDEX i ON t (b) WHERE a IN ('x', 'y'); CREATE UNIQUE INDEX j ON t ((a IN ('x', 'y')));
-- @dumped varchar IN in a policy
CREATE TABLE t (a varchar(9)); CREATE POLICY p ON t USING (a IN ('x', 'y')) WITH CHECK (a IN ('x', 'z')); ALTER TABLE t ENABLE ROW LEVEL SECURITY;
-- @dumped varchar IN in a view
CREATE TABLE t (a varchar(9)); CREATE VIEW v AS SELECT a, a IN ('x', 'y') AS b FROM t WHERE a IN ('x', 'y');
-- @dumped varchar IN in a materialized view
CREATE TABLE t (a varchar(9)); CREATE MATERIALIZED VIEW v AS SELECT a FROM t WHERE a IN ('x', 'y'); CREATE INDEX i ON v (a) WHERE a IN ('x', 'y');
-- @dumped varchar IN in a generated column
CREATE TABLE t (a varchar(9), b boolean GENERATED ALWAYS AS (a IN ('x', 'y')) STORED, c boolean GENERATED ALWAYS AS (a IN ('x', 'y')) VIRTUAL);
-- @dumped varchar IN in a trigger and a rule
CREATE TABLE t (a varchar(9)); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW WHEN (new.a IN ('x', 'y')) EXECUTE FUNCTION g(); CREATE RULE r AS ON INSERT TO t WHERE new.a IN ('x', 'y') DO INSTEAD NOTHING;
-- @dumped varchar IN in a domain, a default and a sql function
CREATE DOMAIN d AS varchar(9) CHECK (VALUE IN ('x', 'y')); CREATE TABLE t (a boolean DEFAULT ('q'::varchar IN ('x', 'y')));
CREATE FUNCTION f(a varchar) RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT a IN ('x', 'y'); END;
-- @dumped varchar IN in statistics, an exclusion and a publication
CREATE TABLE t (a varchar(9) NOT NULL, b integer PRIMARY KEY, EXCLUDE (b WITH =) WHERE (a IN ('x', 'y'))); CREATE STATISTICS s ON (a IN ('x', 'y')), b FROM t;
SET client_min_messages = error; CREATE PUBLICATION p FOR TABLE t WHERE (b BETWEEN 1 AND 2 AND b <> 3) WITH (publish = 'insert');
-- @dumped char IN, and casts in checks
CREATE TABLE t (a char(3) CHECK (a IN ('x', 'y')), b text CHECK (b IN ('x', 'y')), c varchar CHECK (c LIKE 'x%'), d varchar CHECK (length(d) > 1 AND d <> ''), e name CHECK (e IN ('x', 'y')));
-- @dumped BETWEEN nested in checks
CREATE TABLE t (a integer, b integer, CHECK (a BETWEEN 1 AND 5 AND b > 1), CHECK (b > 1 AND a BETWEEN 1 AND 5), CHECK ((a BETWEEN 1 AND 5) AND (b BETWEEN 1 AND 5)),
    CHECK (NOT (a BETWEEN 1 AND 5) OR b BETWEEN SYMMETRIC 1 AND 5));
-- @dumped BETWEEN nested in indexes, policies and views
CREATE TABLE t (a integer, b integer); CREATE INDEX i ON t (a) WHERE a BETWEEN 1 AND 5 AND b > 1; CREATE POLICY p ON t USING (a BETWEEN 1 AND 5 AND b > 1);
CREATE VIEW v AS SELECT a FROM t WHERE b > 1 AND a BETWEEN 1 AND 5 AND b < 7; CREATE MATERIALIZED VIEW m AS SELECT a FROM t WHERE b > 1 AND a BETWEEN 1 AND 5;
-- @dumped BETWEEN nested in generated columns and a domain
CREATE TABLE t (a integer, b boolean GENERATED ALWAYS AS (a BETWEEN 1 AND 5 AND a > 0) STORED); CREATE DOMAIN d AS integer CHECK (VALUE BETWEEN 1 AND 5 AND VALUE <> 3);
-- @dumped AND and OR nested by hand
CREATE TABLE t (a integer, CHECK ((a > 1 AND a < 9) AND a <> 3), CHECK ((a > 1 OR a < 0) OR a <> 3), CHECK (a > 1 AND (a < 9 AND (a <> 3 AND a <> 4))));
-- @dumped casts and literals in views
CREATE TABLE t (a integer, b text, c timestamptz, d numeric(5, 2), e varchar(4));
CREATE VIEW v AS SELECT a::bigint AS o, b || 'x' AS p, c AT TIME ZONE 'UTC' AS c, d::numeric(4, 1), e::text || e AS e, coalesce(a, 0) AS z, CASE a WHEN 1 THEN 'x' ELSE b END AS k,
    interval '1 day' AS i, ARRAY[1, 2] AS r, (ROW (1, 2) = ROW (1, a)) AS w, NULL AS n, e = 'x' AS q FROM t;
-- @dumped joins and subqueries in views
CREATE TABLE t (a integer, b integer);
CREATE VIEW v AS SELECT * FROM t NATURAL JOIN (SELECT a, count(*) FROM t GROUP BY a) AS s (a, n) LEFT JOIN LATERAL (SELECT t.b AS c) AS l ON true
    WHERE EXISTS (SELECT FROM t AS u WHERE u.a = t.a) ORDER BY 1 LIMIT 5;
CREATE VIEW w AS WITH x AS MATERIALIZED (SELECT 1 AS a) SELECT * FROM x UNION ALL TABLE x;
CREATE VIEW y AS SELECT a, sum(b) OVER (PARTITION BY a ORDER BY b ROWS 2 PRECEDING) FROM t GROUP BY GROUPING SETS ((a, b), ());
-- @dumped view of a table that lost a column and got one
CREATE TABLE t (x integer, a integer, b integer); ALTER TABLE t DROP COLUMN x; CREATE VIEW v AS SELECT * FROM t; ALTER TABLE t ADD COLUMN c integer;
CREATE VIEW w AS SELECT t.*, u.a AS ua FROM t JOIN t AS u USING (a);
-- @dumped view with a USING join whose column was renamed
CREATE TABLE t (a integer, b integer); CREATE TABLE u (a integer, c integer); CREATE VIEW v AS SELECT * FROM t JOIN u USING (a); ALTER TABLE u RENAME COLUMN a TO z;
-- @dumped partitions, inheritance, identity and serial
CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY, b serial, c text DEFAULT 'x') PARTITION BY RANGE (a); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (5);
CREATE TABLE t2 PARTITION OF t DEFAULT PARTITION BY LIST (c); CREATE TABLE t3 PARTITION OF t2 (c DEFAULT 'y') FOR VALUES IN ('y'); ALTER TABLE t ADD PRIMARY KEY (a, c);
CREATE TABLE p (a integer NOT NULL CHECK (a > 0)); CREATE TABLE q (a integer DEFAULT 3, b integer) INHERITS (p);
-- @dumped tables that inherit nothing but columns
CREATE TABLE p (a integer); CREATE TABLE q (b integer) INHERITS (p); CREATE TABLE r () INHERITS (p); CREATE TABLE s () INHERITS (q, r);
-- @dumped not null constraints of all kinds
CREATE TABLE t (a integer NOT NULL, b integer CONSTRAINT mine NOT NULL, c integer CONSTRAINT alone NOT NULL NO INHERIT, e integer); ALTER TABLE t ADD CONSTRAINT later NOT NULL e NOT VALID;
CREATE TABLE k (d integer PRIMARY KEY, CONSTRAINT other NOT NULL d); CREATE TABLE h () INHERITS (t); CREATE TABLE l (a integer CONSTRAINT own NOT NULL) INHERITS (t);
-- @dumped functions of all kinds
CREATE FUNCTION f(a integer, b text DEFAULT 'x', OUT c integer, VARIADIC d integer[] DEFAULT '{}') LANGUAGE plpgsql SET search_path = '' SET work_mem = '1MB'
    AS E'\n-- Name: f; Type: TABLE; Schema: s; Owner: -\nBEGIN\r\n  c := 1;  \n\n\nSET LOCAL lock_timeout = 1;\nEND';
CREATE FUNCTION g(a integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT f(a); SELECT a + 1; END;
CREATE FUNCTION h() RETURNS text LANGUAGE sql AS E'SELECT $_$a$_$ || $$b$$ || ''c\\d''';
-- @dumped settings of a function that are lists
CREATE FUNCTION f() RETURNS integer LANGUAGE sql SET search_path = "$user", public, "we ird" SET datestyle = 'ISO, DMY' SET temp_tablespaces = '' AS 'SELECT 1';
-- @dumped rules and views with rules
CREATE TABLE t (a integer, b text); CREATE VIEW v AS SELECT a, b FROM t; CREATE RULE i AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES (new.a, new.b) RETURNING a, b;
CREATE RULE u AS ON UPDATE TO v DO INSTEAD (UPDATE t SET a = new.a WHERE t.a = old.a; DELETE FROM t WHERE t.b = old.b); ALTER VIEW v ALTER COLUMN a SET DEFAULT 1;
-- @dumped view that needs a primary key
CREATE TABLE t (a integer PRIMARY KEY, b text); CREATE VIEW v AS SELECT a, b, count(*) FROM t GROUP BY a;
-- @dumped views in a circle through a function
CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t; CREATE FUNCTION f() RETURNS SETOF v LANGUAGE sql BEGIN ATOMIC SELECT a FROM v; END; CREATE OR REPLACE VIEW v AS SELECT a FROM t UNION SELECT 1;
-- @dumped default that is a function made later
CREATE TABLE t (a integer); CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'; ALTER TABLE t ALTER COLUMN a SET DEFAULT f(); ALTER TABLE t ADD CHECK (a < f());
-- @dumped indexes of all kinds
CREATE TABLE t (a text, b integer, c varchar(3), d jsonb); CREATE INDEX ON t (lower(a) text_pattern_ops DESC, (b + 1), (c::text), (d ->> 'x')); CREATE INDEX ON t (upper(c), (c || 'x'));
CREATE INDEX ON t USING gin (d jsonb_path_ops); CREATE INDEX ON t USING brin (b) WITH (pages_per_range = 4); CREATE INDEX ON t ((b IS NOT NULL), coalesce(c, 'x')) WHERE c = 'x' AND a LIKE 'y%';
-- @dumped storage parameters and options
CREATE TABLE t (a text STORAGE external COMPRESSION pglz, b integer) WITH (fillfactor = 70, toast.vacuum_truncate = false, autovacuum_enabled = off, user_catalog_table = true);
ALTER TABLE t ALTER COLUMN b SET (n_distinct = 4), ALTER COLUMN b SET STATISTICS 9; CREATE VIEW v WITH (security_barrier, check_option = cascaded) AS SELECT b FROM t WHERE b > 1;
-- @dumped weird names
CREATE SCHEMA "a.b"; CREATE TABLE "a.b"."c;d ""e"" -- $$" ("select" integer, "x
y" text, "ü" text CHECK ("ü" <> ''), "A" integer); CREATE INDEX "i
-- Name: x; Type: TABLE; Schema: y; Owner: z
" ON "a.b"."c;d ""e"" -- $$" ("x
y"); CREATE VIEW "a.b"."V" AS SELECT "select" AS "from", "A" FROM "a.b"."c;d ""e"" -- $$"; CREATE FUNCTION "a.b"."f(x)"("in" integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
COMMENT ON COLUMN "a.b"."c;d ""e"" -- $$"."A" IS E'\n--\n-- Name: q; Type: TABLE; Schema: w; Owner: -\n--\n\nSET x = 1;\n';
-- @dumped statistics, publications, event triggers and policies
CREATE TABLE t (a integer, b integer); CREATE STATISTICS s (mcv) ON a, b FROM t; ALTER STATISTICS s SET STATISTICS 5; SET client_min_messages = error;
CREATE PUBLICATION p FOR TABLE t (a) WITH (publish = 'insert'); CREATE PUBLICATION q FOR TABLES IN SCHEMA public; CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';
CREATE EVENT TRIGGER x ON sql_drop WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION e(); ALTER EVENT TRIGGER x ENABLE REPLICA; CREATE POLICY y ON t AS RESTRICTIVE FOR SELECT TO kit_reader USING (a = 1);
-- @dumped types of all kinds
CREATE TYPE e AS ENUM ('b', 'a'); ALTER TYPE e ADD VALUE 'c' BEFORE 'a'; CREATE TYPE c AS (a integer, b text COLLATE "C"); CREATE TYPE r AS RANGE (subtype = float8); CREATE DOMAIN d AS e DEFAULT 'a' NOT NULL;
CREATE DOMAIN dd AS d CHECK (VALUE::e <> 'b'::e); CREATE DOMAIN da AS integer[] CHECK (cardinality(VALUE) > 0 AND VALUE[1] BETWEEN 1 AND 2); CREATE TABLE t OF c;
-- @dumped large objects with comments
SELECT lo_create(70001); COMMENT ON LARGE OBJECT 70001 IS 'x';
-- @dumped sequences that were used
CREATE SEQUENCE s INCREMENT 5 CACHE 3; SELECT nextval('s'); CREATE TABLE t (a serial, b integer GENERATED ALWAYS AS IDENTITY (MAXVALUE 99 CYCLE)); INSERT INTO t DEFAULT VALUES; CREATE SEQUENCE u OWNED BY t.a;
-- @dumped materialized views, populated and not
CREATE TABLE t (a integer); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE MATERIALIZED VIEW n AS SELECT a FROM m WITH NO DATA; CREATE INDEX i ON m (a);
-- @dumped array columns declared with dimensions and lengths
CREATE TABLE t (a integer[][], b text[3], c integer ARRAY[4]); CREATE VIEW v AS SELECT a, b FROM t; CREATE FUNCTION f(a integer[][]) RETURNS text[3] LANGUAGE sql AS 'SELECT NULL::text[]';
---------------------------------------------------------------- facts of the server that are no part of the schema
-- @ collation versions of another operating system
CREATE COLLATION c (provider = libc, locale = 'C.UTF-8');
-- @@
CREATE COLLATION c (provider = libc, locale = 'C.UTF-8'); UPDATE pg_collation SET collversion = '153.14' WHERE collname = 'c'; UPDATE pg_database SET datcollversion = '2.36' WHERE datname = current_database();
---------------------------------------------------------------- names of NOT NULL constraints
-- @not-null-names table renamed, constraints not
CREATE TABLE t (a integer NOT NULL);
-- @@
CREATE TABLE u (a integer NOT NULL); ALTER TABLE u RENAME TO t;
-- @not-null-names column renamed, constraint not
CREATE TABLE t (a integer NOT NULL, b integer PRIMARY KEY);
-- @@
CREATE TABLE t (x integer NOT NULL, b integer PRIMARY KEY); ALTER TABLE t RENAME COLUMN x TO a;
-- @not-null-names column of a key renamed
CREATE TABLE t (a integer PRIMARY KEY);
-- @@
CREATE TABLE t (x integer PRIMARY KEY); ALTER TABLE t RENAME COLUMN x TO a;
-- @not-null-names identity column, table renamed
CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME q));
-- @@
CREATE TABLE u (a integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME q)); ALTER TABLE u RENAME TO t;
-- @not-null-names not validated, table renamed
CREATE TABLE t (a integer); ALTER TABLE t ADD NOT NULL a NOT VALID;
-- @@
CREATE TABLE u (a integer); ALTER TABLE u ADD NOT NULL a NOT VALID; ALTER TABLE u RENAME TO t;
-- @not-null-names in a partitioned table
CREATE TABLE t (a integer NOT NULL) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
-- @@
CREATE TABLE u (a integer NOT NULL) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF u FOR VALUES IN (1); ALTER TABLE u RENAME TO t;
-- @dumped foreign keys between partitioned tables
CREATE TABLE r (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (0) TO (9); CREATE TABLE r2 PARTITION OF r FOR VALUES FROM (9) TO (99);
CREATE TABLE p (a integer NOT NULL, b integer REFERENCES r) PARTITION BY LIST (a);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 (a integer NOT NULL, b integer REFERENCES r);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES IN (2); ALTER TABLE p2 RENAME CONSTRAINT p2_b_fkey TO p_b_fkey;
-- @@
