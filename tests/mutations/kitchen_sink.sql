-- Every kind of object that one PostgreSQL 18 database can hold, with every property that DDL can set.
-- Run by psql. Needs cluster.sql. What follows the line "-- @database" is what CREATE DATABASE ... TEMPLATE does not
-- copy: it is applied to each copy anew, with {database} replaced by the copy's quoted name.
SET client_min_messages = error;

---------------------------------------------------------------------------------------------------- schemas, extensions
CREATE SCHEMA kit;
CREATE SCHEMA app AUTHORIZATION kit_owner;
CREATE SCHEMA ext;
CREATE SCHEMA empty_schema;
CREATE SCHEMA "Weird ""Schema""; -- $$ select";
COMMENT ON SCHEMA kit IS 'everything; -- not a comment';
COMMENT ON SCHEMA "Weird ""Schema""; -- $$ select" IS E'two\nlines';

CREATE EXTENSION btree_gist SCHEMA ext;
CREATE EXTENSION vector SCHEMA ext;
CREATE EXTENSION hstore SCHEMA ext VERSION '1.4';
CREATE EXTENSION citext SCHEMA ext;
CREATE EXTENSION bloom SCHEMA ext;
CREATE EXTENSION file_fdw SCHEMA ext;
CREATE EXTENSION postgres_fdw SCHEMA ext;
CREATE EXTENSION pg_trgm SCHEMA ext;
COMMENT ON EXTENSION citext IS 'a comment of our own';

---------------------------------------------------------------------------------------------------- languages, access methods
CREATE FUNCTION kit.pl_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION kit.pl_inline(internal) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION kit.pl_validator(oid) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE kit_pl HANDLER kit.pl_handler INLINE kit.pl_inline VALIDATOR kit.pl_validator;
COMMENT ON LANGUAGE kit_pl IS 'plpgsql by another name';
CREATE ACCESS METHOD kit_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD kit_gist TYPE INDEX HANDLER gisthandler;
COMMENT ON ACCESS METHOD kit_heap IS 'heap by another name';

---------------------------------------------------------------------------------------------------- collations, conversions
CREATE COLLATION kit.plain (provider = libc, locale = 'C');
CREATE COLLATION kit.builtin_utf8 (provider = builtin, locale = 'C.UTF-8');
COMMENT ON COLLATION kit.plain IS 'bytes';
CREATE CONVERSION kit.latin1_in FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE DEFAULT CONVERSION kit.latin1_out FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
COMMENT ON CONVERSION kit.latin1_in IS 'inwards';

---------------------------------------------------------------------------------------------------- types
CREATE TYPE kit.mood AS ENUM ('sad', 'ok', 'happy', 'it''s', E'new\nline');
COMMENT ON TYPE kit.mood IS 'an enum';
CREATE TYPE kit.shell_type;
COMMENT ON TYPE kit.shell_type IS 'only a shell';
CREATE TYPE kit.point3 AS (x double precision, y double precision, label text COLLATE kit.plain);
COMMENT ON TYPE kit.point3 IS 'a composite';
COMMENT ON COLUMN kit.point3.x IS 'first';
CREATE TYPE kit.person_type AS (id integer, name text, born date);
CREATE FUNCTION kit.float_diff(double precision, double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE TYPE kit.float_span AS RANGE (subtype = double precision, subtype_diff = kit.float_diff, multirange_type_name = kit.float_spans);
COMMENT ON TYPE kit.float_span IS 'a range';
CREATE TYPE kit.text_span AS RANGE (subtype = text, collation = "C", subtype_opclass = text_pattern_ops);
CREATE TYPE kit.cents;
CREATE FUNCTION kit.cents_in(cstring) RETURNS kit.cents LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION kit.cents_out(kit.cents) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE FUNCTION kit.cents_recv(internal) RETURNS kit.cents LANGUAGE internal IMMUTABLE STRICT AS 'int4recv';
CREATE FUNCTION kit.cents_send(kit.cents) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'int4send';
CREATE TYPE kit.cents (INPUT = kit.cents_in, OUTPUT = kit.cents_out, INTERNALLENGTH = 4, PASSEDBYVALUE, ALIGNMENT = int4,
    STORAGE = plain, CATEGORY = 'N', DEFAULT = '7', DELIMITER = ';');
COMMENT ON TYPE kit.cents IS 'a base type';
CREATE FUNCTION kit.blob_in(cstring) RETURNS kit.blob LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION kit.blob_out(kit.blob) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE kit.blob (INPUT = kit.blob_in, OUTPUT = kit.blob_out, INTERNALLENGTH = VARIABLE, STORAGE = extended);
CREATE DOMAIN kit.email AS text COLLATE kit.plain DEFAULT 'nobody@example.org' CONSTRAINT email_given NOT NULL
    CONSTRAINT has_at CHECK (position('@' IN VALUE) > 1) CONSTRAINT not_long CHECK (length(VALUE) < 200);
ALTER DOMAIN kit.email ADD CONSTRAINT lower_only CHECK (VALUE = lower(VALUE)) NOT VALID;
COMMENT ON DOMAIN kit.email IS 'an address';
COMMENT ON CONSTRAINT has_at ON DOMAIN kit.email IS 'one @';
CREATE DOMAIN kit.small AS integer CHECK (VALUE BETWEEN 0 AND 9);
CREATE DOMAIN kit.code AS varchar(3) CHECK (VALUE IN ('a', 'b'));

---------------------------------------------------------------------------------------------------- functions
CREATE FUNCTION kit.atomic_add(a integer, b integer DEFAULT 1) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT a + b;
END;
CREATE FUNCTION kit.tricky(IN who text, OUT greeting text, INOUT n integer DEFAULT 3) LANGUAGE plpgsql
SECURITY DEFINER LEAKPROOF COST 42 PARALLEL RESTRICTED STABLE STRICT
SET search_path TO kit, pg_temp SET work_mem TO '8MB' SET "DateStyle" TO 'ISO, DMY' AS $body$
-- a comment in the body
DECLARE
    line text := 'a $$ b; ''c''';

-- Name: tricky; Type: TABLE; Schema: public; Owner: -
--

BEGIN
    PERFORM set_config('a.b', 'x', true);   
SET LOCAL lock_timeout = 0;
SET default_tablespace = '';
SELECT pg_catalog.setval('x', 1, true);
-- Data for Name: x; Type: TABLE DATA
/*
\restrict abc
\unrestrict abc
*/
	greeting := 'hello	' || who;


    n := n + 1;
END;
$body$;
COMMENT ON FUNCTION kit.tricky(text, integer) IS E'-- Name: x; Type: TABLE; Schema: public; Owner: -\n\nSET x = 1;  \n';
CREATE FUNCTION kit.crlf() RETURNS text LANGUAGE sql AS E'SELECT ''a\r\nb''\r\n  -- end\r\n';
CREATE FUNCTION kit.overloaded(integer) RETURNS text LANGUAGE sql AS 'SELECT ''int''';
CREATE FUNCTION kit.overloaded(text) RETURNS text LANGUAGE sql AS 'SELECT ''text''';
CREATE FUNCTION kit.overloaded(text, integer) RETURNS text LANGUAGE sql AS 'SELECT ''text, int''';
CREATE FUNCTION kit.many(VARIADIC list integer[]) RETURNS SETOF integer LANGUAGE sql ROWS 7 COST 3 IMMUTABLE PARALLEL SAFE
    AS 'SELECT unnest(list)';
CREATE FUNCTION kit.rows_of(lo integer) RETURNS TABLE (id integer, label text) LANGUAGE sql STABLE
    AS 'SELECT g, g::text FROM generate_series(lo, 9) AS g';
CREATE FUNCTION kit.supported(integer, integer) RETURNS SETOF integer LANGUAGE internal STRICT IMMUTABLE ROWS 50
    SUPPORT generate_series_int4_support AS 'generate_series_int4';
CREATE FUNCTION kit.own_row_number() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE AS 'window_row_number';
CREATE FUNCTION kit.by_other_language() RETURNS integer LANGUAGE kit_pl AS 'BEGIN RETURN 1; END';
CREATE FUNCTION kit.next_code() RETURNS varchar LANGUAGE sql VOLATILE AS 'SELECT ''a''::varchar';
CREATE PROCEDURE kit.proceed(INOUT n integer, note text DEFAULT 'x') LANGUAGE plpgsql SET lock_timeout TO '1s' AS $$
BEGIN
    n := n + 1;
END $$;
COMMENT ON PROCEDURE kit.proceed(integer, text) IS 'a procedure';
CREATE PROCEDURE kit.proceed_sql(a integer) BEGIN ATOMIC SELECT a; END;
CREATE FUNCTION kit.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION kit.touch_too() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION kit.on_event() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';

---------------------------------------------------------------------------------------------------- operators, casts, aggregates
CREATE FUNCTION kit.same_ish(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2 = $2 / 2';
CREATE FUNCTION kit.not_same_ish(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2 <> $2 / 2';
CREATE OPERATOR kit.=~= (FUNCTION = kit.same_ish, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = OPERATOR(kit.=~=),
    NEGATOR = OPERATOR(kit.<~>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES);
CREATE OPERATOR kit.<~> (FUNCTION = kit.not_same_ish, LEFTARG = integer, RIGHTARG = integer, COMMUTATOR = OPERATOR(kit.<~>),
    NEGATOR = OPERATOR(kit.=~=), RESTRICT = neqsel, JOIN = neqjoinsel);
COMMENT ON OPERATOR kit.=~= (integer, integer) IS 'about the same';
CREATE FUNCTION kit.negated(boolean) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT NOT $1';
CREATE OPERATOR kit.!! (FUNCTION = kit.negated, RIGHTARG = boolean);
CREATE FUNCTION kit.plus(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE OPERATOR kit.+~+ (FUNCTION = kit.plus, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR FAMILY kit.int_family USING btree;
COMMENT ON OPERATOR FAMILY kit.int_family USING btree IS 'a family';
CREATE OPERATOR CLASS kit.int_ops FOR TYPE integer USING btree FAMILY kit.int_family AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
COMMENT ON OPERATOR CLASS kit.int_ops USING btree IS 'a class';
ALTER OPERATOR FAMILY kit.int_family USING btree ADD OPERATOR 1 < (bigint, bigint), FUNCTION 1 (bigint, bigint) btint8cmp(bigint, bigint);
CREATE OPERATOR CLASS kit.box_class DEFAULT FOR TYPE box USING kit_gist AS
    OPERATOR 1 <<, OPERATOR 2 &<, OPERATOR 3 &&, OPERATOR 4 &>, OPERATOR 5 >>, OPERATOR 6 ~=, OPERATOR 7 @>, OPERATOR 8 <@,
    OPERATOR 9 &<|, OPERATOR 10 <<|, OPERATOR 11 |>>, OPERATOR 12 |&>,
    FUNCTION 1 gist_box_consistent(internal, box, smallint, oid, internal), FUNCTION 2 gist_box_union(internal, internal),
    FUNCTION 5 gist_box_penalty(internal, internal, internal), FUNCTION 6 gist_box_picksplit(internal, internal),
    FUNCTION 7 gist_box_same(box, box, internal);
CREATE CAST (integer AS kit.cents) WITHOUT FUNCTION;
CREATE CAST (kit.cents AS integer) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (kit.mood AS integer) WITH INOUT AS IMPLICIT;
CREATE FUNCTION kit.as_point3(double precision) RETURNS kit.point3 LANGUAGE sql IMMUTABLE AS 'SELECT ($1, 0, NULL)::kit.point3';
CREATE CAST (double precision AS kit.point3) WITH FUNCTION kit.as_point3(double precision) AS ASSIGNMENT;
COMMENT ON CAST (double precision AS kit.point3) IS 'on the axis';
CREATE AGGREGATE kit.total (integer) (SFUNC = int4_sum, STYPE = bigint, COMBINEFUNC = int8pl, INITCOND = '0', PARALLEL = SAFE,
    MSFUNC = int4_avg_accum, MINVFUNC = int4_avg_accum_inv, MSTYPE = bigint[], MFINALFUNC = int2int4_sum, MINITCOND = '{0,0}');
COMMENT ON AGGREGATE kit.total(integer) IS 'a sum';
CREATE AGGREGATE kit.median (double precision ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
    FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA, FINALFUNC_MODIFY = READ_WRITE);
CREATE AGGREGATE kit.ranked (VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal,
    FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
CREATE AGGREGATE kit.biggest (integer) (SFUNC = int4larger, STYPE = integer, SORTOP = >);
CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal));
COMMENT ON TRANSFORM FOR integer LANGUAGE sql IS 'never called';

---------------------------------------------------------------------------------------------------- text search
CREATE TEXT SEARCH PARSER kit.own_parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype,
    HEADLINE = prsd_headline);
COMMENT ON TEXT SEARCH PARSER kit.own_parser IS 'the default one';
CREATE TEXT SEARCH TEMPLATE kit.own_template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
COMMENT ON TEXT SEARCH TEMPLATE kit.own_template IS 'simple';
CREATE TEXT SEARCH DICTIONARY kit.own_dict (TEMPLATE = pg_catalog.simple, stopwords = 'english', accept = 'false');
COMMENT ON TEXT SEARCH DICTIONARY kit.own_dict IS 'words';
CREATE TEXT SEARCH DICTIONARY kit.syn_dict (TEMPLATE = pg_catalog.synonym, synonyms = 'synonym_sample');
CREATE TEXT SEARCH CONFIGURATION kit.own_config (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION kit.own_config ADD MAPPING FOR asciiword, word WITH kit.own_dict, pg_catalog.english_stem;
ALTER TEXT SEARCH CONFIGURATION kit.own_config ADD MAPPING FOR email WITH pg_catalog.simple;
COMMENT ON TEXT SEARCH CONFIGURATION kit.own_config IS 'search';

---------------------------------------------------------------------------------------------------- sequences
CREATE SEQUENCE kit.counter AS smallint INCREMENT BY 3 MINVALUE -5 MAXVALUE 500 START WITH 2 CACHE 4 CYCLE;
COMMENT ON SEQUENCE kit.counter IS 'counts';
CREATE UNLOGGED SEQUENCE kit.fast_counter;
CREATE SEQUENCE kit.plain_counter;

---------------------------------------------------------------------------------------------------- tables
CREATE TABLE kit.customers (
    id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5 CACHE 2) PRIMARY KEY,
    number serial,
    ref integer GENERATED BY DEFAULT AS IDENTITY,
    name text COLLATE kit.plain DEFAULT 'anonymous' CONSTRAINT name_given NOT NULL,
    mail kit.email,
    feeling kit.mood DEFAULT 'ok'::kit.mood,
    born date DEFAULT CURRENT_DATE,
    raw bytea DEFAULT '\x00ff'::bytea,
    since timestamp with time zone DEFAULT '2020-02-02 02:02:02+00' NOT NULL,
    every interval DEFAULT '1 year 2 mons 3 days 04:05:06'::interval,
    price numeric(10, 2) DEFAULT 0.5 CONSTRAINT price_positive CHECK (price > 0::numeric),
    price_doubled numeric GENERATED ALWAYS AS (price * 2) STORED,
    price_tripled numeric GENERATED ALWAYS AS (price * 3) VIRTUAL,
    code varchar(10) CHECK (code IN ('a', 'b', 'c')),
    letter char(3),
    tags text[] DEFAULT '{}',
    place point,
    at kit.point3,
    blob text,
    small kit.small,
    embedding ext.vector(3),
    attributes ext.hstore,
    doc jsonb DEFAULT E'{"a": "x\\ny"}',
    words tsvector,
    age integer CONSTRAINT age_known NOT NULL,
    parent bigint,
    note text DEFAULT E'first\r\nsecond; -- $$\t''quoted''  \n\n  SET x = 1;\n-- Name: y; Type: TABLE; Schema: z; Owner: -\n',
    CONSTRAINT age_sensible CHECK (age >= 0 AND age < 200 AND age <> 13),
    CONSTRAINT between_nested CHECK ((age BETWEEN 1 AND 100) AND name <> ''),
    CONSTRAINT name_length CHECK (length(name) < 100) NO INHERIT,
    CONSTRAINT not_enforced CHECK (age > 1000) NOT ENFORCED
) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false, toast_tuple_target = 256);
ALTER TABLE kit.customers ADD CONSTRAINT not_checked CHECK (age > 5) NOT VALID;
ALTER TABLE kit.customers ADD CONSTRAINT parent_given NOT NULL parent NOT VALID;
ALTER TABLE kit.customers ADD CONSTRAINT customers_code_key UNIQUE NULLS NOT DISTINCT (code) INCLUDE (name) WITH (fillfactor = 60);
ALTER TABLE kit.customers ADD CONSTRAINT customers_number_key UNIQUE (number) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE kit.customers ADD CONSTRAINT customers_parent_fkey FOREIGN KEY (parent) REFERENCES kit.customers (id)
    ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE kit.customers ALTER COLUMN blob SET STORAGE EXTERNAL, ALTER COLUMN note SET COMPRESSION pglz,
    ALTER COLUMN name SET STATISTICS 500, ALTER COLUMN age SET (n_distinct = -0.5, n_distinct_inherited = 7),
    ALTER COLUMN doc SET STORAGE MAIN;
COMMENT ON TABLE kit.customers IS 'customers; it''s "quoted" and $$';
COMMENT ON COLUMN kit.customers.name IS E'the name\n\nSET a = b;  \n';
COMMENT ON CONSTRAINT age_sensible ON kit.customers IS 'no thirteen';
COMMENT ON CONSTRAINT name_given ON kit.customers IS 'not null';
COMMENT ON CONSTRAINT customers_code_key ON kit.customers IS 'a unique one';
COMMENT ON CONSTRAINT customers_parent_fkey ON kit.customers IS 'a foreign one';
ALTER SEQUENCE kit.plain_counter OWNED BY kit.customers.age;

CREATE TABLE kit.orders (
    id bigint NOT NULL, line integer NOT NULL, customer bigint, code varchar(10), valid daterange NOT NULL,
    room integer NOT NULL, during tsrange, box box, dropped_later integer, amount money, active boolean DEFAULT true NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (id, line) INCLUDE (customer),
    CONSTRAINT orders_no_overlap UNIQUE (room, valid WITHOUT OVERLAPS),
    CONSTRAINT orders_exclude EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (active) DEFERRABLE,
    CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES kit.customers (id) ON DELETE RESTRICT ON UPDATE NO ACTION
);
ALTER TABLE kit.orders DROP COLUMN dropped_later;
ALTER TABLE kit.orders CLUSTER ON orders_pkey;
COMMENT ON CONSTRAINT orders_exclude ON kit.orders IS 'one at a time';
CREATE TABLE kit.order_notes (
    id integer PRIMARY KEY, order_id bigint, order_line integer DEFAULT 1, customer bigint, room integer, valid daterange,
    CONSTRAINT notes_full_fkey FOREIGN KEY (order_id, order_line) REFERENCES kit.orders (id, line) MATCH FULL
        ON UPDATE SET DEFAULT ON DELETE SET NULL (order_line) ,
    CONSTRAINT notes_period_fkey FOREIGN KEY (room, PERIOD valid) REFERENCES kit.orders (room, PERIOD valid)
);
ALTER TABLE kit.order_notes DROP CONSTRAINT notes_full_fkey;
ALTER TABLE kit.order_notes ADD CONSTRAINT notes_full_fkey FOREIGN KEY (order_id, order_line) REFERENCES kit.orders (id, line)
    MATCH FULL ON UPDATE SET DEFAULT ON DELETE SET DEFAULT;
ALTER TABLE kit.order_notes ADD CONSTRAINT notes_some_fkey FOREIGN KEY (order_id, order_line) REFERENCES kit.orders (id, line)
    ON DELETE SET NULL (order_line);
ALTER TABLE kit.order_notes ADD CONSTRAINT notes_customer_fkey FOREIGN KEY (customer) REFERENCES kit.customers (id) NOT VALID;
ALTER TABLE kit.order_notes ADD CONSTRAINT notes_lax_fkey FOREIGN KEY (customer) REFERENCES kit.customers (id) NOT ENFORCED;

CREATE TABLE kit.typed OF kit.person_type (id WITH OPTIONS PRIMARY KEY, name WITH OPTIONS DEFAULT 'x' NOT NULL);
CREATE UNLOGGED TABLE kit.scratch (a integer, b text) WITH (autovacuum_vacuum_scale_factor = 0.1);
CREATE TABLE kit.in_space (a integer, b text) TABLESPACE kit_space;
CREATE TABLE kit.own_heap (a integer) USING kit_heap;
CREATE TABLE kit.no_columns ();
CREATE TABLE kit.base (a integer DEFAULT 1, b text, CONSTRAINT base_b_known NOT NULL b, CONSTRAINT base_a_local NOT NULL a NO INHERIT,
    CONSTRAINT base_check CHECK (a > 0), CONSTRAINT base_check_alone CHECK (a < 99) NO INHERIT);
CREATE TABLE kit.second_base (b text, c integer);
CREATE TABLE kit.heir (d integer, a integer DEFAULT 2) INHERITS (kit.base);
CREATE TABLE kit.heir_of_two (own text) INHERITS (kit.base, kit.second_base);
CREATE TABLE kit.adopted (b text NOT NULL, c integer, z integer); -- in another order it would not survive a dump
ALTER TABLE kit.adopted INHERIT kit.second_base;

CREATE TABLE kit.events (id bigint NOT NULL, at timestamp with time zone NOT NULL, kind text NOT NULL, payload jsonb,
    CONSTRAINT events_kind_check CHECK (kind <> '')) PARTITION BY RANGE (at);
CREATE TABLE kit.events_2024 PARTITION OF kit.events FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2025-01-01 00:00:00+00')
    WITH (fillfactor = 90);
CREATE TABLE kit.events_2025 PARTITION OF kit.events (CONSTRAINT only_2025 CHECK (id > 0))
    FOR VALUES FROM ('2025-01-01 00:00:00+00') TO (MAXVALUE) PARTITION BY LIST (kind);
CREATE TABLE kit.events_2025_ab PARTITION OF kit.events_2025 FOR VALUES IN ('a', 'b', NULL);
CREATE TABLE kit.events_2025_rest PARTITION OF kit.events_2025 DEFAULT;
CREATE TABLE kit.events_default PARTITION OF kit.events DEFAULT;
CREATE INDEX events_at ON kit.events (at DESC, kind);
CREATE UNIQUE INDEX events_unique ON kit.events (id, at, kind);
ALTER TABLE kit.events_2024 ALTER COLUMN payload SET DEFAULT '{}';
CREATE TABLE kit.hashed (id integer, part text) PARTITION BY HASH (id, lower(part) text_pattern_ops);
CREATE TABLE kit.hashed_0 PARTITION OF kit.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE kit.hashed_1 PARTITION OF kit.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
COMMENT ON TABLE kit.events_2024 IS 'a year';

CREATE TABLE "Weird ""Schema""; -- $$ select"."table" ("select" integer, "a b" text, "q""uote" text, "back\slash" text, "ünïcode ☃" text,
    "$$" text, "semi;colon" text, "new
line" text DEFAULT 'x', CONSTRAINT "check -- ; $x$" CHECK ("select" > 0), CONSTRAINT "uni que" UNIQUE ("a b"));
CREATE INDEX "index
of -- lines" ON "Weird ""Schema""; -- $$ select"."table" ("q""uote", "new
line");
COMMENT ON COLUMN "Weird ""Schema""; -- $$ select"."table"."new
line" IS 'two lines';
CREATE TABLE kit."Name: x; Type: TABLE; Schema: y; Owner: -" (a integer);
CREATE VIEW "Weird ""Schema""; -- $$ select"."view
-- Name: v; Type: VIEW; Schema: s; Owner: o
" AS SELECT "select", 'a;b -- c $$ d' AS "lit eral" FROM "Weird ""Schema""; -- $$ select"."table";
CREATE FUNCTION "Weird ""Schema""; -- $$ select"."fun""c;"("an arg" text DEFAULT ';--') RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE TYPE "Weird ""Schema""; -- $$ select"."ty pe" AS ENUM ('', ' ', ';', '--', '"');

CREATE TABLE app.tenants (id integer PRIMARY KEY, owner name DEFAULT CURRENT_USER, secret text, active boolean);
ALTER TABLE app.tenants OWNER TO kit_owner;
CREATE TABLE app.members (id integer PRIMARY KEY, tenant integer REFERENCES app.tenants, mail ext.citext);

---------------------------------------------------------------------------------------------------- indexes
CREATE INDEX customers_name ON kit.customers USING btree (name COLLATE "POSIX" text_pattern_ops DESC NULLS LAST, born ASC NULLS FIRST)
    WITH (fillfactor = 50, deduplicate_items = off);
COMMENT ON INDEX kit.customers_name IS 'an index';
CREATE INDEX customers_partial ON kit.customers (born) INCLUDE (name, age) WHERE code IN ('a', 'b') AND age BETWEEN 1 AND 10;
CREATE INDEX customers_expression ON kit.customers (lower(name), (age + 1));
ALTER INDEX kit.customers_expression ALTER COLUMN 2 SET STATISTICS 300;
CREATE UNIQUE INDEX customers_unique ON kit.customers (ref, age) NULLS NOT DISTINCT;
CREATE INDEX customers_hash ON kit.customers USING hash (code) WITH (fillfactor = 40);
CREATE INDEX customers_tags ON kit.customers USING gin (tags) WITH (fastupdate = off, gin_pending_list_limit = 128);
CREATE INDEX customers_doc ON kit.customers USING gin (doc jsonb_path_ops);
CREATE INDEX customers_words ON kit.customers USING gist (words tsvector_ops (siglen = 100)) WITH (buffering = on);
CREATE INDEX customers_place ON kit.customers USING spgist (place);
CREATE INDEX customers_since ON kit.customers USING brin (since timestamptz_minmax_multi_ops (values_per_range = 16))
    WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX customers_embedding ON kit.customers USING hnsw (embedding ext.vector_cosine_ops) WITH (m = 8, ef_construction = 32);
CREATE INDEX customers_bloom ON kit.customers USING bloom (age, number) WITH (length = 96, col1 = 3);
CREATE INDEX customers_trigram ON kit.customers USING gin (blob ext.gin_trgm_ops);
CREATE INDEX customers_own_ops ON kit.customers (age kit.int_ops);
CREATE INDEX orders_box ON kit.orders USING kit_gist (box);
CREATE INDEX orders_in_space ON kit.orders (code) TABLESPACE kit_space;
CREATE UNIQUE INDEX orders_replica ON kit.orders (room, id);
ALTER TABLE kit.orders REPLICA IDENTITY USING INDEX orders_replica;
ALTER TABLE kit.order_notes REPLICA IDENTITY FULL;
ALTER TABLE kit.scratch REPLICA IDENTITY NOTHING;

---------------------------------------------------------------------------------------------------- views
CREATE VIEW kit.adults WITH (security_barrier = true, security_invoker = true) AS
    SELECT id, name, age FROM kit.customers WHERE age >= 18 WITH LOCAL CHECK OPTION;
COMMENT ON VIEW kit.adults IS 'a view';
COMMENT ON COLUMN kit.adults.age IS 'years';
ALTER VIEW kit.adults ALTER COLUMN name SET DEFAULT 'somebody';
CREATE VIEW kit.adults_named AS SELECT id, name FROM kit.adults WHERE name <> '' WITH CASCADED CHECK OPTION;
CREATE RECURSIVE VIEW kit.numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 10;
CREATE VIEW kit.all_kinds AS SELECT c.code, count(*) FILTER (WHERE c.age > 1) AS n, sum(o.line) OVER w AS s
    FROM kit.customers AS c LEFT JOIN kit.orders AS o ON o.customer = c.id WHERE c.code IN ('a', 'b') AND c.age BETWEEN 1 AND 2
    GROUP BY c.code, o.line WINDOW w AS (PARTITION BY c.code ORDER BY o.line) ORDER BY c.code DESC NULLS LAST;
CREATE MATERIALIZED VIEW kit.sums WITH (fillfactor = 80) AS SELECT code, count(*) AS n FROM kit.customers GROUP BY code WITH DATA;
CREATE UNIQUE INDEX sums_code ON kit.sums (code);
CREATE INDEX sums_n ON kit.sums (n);
ALTER MATERIALIZED VIEW kit.sums CLUSTER ON sums_n;
ALTER MATERIALIZED VIEW kit.sums ALTER COLUMN code SET STATISTICS 50, ALTER COLUMN code SET STORAGE EXTERNAL;
COMMENT ON MATERIALIZED VIEW kit.sums IS 'sums';
COMMENT ON COLUMN kit.sums.n IS 'how many';
CREATE MATERIALIZED VIEW kit.empty_sums AS SELECT sum(n) AS n FROM kit.sums WITH NO DATA;

---------------------------------------------------------------------------------------------------- rules, triggers, policies
CREATE RULE scratch_insert AS ON INSERT TO kit.scratch WHERE new.a < 0 DO INSTEAD NOTHING;
CREATE RULE scratch_update AS ON UPDATE TO kit.scratch DO ALSO (INSERT INTO kit.in_space VALUES (new.a, ';'); NOTIFY kit, 'x');
CREATE RULE scratch_delete AS ON DELETE TO kit.scratch DO ALSO NOTIFY kit;
COMMENT ON RULE scratch_insert ON kit.scratch IS 'a rule';
ALTER TABLE kit.scratch ENABLE ALWAYS RULE scratch_update;
ALTER TABLE kit.scratch DISABLE RULE scratch_delete;
CREATE TRIGGER before_row BEFORE INSERT OR UPDATE OF name, age ON kit.customers FOR EACH ROW WHEN (new.age > 1) EXECUTE FUNCTION kit.touch('a', E'b\n;');
COMMENT ON TRIGGER before_row ON kit.customers IS 'a trigger';
CREATE TRIGGER after_statement AFTER UPDATE ON kit.customers REFERENCING OLD TABLE AS was NEW TABLE AS now_is FOR EACH STATEMENT
    EXECUTE FUNCTION kit.touch();
CREATE TRIGGER on_truncate BEFORE TRUNCATE ON kit.customers EXECUTE FUNCTION kit.touch();
CREATE CONSTRAINT TRIGGER later AFTER INSERT OR DELETE ON kit.customers FROM kit.orders DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION kit.touch();
CREATE TRIGGER always_on BEFORE DELETE ON kit.customers FOR EACH ROW EXECUTE FUNCTION kit.touch();
CREATE TRIGGER replica_only BEFORE DELETE ON kit.customers FOR EACH ROW EXECUTE FUNCTION kit.touch();
CREATE TRIGGER switched_off BEFORE DELETE ON kit.customers FOR EACH ROW EXECUTE FUNCTION kit.touch();
ALTER TABLE kit.customers ENABLE ALWAYS TRIGGER always_on, ENABLE REPLICA TRIGGER replica_only, DISABLE TRIGGER switched_off;
CREATE TRIGGER instead INSTEAD OF INSERT OR UPDATE OR DELETE ON kit.adults_named FOR EACH ROW EXECUTE FUNCTION kit.touch();
CREATE TRIGGER partitioned AFTER INSERT ON kit.events FOR EACH ROW EXECUTE FUNCTION kit.touch();
ALTER TABLE kit.events_2024 DISABLE TRIGGER partitioned;
CREATE EVENT TRIGGER kit_on_end ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION kit.on_event();
CREATE EVENT TRIGGER kit_on_drop ON sql_drop EXECUTE FUNCTION kit.on_event();
CREATE EVENT TRIGGER kit_on_rewrite ON table_rewrite EXECUTE FUNCTION kit.on_event();
ALTER EVENT TRIGGER kit_on_drop DISABLE;
ALTER EVENT TRIGGER kit_on_rewrite ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER kit_on_end IS 'an event';
ALTER TABLE app.tenants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE app.members ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON app.tenants AS PERMISSIVE FOR ALL TO kit_reader, kit_writer USING (owner = CURRENT_USER) WITH CHECK (active);
CREATE POLICY no_secrets ON app.tenants AS RESTRICTIVE FOR SELECT TO PUBLIC USING (secret IS NULL);
CREATE POLICY insert_only ON app.members FOR INSERT TO kit_writer WITH CHECK (tenant IN (SELECT id FROM app.tenants));
COMMENT ON POLICY own_rows ON app.tenants IS 'a policy';

---------------------------------------------------------------------------------------------------- statistics
CREATE STATISTICS kit.customer_stats (ndistinct, dependencies, mcv) ON code, age, lower(name) FROM kit.customers;
ALTER STATISTICS kit.customer_stats SET STATISTICS 77;
CREATE STATISTICS kit.expression_stats ON (age % 10) FROM kit.customers;
COMMENT ON STATISTICS kit.customer_stats IS 'statistics';

---------------------------------------------------------------------------------------------------- foreign data
CREATE FOREIGN DATA WRAPPER kit_fdw HANDLER ext.postgres_fdw_handler VALIDATOR ext.postgres_fdw_validator;
COMMENT ON FOREIGN DATA WRAPPER kit_fdw IS 'a wrapper';
CREATE FOREIGN DATA WRAPPER kit_idle OPTIONS (any_thing 'goes; -- here');
CREATE SERVER kit_far TYPE 'pg' VERSION '18' FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'far.invalid', dbname 'x', fetch_size '50');
COMMENT ON SERVER kit_far IS 'far away';
CREATE SERVER kit_files FOREIGN DATA WRAPPER file_fdw;
CREATE USER MAPPING FOR kit_reader SERVER kit_far OPTIONS (user 'someone', password 'it''s; secret');
CREATE USER MAPPING FOR PUBLIC SERVER kit_far OPTIONS (user 'anyone');
CREATE FOREIGN TABLE kit.far (id integer OPTIONS (column_name 'the_id') NOT NULL, name text DEFAULT 'x' COLLATE "C",
    CONSTRAINT far_check CHECK (id > 0)) SERVER kit_far OPTIONS (schema_name 's', table_name 't');
COMMENT ON FOREIGN TABLE kit.far IS 'a foreign table';
COMMENT ON COLUMN kit.far.id IS 'far id';
ALTER FOREIGN TABLE kit.far ALTER COLUMN name SET STATISTICS 5;
CREATE FOREIGN TABLE kit.a_file (line text) SERVER kit_files OPTIONS (filename '/nowhere', format 'csv', header 'true');

---------------------------------------------------------------------------------------------------- publications
CREATE PUBLICATION kit_some FOR TABLE kit.orders (id, line, customer, room, valid) WHERE (room > 1), TABLE ONLY kit.base
    WITH (publish = 'insert, update', publish_via_partition_root = true);
COMMENT ON PUBLICATION kit_some IS 'a publication';
CREATE PUBLICATION kit_schemas FOR TABLES IN SCHEMA app, kit WITH (publish = 'truncate');
CREATE PUBLICATION kit_all FOR ALL TABLES WITH (publish_generated_columns = stored);
CREATE PUBLICATION kit_none;

---------------------------------------------------------------------------------------------------- large objects
SELECT lo_create(424242);
SELECT lo_put(424242, 0, '\x0102');
COMMENT ON LARGE OBJECT 424242 IS 'a large object';
SELECT lo_create(424243);

---------------------------------------------------------------------------------------------------- rows, so that the dumps have some
INSERT INTO kit.customers (name, mail, age, code, born, parent) VALUES ('x', 'a@b', 40, 'a', '2000-01-01', 10), ('y', 'c@d', 50, 'b', NULL, 10);
INSERT INTO kit.base VALUES (1, 'x');
INSERT INTO kit.in_space VALUES (1, 'x'), (2, E'SET x = 1;\n-- Name: q');
SELECT nextval('kit.counter'), nextval('kit.fast_counter');
REFRESH MATERIALIZED VIEW kit.sums;

---------------------------------------------------------------------------------------------------- ownership and privileges
ALTER FUNCTION kit.atomic_add OWNER TO kit_owner;
ALTER TYPE kit.mood OWNER TO kit_owner;
GRANT USAGE ON SCHEMA kit TO kit_reader, kit_writer WITH GRANT OPTION;
GRANT SELECT ON ALL TABLES IN SCHEMA kit TO kit_reader;
GRANT INSERT, UPDATE (name, age), REFERENCES (id) ON kit.customers TO kit_writer;
GRANT USAGE, SELECT ON SEQUENCE kit.counter TO kit_writer;
REVOKE EXECUTE ON FUNCTION kit.tricky(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kit.tricky(text, integer) TO kit_reader;
GRANT EXECUTE ON PROCEDURE kit.proceed(integer, text) TO "kit_Weird ""Role""";
GRANT USAGE ON TYPE kit.mood TO kit_reader;
GRANT USAGE ON LANGUAGE kit_pl TO kit_reader;
GRANT USAGE ON FOREIGN DATA WRAPPER kit_fdw TO kit_reader;
GRANT USAGE ON FOREIGN SERVER kit_far TO kit_reader;
GRANT SELECT ON LARGE OBJECT 424242 TO kit_reader;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA kit GRANT SELECT ON TABLES TO kit_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE kit_owner GRANT EXECUTE ON FUNCTIONS TO kit_writer;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION ext.similarity(text, text) FROM PUBLIC;

-- @database
ALTER DATABASE {database} SET statement_timeout TO '1min';
ALTER DATABASE {database} SET search_path TO kit, "$user", public;
ALTER ROLE kit_reader IN DATABASE {database} SET work_mem TO '2MB';
ALTER ROLE kit_reader IN DATABASE {database} SET "DateStyle" TO 'ISO, DMY';
COMMENT ON DATABASE {database} IS 'the kitchen sink';
ALTER DATABASE {database} CONNECTION LIMIT 50;
GRANT CONNECT ON DATABASE {database} TO kit_reader;
REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC;
CREATE SUBSCRIPTION kit_sub CONNECTION 'host=far.invalid dbname=x' PUBLICATION one, two
    WITH (connect = false, slot_name = NONE, binary = true, streaming = parallel, origin = none);
COMMENT ON SUBSCRIPTION kit_sub IS 'a subscription';
