Single changes to the kitchen sink. `-- @ name: text that the comparer must print`, then the SQL, run by psql.

Not here, on purpose: collversion and datcollversion (facts of the operating system), attndims (PostgreSQL does not print it),
system objects altered by hand (other than their privileges): a dump tells none of them, so every clone would differ.
---------------------------------------------------------------- schemas
-- @ schema added: fresh_schema
CREATE SCHEMA fresh_schema;
-- @ schema dropped: empty_schema
DROP SCHEMA empty_schema;
-- @ schema renamed: renamed_schema
ALTER SCHEMA empty_schema RENAME TO renamed_schema;
-- @ schema comment changed: kit
COMMENT ON SCHEMA kit IS 'everything; -- not  a comment';
-- @ schema comment of public changed: public
COMMENT ON SCHEMA public IS 'ours';
-- @ schema comment of public dropped: public
COMMENT ON SCHEMA public IS NULL;
-- @ public schema dropped: public
DROP SCHEMA public;
---------------------------------------------------------------- extensions
-- @ extension dropped: file_fdw
DROP EXTENSION file_fdw CASCADE;
-- @ extension added: unaccent
CREATE EXTENSION unaccent SCHEMA ext;
-- @ extension version: hstore
ALTER EXTENSION hstore UPDATE TO '1.5';
-- @ extension moved to another schema: citext
ALTER EXTENSION citext SET SCHEMA public;
-- @ extension comment: citext
COMMENT ON EXTENSION citext IS 'another comment';
-- @ extension function altered by hand, cost: similarity
ALTER FUNCTION ext.similarity(text, text) COST 4711;
-- @ extension function replaced by hand, body: regexp_matches
CREATE OR REPLACE FUNCTION ext.regexp_matches(string ext.citext, pattern ext.citext) RETURNS SETOF text[] LANGUAGE sql
    IMMUTABLE STRICT PARALLEL SAFE ROWS 1 AS 'SELECT NULL::text[]';
-- @ extension function altered by hand, search_path: similarity
ALTER FUNCTION ext.similarity(text, text) SET search_path = pg_catalog;
-- @ extension operator altered by hand: pg_trgm
ALTER OPERATOR ext.% (text, text) SET (RESTRICT = NONE);
-- @ extension operator family extended by hand: gin_trgm_ops
ALTER OPERATOR FAMILY ext.gin_trgm_ops USING gin ADD OPERATOR 99 pg_catalog.^@ (text, text);
-- @ extension type altered by hand: vector
ALTER TYPE ext.vector SET (STORAGE = extended);
-- @ extension member dropped from it: similarity_op
ALTER EXTENSION pg_trgm DROP FUNCTION ext.similarity_op(text, text);
-- @ extension member added to it: atomic_add
ALTER EXTENSION pg_trgm ADD FUNCTION kit.atomic_add(integer, integer);
-- @ extension function's comment changed by hand: similarity
COMMENT ON FUNCTION ext.similarity(text, text) IS 'by hand';
-- @ extension foreign data wrapper altered by hand: postgres_fdw
ALTER FOREIGN DATA WRAPPER postgres_fdw NO VALIDATOR;
-- @ extension function renamed by hand: resemblance
ALTER FUNCTION ext.similarity(text, text) RENAME TO resemblance;
---------------------------------------------------------------- languages, access methods, transforms, conversions, collations
-- @ language no longer trusted: kit_pl
CREATE OR REPLACE LANGUAGE kit_pl HANDLER kit.pl_handler INLINE kit.pl_inline VALIDATOR kit.pl_validator;
-- @ language comment: kit_pl
COMMENT ON LANGUAGE kit_pl IS 'other';
-- @ language without inline handler: kit_pl
CREATE OR REPLACE TRUSTED LANGUAGE kit_pl HANDLER kit.pl_handler VALIDATOR kit.pl_validator;
-- @ access method added: second_heap
CREATE ACCESS METHOD second_heap TYPE TABLE HANDLER heap_tableam_handler;
-- @ access method comment: kit_heap
COMMENT ON ACCESS METHOD kit_heap IS NULL;
-- @ access method of a table: own_heap
ALTER TABLE kit.own_heap SET ACCESS METHOD heap;
-- @ access method of another table: in_space
ALTER TABLE kit.in_space SET ACCESS METHOD kit_heap;
-- @ transform dropped: TRANSFORM
DROP TRANSFORM FOR integer LANGUAGE sql;
-- @ transform changed: TRANSFORM
CREATE OR REPLACE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));
-- @ transform comment: TRANSFORM
COMMENT ON TRANSFORM FOR integer LANGUAGE sql IS 'other';
-- @ conversion no longer default: latin1_out
DROP CONVERSION kit.latin1_out;
CREATE CONVERSION kit.latin1_out FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
-- @ conversion comment: latin1_in
COMMENT ON CONVERSION kit.latin1_in IS 'outwards';
-- @ collation added: more_plain
CREATE COLLATION kit.more_plain (provider = libc, locale = 'POSIX');
-- @ collation locale: builtin_utf8
DROP COLLATION kit.builtin_utf8;
CREATE COLLATION kit.builtin_utf8 (provider = builtin, locale = 'PG_UNICODE_FAST');
-- @ collation comment: plain
COMMENT ON COLLATION kit.plain IS 'octets';
---------------------------------------------------------------- types
-- @ enum value added at the end: mood
ALTER TYPE kit.mood ADD VALUE 'elated';
-- @ enum value added in the middle: mood
ALTER TYPE kit.mood ADD VALUE 'meh' BEFORE 'ok';
-- @ enum value renamed: mood
ALTER TYPE kit.mood RENAME VALUE 'sad' TO 'Sad';
-- @ enum order: ty pe
DROP TYPE "Weird ""Schema""; -- $$ select"."ty pe";
CREATE TYPE "Weird ""Schema""; -- $$ select"."ty pe" AS ENUM (' ', '', ';', '--', '"');
-- @ enum value differs by a blank: ty pe
ALTER TYPE "Weird ""Schema""; -- $$ select"."ty pe" RENAME VALUE ' ' TO '  ';
-- @ type comment: mood
COMMENT ON TYPE kit.mood IS 'an  enum';
-- @ composite attribute added: point3
ALTER TYPE kit.point3 ADD ATTRIBUTE z double precision;
-- @ composite attribute type: person_type
ALTER TYPE kit.person_type ALTER ATTRIBUTE born TYPE timestamp CASCADE;
-- @ composite attribute renamed: person_type
ALTER TYPE kit.person_type RENAME ATTRIBUTE born TO birthday CASCADE;
-- @ composite attribute collation: point3
ALTER TABLE kit.customers DROP COLUMN at;
DROP CAST (double precision AS kit.point3);
DROP FUNCTION kit.as_point3(double precision);
DROP TYPE kit.point3;
CREATE TYPE kit.point3 AS (x double precision, y double precision, label text);
ALTER TABLE kit.customers ADD COLUMN at kit.point3;
-- @ composite attribute comment: point3
COMMENT ON COLUMN kit.point3.x IS 'second';
-- @ shell type dropped: shell_type
DROP TYPE kit.shell_type;
-- @ range subtype_diff: float_span
DROP TYPE kit.float_span;
CREATE TYPE kit.float_span AS RANGE (subtype = double precision, multirange_type_name = kit.float_spans);
-- @ range collation: text_span
DROP TYPE kit.text_span;
CREATE TYPE kit.text_span AS RANGE (subtype = text, subtype_opclass = text_pattern_ops);
-- @ multirange type renamed: float_many
ALTER TYPE kit.float_spans RENAME TO float_many;
-- @ base type storage: blob
ALTER TYPE kit.blob SET (STORAGE = main);
-- @ base type send and receive: cents
ALTER TYPE kit.cents SET (RECEIVE = kit.cents_recv, SEND = kit.cents_send);
-- @ base type default: cents
UPDATE pg_type SET typdefault = '8' WHERE typname = 'cents';
-- @ base type preferred in its category: cents
UPDATE pg_type SET typispreferred = true WHERE typname = 'cents';
-- @ domain default: email
ALTER DOMAIN kit.email SET DEFAULT 'somebody@example.org';
-- @ domain nullable: email
ALTER DOMAIN kit.email DROP NOT NULL;
-- @ domain constraint validated: lower_only
ALTER DOMAIN kit.email VALIDATE CONSTRAINT lower_only;
-- @ domain constraint not valid: has_at
ALTER DOMAIN kit.email DROP CONSTRAINT has_at;
ALTER DOMAIN kit.email ADD CONSTRAINT has_at CHECK (position('@' IN VALUE) > 1) NOT VALID;
COMMENT ON CONSTRAINT has_at ON DOMAIN kit.email IS 'one @';
-- @ domain constraint renamed: rather_short
ALTER DOMAIN kit.email RENAME CONSTRAINT not_long TO rather_short;
-- @ domain constraint changed: not_long
ALTER DOMAIN kit.email DROP CONSTRAINT not_long;
ALTER DOMAIN kit.email ADD CONSTRAINT not_long CHECK (length(VALUE) < 201);
-- @ domain constraint comment: has_at
COMMENT ON CONSTRAINT has_at ON DOMAIN kit.email IS 'an @';
-- @ domain comment: email
COMMENT ON DOMAIN kit.email IS NULL;
-- @ domain type length: code
DROP DOMAIN kit.code;
CREATE DOMAIN kit.code AS varchar(4) CHECK (VALUE IN ('a', 'b'));
---------------------------------------------------------------- functions
-- @ function body, only a blank: overloaded
CREATE OR REPLACE FUNCTION kit.overloaded(text) RETURNS text LANGUAGE sql AS 'SELECT  ''text''';
-- @ function body, only a trailing blank: overloaded
CREATE OR REPLACE FUNCTION kit.overloaded(text) RETURNS text LANGUAGE sql AS 'SELECT ''text'' ';
-- @ function body, only a trailing newline: overloaded
CREATE OR REPLACE FUNCTION kit.overloaded(text) RETURNS text LANGUAGE sql AS E'SELECT ''text''\n';
-- @ function body, only a comment: touch
CREATE OR REPLACE FUNCTION kit.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END -- done';
-- @ function body, a comment line of its own: tricky
DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('kit.tricky'::regproc), E'-- a comment in the body\n', E'-- another comment\n'); END $do$;
-- @ function body, a line that begins with SET: tricky
DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('kit.tricky'::regproc), E'\nSET LOCAL lock_timeout = 0;\n', E'\nSET LOCAL lock_timeout = 1;\n'); END $do$;
-- @ function body, a line SET that pg_dump writes too: tricky
DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('kit.tricky'::regproc), E'\nSET default_tablespace = '''';\n', E'\n'); END $do$;
-- @ function body, a line SELECT pg_catalog.setval: tricky
DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('kit.tricky'::regproc), $$setval('x', 1, true)$$, $$setval('x', 2, true)$$); END $do$;
-- @ function body, a line like a header of pg_dump: tricky
DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('kit.tricky'::regproc), 'Schema: public; Owner: -', 'Schema: public; Owner: x'); END $do$;
-- @ function body, a line \restrict: tricky
DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('kit.tricky'::regproc), E'\\restrict abc', E'\\restrict abd'); END $do$;
-- @ function body, one of two blank lines: tricky
DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('kit.tricky'::regproc), E';\n\n\n', E';\n\n'); END $do$;
-- @ function body, trailing blanks of a line: tricky
DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('kit.tricky'::regproc), E'true);   \n', E'true);\n'); END $do$;
-- @ function body, a tab for a blank: tricky
DO $do$ BEGIN EXECUTE replace(pg_get_functiondef('kit.tricky'::regproc), E'\tgreeting', E'    greeting'); END $do$;
-- @ function body, CRLF to LF: crlf
CREATE OR REPLACE FUNCTION kit.crlf() RETURNS text LANGUAGE sql AS E'SELECT ''a\r\nb''\n  -- end\r\n';
-- @ function body, case of a keyword: touch
CREATE OR REPLACE FUNCTION kit.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN return NEW; END';
-- @ function with sql body changed: atomic_add
CREATE OR REPLACE FUNCTION kit.atomic_add(a integer, b integer DEFAULT 1) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT a - b;
END;
-- @ function sql body to a string: atomic_add
CREATE OR REPLACE FUNCTION kit.atomic_add(a integer, b integer DEFAULT 1) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT a + b;';
-- @ function without its search_path: tricky
ALTER FUNCTION kit.tricky RESET search_path;
-- @ function with another search_path: tricky
ALTER FUNCTION kit.tricky SET search_path = kit, public;
-- @ function with a search_path now: touch
ALTER FUNCTION kit.touch SET search_path = '';
-- @ function with another setting: tricky
ALTER FUNCTION kit.tricky SET work_mem = '16MB';
-- @ function no longer security definer: tricky
ALTER FUNCTION kit.tricky SECURITY INVOKER;
-- @ function not leakproof: tricky
ALTER FUNCTION kit.tricky NOT LEAKPROOF;
-- @ function volatility: tricky
ALTER FUNCTION kit.tricky VOLATILE;
-- @ function not strict: tricky
ALTER FUNCTION kit.tricky CALLED ON NULL INPUT;
-- @ function parallel: tricky
ALTER FUNCTION kit.tricky PARALLEL SAFE;
-- @ function cost: tricky
ALTER FUNCTION kit.tricky COST 43;
-- @ function rows: many
ALTER FUNCTION kit.many ROWS 8;
-- @ function support: supported
ALTER FUNCTION kit.supported SUPPORT generate_series_int8_support;
-- @ function default of an argument: atomic_add
CREATE OR REPLACE FUNCTION kit.atomic_add(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT a + b;
END;
-- @ function argument renamed: overloaded
CREATE OR REPLACE FUNCTION kit.overloaded(x integer) RETURNS text LANGUAGE sql AS 'SELECT ''int''';
-- @ function no longer variadic: many
DROP FUNCTION kit.many;
CREATE FUNCTION kit.many(list integer[]) RETURNS SETOF integer LANGUAGE sql ROWS 7 COST 3 IMMUTABLE PARALLEL SAFE AS 'SELECT unnest(list)';
-- @ function returns another type: next_code
DROP FUNCTION kit.next_code;
CREATE FUNCTION kit.next_code() RETURNS text LANGUAGE sql VOLATILE AS 'SELECT ''a''::varchar';
-- @ function column of its table renamed: rows_of
DROP FUNCTION kit.rows_of;
CREATE FUNCTION kit.rows_of(lo integer) RETURNS TABLE (id integer, name text) LANGUAGE sql STABLE
    AS 'SELECT g, g::text FROM generate_series(lo, 9) AS g';
-- @ function language: by_other_language
CREATE OR REPLACE FUNCTION kit.by_other_language() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
-- @ function no window function any more: own_row_number
DROP FUNCTION kit.own_row_number;
CREATE FUNCTION kit.own_row_number() RETURNS bigint LANGUAGE internal IMMUTABLE AS 'window_row_number';
-- @ function with a transform: overloaded
CREATE OR REPLACE FUNCTION kit.overloaded(integer) RETURNS text TRANSFORM FOR TYPE integer LANGUAGE sql AS 'SELECT ''int''';
-- @ function one overload dropped: overloaded
DROP FUNCTION kit.overloaded(text, integer);
-- @ function one overload added: overloaded
CREATE FUNCTION kit.overloaded(boolean) RETURNS text LANGUAGE sql AS 'SELECT ''bool''';
-- @ function renamed: nameless
ALTER FUNCTION kit.next_code RENAME TO nameless;
-- @ function moved to another schema: next_code
ALTER FUNCTION kit.next_code SET SCHEMA app;
-- @ function comment, only a blank line: tricky
COMMENT ON FUNCTION kit.tricky(text, integer) IS E'-- Name: x; Type: TABLE; Schema: public; Owner: -\nSET x = 1;  \n';
-- @ function comment, a line like a header of pg_dump: tricky
COMMENT ON FUNCTION kit.tricky(text, integer) IS E'-- Name: y; Type: TABLE; Schema: public; Owner: -\n\nSET x = 1;  \n';
-- @ function depends on an extension: next_code
ALTER FUNCTION kit.next_code DEPENDS ON EXTENSION citext;
-- @ procedure body: proceed
CREATE OR REPLACE PROCEDURE kit.proceed(INOUT n integer, note text DEFAULT 'x') LANGUAGE plpgsql SET lock_timeout TO '1s' AS $$
BEGIN
    n := n + 2;
END $$;
-- @ procedure setting: proceed
ALTER PROCEDURE kit.proceed SET lock_timeout TO '2s';
-- @ procedure comment: proceed
COMMENT ON PROCEDURE kit.proceed(integer, text) IS 'a  procedure';
-- @ function with a weird name changed: fun""c;
CREATE OR REPLACE FUNCTION "Weird ""Schema""; -- $$ select"."fun""c;"("an arg" text DEFAULT ';-- ') RETURNS text LANGUAGE sql AS 'SELECT $1';
---------------------------------------------------------------- operators, casts, aggregates, text search
-- @ operator without hashes: =~=
UPDATE pg_operator SET oprcanhash = false WHERE oprname = '=~=';
-- @ operator merges: =~=
ALTER OPERATOR kit.=~= (integer, integer) SET (MERGES);
-- @ operator restrict function: =~=
ALTER OPERATOR kit.=~= (integer, integer) SET (RESTRICT = NONE);
-- @ operator comment: =~=
COMMENT ON OPERATOR kit.=~= (integer, integer) IS 'nearly the same';
-- @ operator commutator: +~+
ALTER OPERATOR kit.+~+ (integer, integer) SET (COMMUTATOR = OPERATOR(kit.+~+));
-- @ operator dropped: !!
DROP OPERATOR kit.!! (NONE, boolean);
-- @ operator class no longer default: box_class
UPDATE pg_opclass SET opcdefault = false WHERE opcname = 'box_class';
-- @ operator class renamed: integer_ops
ALTER OPERATOR CLASS kit.int_ops USING btree RENAME TO integer_ops;
-- @ operator class comment: int_ops
COMMENT ON OPERATOR CLASS kit.int_ops USING btree IS 'the class';
-- @ operator family with one operator less: int_family
ALTER OPERATOR FAMILY kit.int_family USING btree DROP OPERATOR 1 (bigint, bigint);
-- @ operator family with one function more: int_family
ALTER OPERATOR FAMILY kit.int_family USING btree ADD FUNCTION 1 (smallint, smallint) btint2cmp(smallint, smallint);
-- @ operator family of PostgreSQL's own extended by hand: integer_ops
ALTER OPERATOR FAMILY pg_catalog.integer_ops USING btree ADD FUNCTION 1 (boolean, boolean) btboolcmp(boolean, boolean);
-- @ operator family comment: int_family
COMMENT ON OPERATOR FAMILY kit.int_family USING btree IS NULL;
-- @ cast context: kit.cents
DROP CAST (integer AS kit.cents);
CREATE CAST (integer AS kit.cents) WITHOUT FUNCTION AS ASSIGNMENT;
-- @ cast method: kit.mood
DROP CAST (kit.mood AS integer);
-- @ cast comment: kit.point3
COMMENT ON CAST (double precision AS kit.point3) IS 'off the axis';
-- @ cast between built-in types: CAST (
CREATE CAST (integer AS inet) WITH INOUT;
-- @ aggregate initial value: total
CREATE OR REPLACE AGGREGATE kit.total (integer) (SFUNC = int4_sum, STYPE = bigint, COMBINEFUNC = int8pl, INITCOND = '1', PARALLEL = SAFE,
    MSFUNC = int4_avg_accum, MINVFUNC = int4_avg_accum_inv, MSTYPE = bigint[], MFINALFUNC = int2int4_sum, MINITCOND = '{0,0}');
-- @ aggregate no longer moving: total
CREATE OR REPLACE AGGREGATE kit.total (integer) (SFUNC = int4_sum, STYPE = bigint, COMBINEFUNC = int8pl, INITCOND = '0', PARALLEL = SAFE);
-- @ aggregate no longer combines: total
CREATE OR REPLACE AGGREGATE kit.total (integer) (SFUNC = int4_sum, STYPE = bigint, INITCOND = '0', PARALLEL = SAFE,
    MSFUNC = int4_avg_accum, MINVFUNC = int4_avg_accum_inv, MSTYPE = bigint[], MFINALFUNC = int2int4_sum, MINITCOND = '{0,0}');
-- @ aggregate parallel: biggest
CREATE OR REPLACE AGGREGATE kit.biggest (integer) (SFUNC = int4larger, STYPE = integer, SORTOP = >, PARALLEL = SAFE);
-- @ aggregate sort operator: biggest
CREATE OR REPLACE AGGREGATE kit.biggest (integer) (SFUNC = int4larger, STYPE = integer);
-- @ aggregate state space: biggest
CREATE OR REPLACE AGGREGATE kit.biggest (integer) (SFUNC = int4larger, STYPE = integer, SSPACE = 64, SORTOP = >);
-- @ aggregate final function modifies: median
CREATE OR REPLACE AGGREGATE kit.median (double precision ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
    FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA, FINALFUNC_MODIFY = SHAREABLE);
-- @ aggregate comment: total
COMMENT ON AGGREGATE kit.total(integer) IS 'the sum';
-- @ text search dictionary option: own_dict
ALTER TEXT SEARCH DICTIONARY kit.own_dict (accept = 'true');
-- @ text search dictionary comment: own_dict
COMMENT ON TEXT SEARCH DICTIONARY kit.own_dict IS 'word';
-- @ text search mapping order: own_config
ALTER TEXT SEARCH CONFIGURATION kit.own_config ALTER MAPPING FOR word WITH pg_catalog.english_stem, kit.own_dict;
-- @ text search mapping dropped: own_config
ALTER TEXT SEARCH CONFIGURATION kit.own_config DROP MAPPING FOR email;
-- @ text search configuration comment: own_config
COMMENT ON TEXT SEARCH CONFIGURATION kit.own_config IS NULL;
-- @ text search parser without headline: own_parser
DROP TEXT SEARCH PARSER kit.own_parser;
CREATE TEXT SEARCH PARSER kit.own_parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
COMMENT ON TEXT SEARCH PARSER kit.own_parser IS 'the default one';
-- @ text search template without init: own_template
DROP TEXT SEARCH TEMPLATE kit.own_template;
CREATE TEXT SEARCH TEMPLATE kit.own_template (LEXIZE = dsimple_lexize);
COMMENT ON TEXT SEARCH TEMPLATE kit.own_template IS 'simple';
-- @ text search template comment: own_template
COMMENT ON TEXT SEARCH TEMPLATE kit.own_template IS 'not simple';
---------------------------------------------------------------- sequences
-- @ sequence increment: counter
ALTER SEQUENCE kit.counter INCREMENT BY 4;
-- @ sequence cache: counter
ALTER SEQUENCE kit.counter CACHE 5;
-- @ sequence cycle: counter
ALTER SEQUENCE kit.counter NO CYCLE;
-- @ sequence maximum: counter
ALTER SEQUENCE kit.counter MAXVALUE 501;
-- @ sequence minimum: counter
ALTER SEQUENCE kit.counter MINVALUE -6;
-- @ sequence start: counter
ALTER SEQUENCE kit.counter START WITH 3;
-- @ sequence type: counter
ALTER SEQUENCE kit.counter AS integer;
-- @ sequence owned by nothing: plain_counter
ALTER SEQUENCE kit.plain_counter OWNED BY NONE;
-- @ sequence owned by another column: plain_counter
ALTER SEQUENCE kit.plain_counter OWNED BY kit.customers.ref;
-- @ sequence logged: fast_counter
ALTER SEQUENCE kit.fast_counter SET LOGGED;
-- @ sequence comment: counter
COMMENT ON SEQUENCE kit.counter IS 'counts  on';
-- @ sequence of an identity column: customers_id_seq
ALTER TABLE kit.customers ALTER COLUMN id SET INCREMENT BY 6;
-- @ sequence of an identity column, cache: customers_id_seq
ALTER SEQUENCE kit.customers_id_seq CACHE 3;
-- @ sequence of an identity column, another type: customers_id_seq
ALTER SEQUENCE kit.customers_id_seq AS integer;
-- @ sequence of an identity column, renamed: other_seq
ALTER SEQUENCE kit.customers_id_seq RENAME TO other_seq;
---------------------------------------------------------------- tables: columns
-- @ column added: extra
ALTER TABLE kit.customers ADD COLUMN extra integer;
-- @ column dropped: letter
ALTER TABLE kit.customers DROP COLUMN letter;
-- @ column renamed: char3
ALTER TABLE kit.customers RENAME COLUMN letter TO char3;
-- @ column order: letter
ALTER TABLE kit.customers DROP COLUMN letter, ADD COLUMN letter char(3);
-- @ column order in a parent: second_base
ALTER TABLE kit.heir_of_two NO INHERIT kit.second_base;
ALTER TABLE kit.adopted NO INHERIT kit.second_base;
ALTER TABLE kit.second_base DROP COLUMN b, ADD COLUMN b text;
ALTER TABLE kit.heir_of_two INHERIT kit.second_base;
ALTER TABLE kit.adopted INHERIT kit.second_base;
-- @ column type: amount
ALTER TABLE kit.orders ALTER COLUMN amount TYPE numeric;
-- @ column type length: letter
ALTER TABLE kit.customers ALTER COLUMN letter TYPE char(4);
-- @ column type dimension of a vector: embedding
DROP INDEX kit.customers_embedding;
ALTER TABLE kit.customers ALTER COLUMN embedding TYPE ext.vector(4);
CREATE INDEX customers_embedding ON kit.customers USING hnsw (embedding ext.vector_cosine_ops) WITH (m = 8, ef_construction = 32);
-- @ column default: born
ALTER TABLE kit.customers ALTER COLUMN born SET DEFAULT CURRENT_TIMESTAMP;
-- @ column default dropped: born
ALTER TABLE kit.customers ALTER COLUMN born DROP DEFAULT;
-- @ column default, CRLF to LF in a literal: note
ALTER TABLE kit.customers ALTER COLUMN note SET DEFAULT E'first\nsecond; -- $$\t''quoted''  \n\n  SET x = 1;\n-- Name: y; Type: TABLE; Schema: z; Owner: -\n';
-- @ column default, trailing blanks in a literal: note
ALTER TABLE kit.customers ALTER COLUMN note SET DEFAULT E'first\r\nsecond; -- $$\t''quoted'' \n\n  SET x = 1;\n-- Name: y; Type: TABLE; Schema: z; Owner: -\n';
-- @ column default, a blank line in a literal: note
ALTER TABLE kit.customers ALTER COLUMN note SET DEFAULT E'first\r\nsecond; -- $$\t''quoted''  \n  SET x = 1;\n-- Name: y; Type: TABLE; Schema: z; Owner: -\n';
-- @ column default, a line SET in a literal: note
ALTER TABLE kit.customers ALTER COLUMN note SET DEFAULT E'first\r\nsecond; -- $$\t''quoted''  \n\n  SET x = 2;\n-- Name: y; Type: TABLE; Schema: z; Owner: -\n';
-- @ column default, a line like a header in a literal: customers
ALTER TABLE kit.customers ALTER COLUMN note SET DEFAULT E'first\r\nsecond; -- $$\t''quoted''  \n\n  SET x = 1;\n-- Name: y; Type: TABLE; Schema: z; Owner: q\n';
-- @ column default of bytea: raw
ALTER TABLE kit.customers ALTER COLUMN raw SET DEFAULT '\x00fe'::bytea;
-- @ column not null: name
ALTER TABLE kit.customers ALTER COLUMN name DROP NOT NULL;
-- @ column not null added: orders
ALTER TABLE kit.orders ALTER COLUMN box SET NOT NULL;
-- @ column not null validated: parent_given
ALTER TABLE kit.customers VALIDATE CONSTRAINT parent_given;
-- @ column not null without NO INHERIT: base_a_local
ALTER TABLE kit.base ALTER CONSTRAINT base_a_local INHERIT;
-- @ column not null NO INHERIT: age
ALTER TABLE kit.customers ALTER CONSTRAINT age_known NO INHERIT;
-- @ column collation: blob
DROP INDEX kit.customers_trigram;
ALTER TABLE kit.customers ALTER COLUMN blob TYPE text COLLATE "C";
CREATE INDEX customers_trigram ON kit.customers USING gin (blob COLLATE "default" ext.gin_trgm_ops);
ALTER TABLE kit.customers ALTER COLUMN blob SET STORAGE EXTERNAL;
-- @ column statistics target: name
ALTER TABLE kit.customers ALTER COLUMN name SET STATISTICS 501;
-- @ column statistics target to default: name
ALTER TABLE kit.customers ALTER COLUMN name SET STATISTICS DEFAULT;
-- @ column statistics target zero: code
ALTER TABLE kit.customers ALTER COLUMN code SET STATISTICS 0;
-- @ column storage: blob
ALTER TABLE kit.customers ALTER COLUMN blob SET STORAGE EXTENDED;
-- @ column storage of another: tags
ALTER TABLE kit.customers ALTER COLUMN tags SET STORAGE MAIN;
-- @ column compression: note
ALTER TABLE kit.customers ALTER COLUMN note SET COMPRESSION DEFAULT;
-- @ column compression of another: doc
ALTER TABLE kit.customers ALTER COLUMN doc SET COMPRESSION pglz;
-- @ column n_distinct: age
ALTER TABLE kit.customers ALTER COLUMN age SET (n_distinct = -0.25);
-- @ column n_distinct_inherited: age
ALTER TABLE kit.customers ALTER COLUMN age RESET (n_distinct_inherited);
-- @ column comment, only a blank line: name
COMMENT ON COLUMN kit.customers.name IS E'the name\nSET a = b;  \n';
-- @ column comment, a line SET: name
COMMENT ON COLUMN kit.customers.name IS E'the name\n\nSET a = c;  \n';
-- @ column comment, trailing blanks: name
COMMENT ON COLUMN kit.customers.name IS E'the name\n\nSET a = b;\n';
-- @ column with a weird name, default: new
ALTER TABLE "Weird ""Schema""; -- $$ select"."table" ALTER COLUMN "new
line" SET DEFAULT 'y';
-- @ column with a weird name, renamed: a  b
ALTER TABLE "Weird ""Schema""; -- $$ select"."table" RENAME COLUMN "a b" TO "a  b";
-- @ column with a weird name, comment: new
COMMENT ON COLUMN "Weird ""Schema""; -- $$ select"."table"."new
line" IS 'three lines';
-- @ identity always to by default: id
ALTER TABLE kit.customers ALTER COLUMN id SET GENERATED BY DEFAULT;
-- @ identity by default to always: ref
ALTER TABLE kit.customers ALTER COLUMN ref SET GENERATED ALWAYS;
-- @ identity dropped: ref
ALTER TABLE kit.customers ALTER COLUMN ref DROP IDENTITY;
-- @ identity in place of serial: number
ALTER TABLE kit.customers ALTER COLUMN number DROP DEFAULT;
DROP SEQUENCE kit.customers_number_seq;
ALTER TABLE kit.customers ALTER COLUMN number ADD GENERATED BY DEFAULT AS IDENTITY;
-- @ generated expression of a stored column: price_doubled
ALTER TABLE kit.customers ALTER COLUMN price_doubled SET EXPRESSION AS (price * 2.0);
-- @ generated expression of a virtual column: price_tripled
ALTER TABLE kit.customers DROP COLUMN price_tripled, ADD COLUMN price_tripled numeric GENERATED ALWAYS AS (price * 4) VIRTUAL;
-- @ generated column no longer generated: price_doubled
ALTER TABLE kit.customers ALTER COLUMN price_doubled DROP EXPRESSION;
-- @ generated stored to virtual: price_doubled
UPDATE pg_attribute SET attgenerated = 'v' WHERE attrelid = 'kit.customers'::regclass AND attname = 'price_doubled';
---------------------------------------------------------------- tables: the rest
-- @ table added: newcomer
CREATE TABLE kit.newcomer (id integer);
-- @ table dropped: no_columns
DROP TABLE kit.no_columns;
-- @ table renamed: columnless
ALTER TABLE kit.no_columns RENAME TO columnless;
-- @ table moved to another schema: no_columns
ALTER TABLE kit.no_columns SET SCHEMA app;
-- @ table with a weird name renamed: Name: xx
ALTER TABLE kit."Name: x; Type: TABLE; Schema: y; Owner: -" RENAME TO "Name: xx; Type: TABLE; Schema: y; Owner: -";
-- @ table with a weird name, column added: Name: x
ALTER TABLE kit."Name: x; Type: TABLE; Schema: y; Owner: -" ADD COLUMN b text;
-- @ table comment, a dollar less: customers
COMMENT ON TABLE kit.customers IS 'customers; it''s "quoted" and $';
-- @ table fillfactor: customers
ALTER TABLE kit.customers SET (fillfactor = 71);
-- @ table option reset: customers
ALTER TABLE kit.customers RESET (autovacuum_enabled);
-- @ table toast option: customers
ALTER TABLE kit.customers SET (toast.autovacuum_enabled = true);
-- @ table toast option added: customers
ALTER TABLE kit.customers SET (toast.vacuum_truncate = false);
-- @ table logged: scratch
ALTER TABLE kit.scratch SET LOGGED;
-- @ table unlogged: own_heap
ALTER TABLE kit.own_heap SET UNLOGGED;
-- @ table tablespace: in_space
ALTER TABLE kit.in_space SET TABLESPACE pg_default;
-- @ table tablespace to another: in_space
ALTER TABLE kit.in_space SET TABLESPACE kit_space_2;
-- @ table replica identity full to default: order_notes
ALTER TABLE kit.order_notes REPLICA IDENTITY DEFAULT;
-- @ table replica identity nothing to full: scratch
ALTER TABLE kit.scratch REPLICA IDENTITY FULL;
-- @ table replica identity by an index that is gone: REPLICA IDENTITY kit.no_columns
ALTER TABLE kit.no_columns ADD COLUMN a integer NOT NULL;
CREATE UNIQUE INDEX gone ON kit.no_columns (a);
ALTER TABLE kit.no_columns REPLICA IDENTITY USING INDEX gone;
DROP INDEX kit.gone;
-- @ table replica identity by another index: orders
ALTER TABLE kit.orders REPLICA IDENTITY USING INDEX orders_pkey;
-- @ table cluster on another index: orders
ALTER TABLE kit.orders CLUSTER ON orders_replica;
-- @ table cluster on none: orders
ALTER TABLE kit.orders SET WITHOUT CLUSTER;
-- @ table no longer typed: typed
ALTER TABLE kit.typed NOT OF;
-- @ table of a type: in_space
CREATE TYPE kit.ab AS (a integer, b text);
ALTER TABLE kit.in_space OF kit.ab;
-- @ inheritance ended: heir
ALTER TABLE kit.heir NO INHERIT kit.base;
-- @ inheritance begun: in_space
ALTER TABLE kit.in_space ADD COLUMN c integer;
ALTER TABLE kit.in_space INHERIT kit.second_base;
-- @ inheritance in another order: heir_of_two
ALTER TABLE kit.heir_of_two NO INHERIT kit.base;
ALTER TABLE kit.heir_of_two INHERIT kit.base;
-- @ inherited column also local: heir_of_two
UPDATE pg_attribute SET attislocal = true WHERE attrelid = 'kit.heir_of_two'::regclass AND attname = 'c';
-- @ inherited column with a default of its own: heir_of_two
ALTER TABLE kit.heir_of_two ALTER COLUMN c SET DEFAULT 5;
-- @ constraint check changed: age_sensible
ALTER TABLE kit.customers DROP CONSTRAINT age_sensible;
ALTER TABLE kit.customers ADD CONSTRAINT age_sensible CHECK (age >= 0 AND age <= 200 AND age <> 13);
-- @ constraint check dropped: price_positive
ALTER TABLE kit.customers DROP CONSTRAINT price_positive;
-- @ constraint renamed: sane_age
ALTER TABLE kit.customers RENAME CONSTRAINT age_sensible TO sane_age;
-- @ constraint validated: not_checked
ALTER TABLE kit.customers VALIDATE CONSTRAINT not_checked;
-- @ constraint enforced: not_enforced
ALTER TABLE kit.customers DROP CONSTRAINT not_enforced;
ALTER TABLE kit.customers ADD CONSTRAINT not_enforced CHECK (age > 1000) NOT VALID;
-- @ constraint not enforced any more: not_checked
ALTER TABLE kit.customers DROP CONSTRAINT not_checked;
ALTER TABLE kit.customers ADD CONSTRAINT not_checked CHECK (age > 5) NOT ENFORCED;
-- @ constraint inherits: name_length
ALTER TABLE kit.customers DROP CONSTRAINT name_length;
ALTER TABLE kit.customers ADD CONSTRAINT name_length CHECK (length(name) < 100);
-- @ constraint comment: age_sensible
COMMENT ON CONSTRAINT age_sensible ON kit.customers IS 'no twelve';
-- @ constraint comment of a not null: name_given
COMMENT ON CONSTRAINT name_given ON kit.customers IS 'never null';
-- @ constraint unique treats nulls as distinct: customers_code_key
ALTER TABLE kit.customers DROP CONSTRAINT customers_code_key;
ALTER TABLE kit.customers ADD CONSTRAINT customers_code_key UNIQUE (code) INCLUDE (name) WITH (fillfactor = 60);
COMMENT ON CONSTRAINT customers_code_key ON kit.customers IS 'a unique one';
-- @ constraint unique not deferrable: customers_number_key
ALTER TABLE kit.customers DROP CONSTRAINT customers_number_key;
ALTER TABLE kit.customers ADD CONSTRAINT customers_number_key UNIQUE (number);
-- @ constraint unique initially immediate: customers_number_key
ALTER TABLE kit.customers DROP CONSTRAINT customers_number_key;
ALTER TABLE kit.customers ADD CONSTRAINT customers_number_key UNIQUE (number) DEFERRABLE;
-- @ constraint unique to unique index: customers_number_key
ALTER TABLE kit.customers DROP CONSTRAINT customers_number_key;
CREATE UNIQUE INDEX customers_number_key ON kit.customers (number);
-- @ constraint index option: customers_code_key
ALTER INDEX kit.customers_code_key SET (fillfactor = 61);
-- @ constraint index tablespace: orders_no_overlap
ALTER INDEX kit.orders_no_overlap SET TABLESPACE kit_space;
-- @ constraint without overlaps to plain unique: orders_no_overlap
ALTER TABLE kit.order_notes DROP CONSTRAINT notes_period_fkey;
ALTER TABLE kit.orders DROP CONSTRAINT orders_no_overlap;
ALTER TABLE kit.orders ADD CONSTRAINT orders_no_overlap UNIQUE (room, valid);
-- @ constraint exclusion operator: orders_exclude
ALTER TABLE kit.orders DROP CONSTRAINT orders_exclude;
ALTER TABLE kit.orders ADD CONSTRAINT orders_exclude EXCLUDE USING gist (room WITH =, during WITH -|-) WHERE (active) DEFERRABLE;
COMMENT ON CONSTRAINT orders_exclude ON kit.orders IS 'one at a time';
-- @ constraint exclusion predicate: orders_exclude
ALTER TABLE kit.orders DROP CONSTRAINT orders_exclude;
ALTER TABLE kit.orders ADD CONSTRAINT orders_exclude EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT active) DEFERRABLE;
COMMENT ON CONSTRAINT orders_exclude ON kit.orders IS 'one at a time';
-- @ constraint primary key without its included column: orders_pkey
ALTER TABLE kit.order_notes DROP CONSTRAINT notes_full_fkey, DROP CONSTRAINT notes_some_fkey;
ALTER TABLE kit.orders DROP CONSTRAINT orders_pkey;
ALTER TABLE kit.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id, line);
-- @ foreign key action: orders_customer_fkey
ALTER TABLE kit.orders DROP CONSTRAINT orders_customer_fkey;
ALTER TABLE kit.orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES kit.customers (id) ON DELETE CASCADE;
-- @ foreign key restrict to no action: orders_customer_fkey
ALTER TABLE kit.orders DROP CONSTRAINT orders_customer_fkey;
ALTER TABLE kit.orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES kit.customers (id);
-- @ foreign key deferrable: orders_customer_fkey
ALTER TABLE kit.orders ALTER CONSTRAINT orders_customer_fkey DEFERRABLE;
-- @ foreign key initially immediate: customers_parent_fkey
ALTER TABLE kit.customers ALTER CONSTRAINT customers_parent_fkey DEFERRABLE INITIALLY IMMEDIATE;
-- @ foreign key validated: notes_customer_fkey
ALTER TABLE kit.order_notes VALIDATE CONSTRAINT notes_customer_fkey;
-- @ foreign key enforced: notes_lax_fkey
ALTER TABLE kit.order_notes ALTER CONSTRAINT notes_lax_fkey ENFORCED;
-- @ foreign key not enforced: orders_customer_fkey
ALTER TABLE kit.orders ALTER CONSTRAINT orders_customer_fkey NOT ENFORCED;
-- @ foreign key match: notes_full_fkey
ALTER TABLE kit.order_notes DROP CONSTRAINT notes_full_fkey;
ALTER TABLE kit.order_notes ADD CONSTRAINT notes_full_fkey FOREIGN KEY (order_id, order_line) REFERENCES kit.orders (id, line)
    ON UPDATE SET DEFAULT ON DELETE SET DEFAULT;
-- @ foreign key set null of all columns: notes_some_fkey
ALTER TABLE kit.order_notes DROP CONSTRAINT notes_some_fkey;
ALTER TABLE kit.order_notes ADD CONSTRAINT notes_some_fkey FOREIGN KEY (order_id, order_line) REFERENCES kit.orders (id, line) ON DELETE SET NULL;
-- @ foreign key of a period dropped: notes_period_fkey
ALTER TABLE kit.order_notes DROP CONSTRAINT notes_period_fkey;
-- @ foreign key triggers disabled: orders
ALTER TABLE kit.orders DISABLE TRIGGER ALL;
-- @ foreign key triggers of the referenced side disabled: customers
UPDATE pg_trigger SET tgenabled = 'D' WHERE tgrelid = 'kit.customers'::regclass AND tgisinternal;
-- @ foreign key comment: customers_parent_fkey
COMMENT ON CONSTRAINT customers_parent_fkey ON kit.customers IS NULL;
---------------------------------------------------------------- partitions
-- @ partition bound: events_2024
ALTER TABLE kit.events DETACH PARTITION kit.events_2024;
ALTER TABLE kit.events ATTACH PARTITION kit.events_2024 FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2024-12-31 00:00:00+00');
-- @ partition list value: events_2025_ab
ALTER TABLE kit.events_2025 DETACH PARTITION kit.events_2025_ab;
ALTER TABLE kit.events_2025 ATTACH PARTITION kit.events_2025_ab FOR VALUES IN ('a', 'b');
-- @ partition detached: events_2024
ALTER TABLE kit.events DETACH PARTITION kit.events_2024;
-- @ partition detach pending: events_2024
UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'kit.events_2024'::regclass;
-- @ partition default detached: events_default
ALTER TABLE kit.events DETACH PARTITION kit.events_default;
-- @ partition default dropped: events_default
DROP TABLE kit.events_default;
-- @ partition added: events_2023
CREATE TABLE kit.events_2023 PARTITION OF kit.events FOR VALUES FROM ('2023-01-01 00:00:00+00') TO ('2024-01-01 00:00:00+00');
-- @ partition with another default: events_2024
ALTER TABLE kit.events_2024 ALTER COLUMN payload SET DEFAULT '[]';
-- @ partition hash remainder exchanged: hashed_0
ALTER TABLE kit.hashed DETACH PARTITION kit.hashed_0;
ALTER TABLE kit.hashed DETACH PARTITION kit.hashed_1;
ALTER TABLE kit.hashed ATTACH PARTITION kit.hashed_0 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
ALTER TABLE kit.hashed ATTACH PARTITION kit.hashed_1 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
-- @ partition key: hashed
DROP TABLE kit.hashed;
CREATE TABLE kit.hashed (id integer, part text) PARTITION BY HASH (id, lower(part));
CREATE TABLE kit.hashed_0 PARTITION OF kit.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE kit.hashed_1 PARTITION OF kit.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
-- @ partition option: events_2024
ALTER TABLE kit.events_2024 RESET (fillfactor);
-- @ partitioned index, only on the parent: events_only
CREATE INDEX events_only ON ONLY kit.events (kind);
-- @ partitioned table's index of one partition renamed: other_at_kind_idx
ALTER INDEX kit.events_2024_at_kind_idx RENAME TO other_at_kind_idx;
-- @ partitioned table's tablespace: events
ALTER TABLE kit.events SET TABLESPACE kit_space;
-- @ partitioned table's access method: events
ALTER TABLE kit.events SET ACCESS METHOD kit_heap;
-- @ partition's trigger enabled: events_2024
ALTER TABLE kit.events_2024 ENABLE TRIGGER partitioned;
-- @ partition's trigger disabled: events_default
ALTER TABLE kit.events_default DISABLE TRIGGER partitioned;
---------------------------------------------------------------- indexes
-- @ index added: orders_amount
CREATE INDEX orders_amount ON kit.orders (amount);
-- @ index dropped: customers_tags
DROP INDEX kit.customers_tags;
-- @ index renamed: tags_of_customers
ALTER INDEX kit.customers_tags RENAME TO tags_of_customers;
-- @ index comment: customers_name
COMMENT ON INDEX kit.customers_name IS 'the index';
-- @ index option: customers_name
ALTER INDEX kit.customers_name SET (deduplicate_items = on);
-- @ index option reset: customers_since
ALTER INDEX kit.customers_since RESET (autosummarize);
-- @ index order: customers_name
DROP INDEX kit.customers_name;
CREATE INDEX customers_name ON kit.customers USING btree (name COLLATE "POSIX" text_pattern_ops DESC NULLS LAST, born ASC)
    WITH (fillfactor = 50, deduplicate_items = off);
COMMENT ON INDEX kit.customers_name IS 'an index';
-- @ index collation: customers_name
DROP INDEX kit.customers_name;
CREATE INDEX customers_name ON kit.customers USING btree (name COLLATE "C" text_pattern_ops DESC NULLS LAST, born ASC NULLS FIRST)
    WITH (fillfactor = 50, deduplicate_items = off);
COMMENT ON INDEX kit.customers_name IS 'an index';
-- @ index operator class: customers_doc
DROP INDEX kit.customers_doc;
CREATE INDEX customers_doc ON kit.customers USING gin (doc);
-- @ index operator class option: customers_words
DROP INDEX kit.customers_words;
CREATE INDEX customers_words ON kit.customers USING gist (words tsvector_ops (siglen = 101)) WITH (buffering = on);
-- @ index predicate: customers_partial
DROP INDEX kit.customers_partial;
CREATE INDEX customers_partial ON kit.customers (born) INCLUDE (name, age) WHERE code IN ('a', 'b') AND age BETWEEN 1 AND 11;
-- @ index predicate, order of a list: customers_partial
DROP INDEX kit.customers_partial;
CREATE INDEX customers_partial ON kit.customers (born) INCLUDE (name, age) WHERE code IN ('b', 'a') AND age BETWEEN 1 AND 10;
-- @ index included columns: customers_partial
DROP INDEX kit.customers_partial;
CREATE INDEX customers_partial ON kit.customers (born) INCLUDE (name) WHERE code IN ('a', 'b') AND age BETWEEN 1 AND 10;
-- @ index nulls not distinct: customers_unique
DROP INDEX kit.customers_unique;
CREATE UNIQUE INDEX customers_unique ON kit.customers (ref, age);
-- @ index not unique: customers_unique
DROP INDEX kit.customers_unique;
CREATE INDEX customers_unique ON kit.customers (ref, age);
-- @ index statistics target: customers_expression
ALTER INDEX kit.customers_expression ALTER COLUMN 2 SET STATISTICS 301;
-- @ index invalid: customers_hash
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'kit.customers_hash'::regclass;
-- @ index not ready: customers_hash
UPDATE pg_index SET indisready = false, indisvalid = false WHERE indexrelid = 'kit.customers_hash'::regclass;
-- @ index of a constraint invalid: customers_number_key
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'kit.customers_number_key'::regclass;
-- @ index invalid, added beside: customers_ccnew
CREATE INDEX customers_ccnew ON kit.customers (code);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'kit.customers_ccnew'::regclass;
-- @ index tablespace: orders_in_space
ALTER INDEX kit.orders_in_space SET TABLESPACE pg_default;
-- @ index option of hnsw: customers_embedding
ALTER INDEX kit.customers_embedding SET (m = 9);
-- @ index with a weird name dropped: of -- lines
DROP INDEX "Weird ""Schema""; -- $$ select"."index
of -- lines";
---------------------------------------------------------------- views
-- @ view definition: adults
CREATE OR REPLACE VIEW kit.adults WITH (security_barrier = true, security_invoker = true) AS
    SELECT id, name, age FROM kit.customers WHERE age >= 19 WITH LOCAL CHECK OPTION;
-- @ view option dropped: adults
ALTER VIEW kit.adults RESET (security_invoker);
-- @ view security_barrier off: adults
ALTER VIEW kit.adults SET (security_barrier = false);
-- @ view check option: adults
ALTER VIEW kit.adults SET (check_option = cascaded);
-- @ view check option dropped: adults_named
ALTER VIEW kit.adults_named RESET (check_option);
-- @ view column default: adults
ALTER VIEW kit.adults ALTER COLUMN name SET DEFAULT 'anybody';
-- @ view column default dropped: adults
ALTER VIEW kit.adults ALTER COLUMN name DROP DEFAULT;
-- @ view column renamed: years
ALTER VIEW kit.adults RENAME COLUMN age TO years;
-- @ view comment: adults
COMMENT ON VIEW kit.adults IS 'a  view';
-- @ view column comment: adults
COMMENT ON COLUMN kit.adults.age IS 'in years';
-- @ view recursive, changed: numbers
CREATE OR REPLACE RECURSIVE VIEW kit.numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 11;
-- @ view, a literal in a weird one: lit eral
CREATE OR REPLACE VIEW "Weird ""Schema""; -- $$ select"."view
-- Name: v; Type: VIEW; Schema: s; Owner: o
" AS SELECT "select", 'a;b -- c $$ e' AS "lit eral" FROM "Weird ""Schema""; -- $$ select"."table";
-- @ view to materialized view: numbers
DROP VIEW kit.numbers;
CREATE MATERIALIZED VIEW kit.numbers AS WITH RECURSIVE numbers(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 10) SELECT n FROM numbers;
-- @ materialized view definition: empty_sums
DROP MATERIALIZED VIEW kit.empty_sums;
CREATE MATERIALIZED VIEW kit.empty_sums AS SELECT max(n) AS n FROM kit.sums WITH NO DATA;
-- @ materialized view unpopulated: sums
REFRESH MATERIALIZED VIEW kit.sums WITH NO DATA;
-- @ materialized view populated: empty_sums
REFRESH MATERIALIZED VIEW kit.empty_sums;
-- @ materialized view option: sums
ALTER MATERIALIZED VIEW kit.sums SET (fillfactor = 81);
-- @ materialized view cluster: sums
ALTER MATERIALIZED VIEW kit.sums CLUSTER ON sums_code;
-- @ materialized view column statistics: sums
ALTER MATERIALIZED VIEW kit.sums ALTER COLUMN code SET STATISTICS 51;
-- @ materialized view column storage: sums
ALTER MATERIALIZED VIEW kit.sums ALTER COLUMN code SET STORAGE MAIN;
-- @ materialized view comment: sums
COMMENT ON MATERIALIZED VIEW kit.sums IS 'more sums';
-- @ materialized view access method: sums
ALTER MATERIALIZED VIEW kit.sums SET ACCESS METHOD kit_heap;
-- @ materialized view tablespace: sums
ALTER MATERIALIZED VIEW kit.sums SET TABLESPACE kit_space;
---------------------------------------------------------------- rules, triggers, event triggers, policies
-- @ rule definition: scratch_insert
CREATE OR REPLACE RULE scratch_insert AS ON INSERT TO kit.scratch WHERE new.a < 1 DO INSTEAD NOTHING;
-- @ rule enabled: scratch_delete
ALTER TABLE kit.scratch ENABLE RULE scratch_delete;
-- @ rule disabled: scratch_insert
ALTER TABLE kit.scratch DISABLE RULE scratch_insert;
-- @ rule always to replica: scratch_update
ALTER TABLE kit.scratch ENABLE REPLICA RULE scratch_update;
-- @ rule renamed: scratch_removed
ALTER RULE scratch_delete ON kit.scratch RENAME TO scratch_removed;
-- @ rule comment: scratch_insert
COMMENT ON RULE scratch_insert ON kit.scratch IS 'the rule';
-- @ trigger condition: before_row
CREATE OR REPLACE TRIGGER before_row BEFORE INSERT OR UPDATE OF name, age ON kit.customers FOR EACH ROW WHEN (new.age > 2) EXECUTE FUNCTION kit.touch('a', E'b\n;');
-- @ trigger argument: before_row
CREATE OR REPLACE TRIGGER before_row BEFORE INSERT OR UPDATE OF name, age ON kit.customers FOR EACH ROW WHEN (new.age > 1) EXECUTE FUNCTION kit.touch('a', E'b\n; ');
-- @ trigger columns: before_row
CREATE OR REPLACE TRIGGER before_row BEFORE INSERT OR UPDATE OF name ON kit.customers FOR EACH ROW WHEN (new.age > 1) EXECUTE FUNCTION kit.touch('a', E'b\n;');
-- @ trigger events: on_truncate
DROP TRIGGER on_truncate ON kit.customers;
CREATE TRIGGER on_truncate BEFORE TRUNCATE OR INSERT ON kit.customers EXECUTE FUNCTION kit.touch();
-- @ trigger function: after_statement
CREATE OR REPLACE TRIGGER after_statement AFTER UPDATE ON kit.customers REFERENCING OLD TABLE AS was NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION kit.touch_too();
-- @ trigger transition table: after_statement
CREATE OR REPLACE TRIGGER after_statement AFTER UPDATE ON kit.customers REFERENCING NEW TABLE AS now_is FOR EACH STATEMENT EXECUTE FUNCTION kit.touch();
-- @ trigger constraint initially immediate: later
DROP TRIGGER later ON kit.customers;
CREATE CONSTRAINT TRIGGER later AFTER INSERT OR DELETE ON kit.customers FROM kit.orders DEFERRABLE FOR EACH ROW EXECUTE FUNCTION kit.touch();
-- @ trigger disabled: before_row
ALTER TABLE kit.customers DISABLE TRIGGER before_row;
-- @ trigger enabled: switched_off
ALTER TABLE kit.customers ENABLE TRIGGER switched_off;
-- @ trigger always to origin: always_on
ALTER TABLE kit.customers ENABLE TRIGGER always_on;
-- @ trigger replica to always: replica_only
ALTER TABLE kit.customers ENABLE ALWAYS TRIGGER replica_only;
-- @ trigger renamed: row_before
ALTER TRIGGER before_row ON kit.customers RENAME TO row_before;
-- @ trigger dropped: instead
DROP TRIGGER instead ON kit.adults_named;
-- @ trigger comment: before_row
COMMENT ON TRIGGER before_row ON kit.customers IS 'the trigger';
-- @ trigger with an argument like the state of a constraint's own: posing
CREATE TRIGGER posing AFTER INSERT ON kit.scratch FOR EACH ROW
    EXECUTE FUNCTION kit.touch('ALTER TABLE kit.scratch DISABLE TRIGGER "RI_ConstraintTrigger_a_1";');
-- @ event trigger disabled: kit_on_end
ALTER EVENT TRIGGER kit_on_end DISABLE;
-- @ event trigger enabled: kit_on_drop
ALTER EVENT TRIGGER kit_on_drop ENABLE;
-- @ event trigger always to replica: kit_on_rewrite
ALTER EVENT TRIGGER kit_on_rewrite ENABLE REPLICA;
-- @ event trigger tags: kit_on_end
DROP EVENT TRIGGER kit_on_end;
CREATE EVENT TRIGGER kit_on_end ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION kit.on_event();
COMMENT ON EVENT TRIGGER kit_on_end IS 'an event';
-- @ event trigger comment: kit_on_end
COMMENT ON EVENT TRIGGER kit_on_end IS 'the end';
-- @ event trigger at login: kit_on_login
CREATE EVENT TRIGGER kit_on_login ON login EXECUTE FUNCTION kit.on_event();
-- @ row security disabled: members
ALTER TABLE app.members DISABLE ROW LEVEL SECURITY;
-- @ row security no longer forced: tenants
ALTER TABLE app.tenants NO FORCE ROW LEVEL SECURITY;
-- @ row security forced: members
ALTER TABLE app.members FORCE ROW LEVEL SECURITY;
-- @ row security forced where it is not enabled: in_space
ALTER TABLE kit.in_space FORCE ROW LEVEL SECURITY;
-- @ policy roles: own_rows
ALTER POLICY own_rows ON app.tenants TO kit_reader;
-- @ policy using: own_rows
ALTER POLICY own_rows ON app.tenants USING (owner = SESSION_USER);
-- @ policy with check: own_rows
ALTER POLICY own_rows ON app.tenants WITH CHECK (NOT active);
-- @ policy permissive to restrictive: insert_only
DROP POLICY insert_only ON app.members;
CREATE POLICY insert_only ON app.members AS RESTRICTIVE FOR INSERT TO kit_writer WITH CHECK (tenant IN (SELECT id FROM app.tenants));
-- @ policy command: insert_only
DROP POLICY insert_only ON app.members;
CREATE POLICY insert_only ON app.members FOR UPDATE TO kit_writer WITH CHECK (tenant IN (SELECT id FROM app.tenants));
-- @ policy comment: own_rows
COMMENT ON POLICY own_rows ON app.tenants IS NULL;
---------------------------------------------------------------- statistics objects
-- @ statistics kinds: customer_stats
DROP STATISTICS kit.customer_stats;
CREATE STATISTICS kit.customer_stats (ndistinct, mcv) ON code, age, lower(name) FROM kit.customers;
ALTER STATISTICS kit.customer_stats SET STATISTICS 77;
COMMENT ON STATISTICS kit.customer_stats IS 'statistics';
-- @ statistics target: customer_stats
ALTER STATISTICS kit.customer_stats SET STATISTICS 78;
-- @ statistics expression: expression_stats
DROP STATISTICS kit.expression_stats;
CREATE STATISTICS kit.expression_stats ON (age % 11) FROM kit.customers;
-- @ statistics comment: customer_stats
COMMENT ON STATISTICS kit.customer_stats IS NULL;
---------------------------------------------------------------- foreign data
-- @ foreign data wrapper option: kit_idle
ALTER FOREIGN DATA WRAPPER kit_idle OPTIONS (SET any_thing 'went; -- here');
-- @ foreign data wrapper handler: kit_fdw
ALTER FOREIGN DATA WRAPPER kit_fdw NO HANDLER;
-- @ foreign data wrapper comment: kit_fdw
COMMENT ON FOREIGN DATA WRAPPER kit_fdw IS 'the wrapper';
-- @ server option: kit_far
ALTER SERVER kit_far OPTIONS (SET fetch_size '51');
-- @ server version: kit_far
ALTER SERVER kit_far VERSION '17';
-- @ server comment: kit_far
COMMENT ON SERVER kit_far IS 'further away';
-- @ user mapping option: kit_reader
ALTER USER MAPPING FOR kit_reader SERVER kit_far OPTIONS (SET user 'someone else');
-- @ user mapping dropped: kit_far
DROP USER MAPPING FOR PUBLIC SERVER kit_far;
-- @ foreign table option: far
ALTER FOREIGN TABLE kit.far OPTIONS (SET table_name 'u');
-- @ foreign table column option: far
ALTER FOREIGN TABLE kit.far ALTER COLUMN id OPTIONS (SET column_name 'other_id');
-- @ foreign table column option added: far
ALTER FOREIGN TABLE kit.far ALTER COLUMN name OPTIONS (ADD column_name 'the_name');
-- @ foreign table column default: far
ALTER FOREIGN TABLE kit.far ALTER COLUMN name SET DEFAULT 'y';
-- @ foreign table column statistics: far
ALTER FOREIGN TABLE kit.far ALTER COLUMN name SET STATISTICS 6;
-- @ foreign table comment: far
COMMENT ON FOREIGN TABLE kit.far IS 'the foreign table';
-- @ foreign table check: far_check
ALTER FOREIGN TABLE kit.far DROP CONSTRAINT far_check;
-- @ foreign table of another server: a_file
DROP FOREIGN TABLE kit.a_file;
CREATE FOREIGN TABLE kit.a_file (line text) SERVER kit_files OPTIONS (filename '/nowhere', format 'csv', header 'false');
---------------------------------------------------------------- publications, subscriptions
-- @ publication operations: kit_some
ALTER PUBLICATION kit_some SET (publish = 'insert, update, delete');
-- @ publication via the root: kit_some
ALTER PUBLICATION kit_some SET (publish_via_partition_root = false);
-- @ publication of generated columns: kit_all
ALTER PUBLICATION kit_all SET (publish_generated_columns = none);
-- @ publication row filter: kit_some
ALTER PUBLICATION kit_some SET TABLE kit.orders (id, line, customer, room, valid) WHERE (room > 2), TABLE ONLY kit.base;
-- @ publication column list: kit_some
ALTER PUBLICATION kit_some SET TABLE kit.orders (id, line, room, valid) WHERE (room > 1), TABLE ONLY kit.base;
-- @ publication without a table: kit_some
ALTER PUBLICATION kit_some DROP TABLE ONLY kit.base;
-- @ publication without a schema: kit_schemas
ALTER PUBLICATION kit_schemas DROP TABLES IN SCHEMA app;
-- @ publication with a table: kit_none
ALTER PUBLICATION kit_none ADD TABLE kit.in_space;
-- @ publication comment: kit_some
COMMENT ON PUBLICATION kit_some IS NULL;
-- @ publication renamed: kit_other
ALTER PUBLICATION kit_none RENAME TO kit_other;
-- @ subscription publications: kit_sub
ALTER SUBSCRIPTION kit_sub SET PUBLICATION one WITH (refresh = false);
-- @ subscription option: kit_sub
ALTER SUBSCRIPTION kit_sub SET (binary = false);
-- @ subscription run as owner: kit_sub
ALTER SUBSCRIPTION kit_sub SET (run_as_owner = true);
-- @ subscription connection: kit_sub
ALTER SUBSCRIPTION kit_sub CONNECTION 'host=further.invalid dbname=x';
-- @ subscription slot: kit_sub
ALTER SUBSCRIPTION kit_sub SET (slot_name = 'a_slot');
-- @ subscription enabled: kit_sub
UPDATE pg_subscription SET subslotname = 'a_slot', subenabled = true WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database());
-- @ subscription comment: kit_sub
COMMENT ON SUBSCRIPTION kit_sub IS 'the subscription';
---------------------------------------------------------------- large objects
-- @ large object comment: 424242
COMMENT ON LARGE OBJECT 424242 IS 'small';
-- @ large object comment dropped: 424242
COMMENT ON LARGE OBJECT 424242 IS NULL;
---------------------------------------------------------------- the database
-- @ database setting changed: statement_timeout
ALTER DATABASE {database} SET statement_timeout TO '2min';
-- @ database setting dropped: statement_timeout
ALTER DATABASE {database} RESET statement_timeout;
-- @ database setting added: TimeZone
ALTER DATABASE {database} SET timezone TO 'Europe/Vienna';
-- @ database setting that changes how things are printed: quote_all_identifiers
ALTER DATABASE {database} SET quote_all_identifiers TO on;
-- @ database search_path: search_path
ALTER DATABASE {database} SET search_path TO kit, public, "$user";
-- @ role setting in the database changed: work_mem
ALTER ROLE kit_reader IN DATABASE {database} SET work_mem TO '3MB';
-- @ role setting in the database dropped: kit_reader
ALTER ROLE kit_reader IN DATABASE {database} RESET ALL;
-- @ role setting in the database of another role: kit_writer
ALTER ROLE kit_writer IN DATABASE {database} SET work_mem TO '3MB';
-- @ database comment: the kitchen
COMMENT ON DATABASE {database} IS 'the kitchen  sink';
-- @ database comment dropped: kitchen sink
COMMENT ON DATABASE {database} IS NULL;
-- @ database connection limit: onnection
ALTER DATABASE {database} CONNECTION LIMIT 51;
-- @ database a template: emplate
ALTER DATABASE {database} IS_TEMPLATE true;
-- @ database setting added, empty: application_name
ALTER DATABASE {database} SET application_name TO '';
-- @ role setting in the database added, empty: kit_writer
ALTER ROLE kit_writer IN DATABASE {database} SET application_name TO '';
-- @ default privileges all revoked: kit_owner TABLES
ALTER DEFAULT PRIVILEGES FOR ROLE kit_owner REVOKE ALL ON TABLES FROM kit_owner;
-- @ statistics in a system schema: pg_catalog.own_statistics
CREATE STATISTICS pg_catalog.own_statistics ON age, code FROM kit.customers;
-- @ database setting default_tablespace: default_tablespace
ALTER DATABASE {database} SET default_tablespace = kit_space_2;
---------------------------------------------------------------- security labels (no provider exists here, so the row is written by hand)
-- @ security label: kit_label
INSERT INTO pg_seclabel (objoid, classoid, objsubid, provider, label) VALUES ('kit.customers'::regclass, 'pg_class'::regclass, 0, 'kit_label', 'secret');
-- @ security label of a column: kit_label
INSERT INTO pg_seclabel (objoid, classoid, objsubid, provider, label) VALUES ('kit.customers'::regclass, 'pg_class'::regclass, 1, 'kit_label', 'secret');
-- @ security label of a function: kit_label
INSERT INTO pg_seclabel (objoid, classoid, objsubid, provider, label) VALUES ('kit.touch'::regproc, 'pg_proc'::regclass, 0, 'kit_label', 'secret');
-- @ default privileges granted: DEFAULT PRIVILEGES
ALTER DEFAULT PRIVILEGES IN SCHEMA kit GRANT UPDATE ON TABLES TO kit_reader;
-- @privileges
-- @ owner of a table: in_space
ALTER TABLE kit.in_space OWNER TO kit_admin;
-- @ owner of a schema: app
ALTER SCHEMA app OWNER TO kit_admin;
-- @ owner of a function: touch
ALTER FUNCTION kit.touch OWNER TO kit_admin;
-- @ owner of a type: mood
ALTER TYPE kit.mood OWNER TO kit_admin;
-- @ owner of a view: adults
ALTER VIEW kit.adults_named OWNER TO kit_admin;
-- @ owner of a large object: 424242
ALTER LARGE OBJECT 424242 OWNER TO kit_admin;
-- @ owner of a publication: kit_none
ALTER PUBLICATION kit_none OWNER TO kit_reader;
-- @ owner of an extension's function: similarity
ALTER FUNCTION ext.similarity(text, text) OWNER TO kit_admin;
-- @ owner of a text search dictionary: own_dict
ALTER TEXT SEARCH DICTIONARY kit.own_dict OWNER TO kit_admin;
-- @ owner of an extension's language: plpgsql
ALTER LANGUAGE plpgsql OWNER TO kit_admin;
-- @ owner of a range type's own function: float_span
ALTER FUNCTION kit.float_span(double precision, double precision) OWNER TO kit_admin;
-- @ grant on a row type: customers
REVOKE USAGE ON TYPE kit.customers FROM PUBLIC;
-- @ owner of the database: kit_admin
ALTER DATABASE {database} OWNER TO kit_admin;
-- @ owner of an operator family: int_family
ALTER OPERATOR FAMILY kit.int_family USING btree OWNER TO kit_admin;
-- @ owner of a statistics object: expression_stats
ALTER STATISTICS kit.expression_stats OWNER TO kit_admin;
-- @ grant on a table: in_space
GRANT INSERT ON kit.in_space TO kit_writer;
-- @ grant on a column: customers
REVOKE UPDATE (age) ON kit.customers FROM kit_writer;
-- @ grant option on a schema: kit
REVOKE GRANT OPTION FOR USAGE ON SCHEMA kit FROM kit_writer;
-- @ grant on schema public: public
GRANT USAGE ON SCHEMA public TO PUBLIC;
-- @ grant on a function: tricky
GRANT EXECUTE ON FUNCTION kit.tricky(text, integer) TO PUBLIC;
-- @ grant on a procedure: proceed
REVOKE EXECUTE ON PROCEDURE kit.proceed(integer, text) FROM "kit_Weird ""Role""";
-- @ grant on a sequence: counter
REVOKE USAGE ON SEQUENCE kit.counter FROM kit_writer;
-- @ grant on a type: mood
REVOKE USAGE ON TYPE kit.mood FROM PUBLIC;
-- @ grant on a domain: email
REVOKE USAGE ON DOMAIN kit.email FROM PUBLIC;
-- @ grant on a language: kit_pl
REVOKE USAGE ON LANGUAGE kit_pl FROM kit_reader;
-- @ grant on a foreign data wrapper: kit_fdw
REVOKE USAGE ON FOREIGN DATA WRAPPER kit_fdw FROM kit_reader;
-- @ grant on a server: kit_far
REVOKE USAGE ON FOREIGN SERVER kit_far FROM kit_reader;
-- @ grant on a large object: 424242
REVOKE SELECT ON LARGE OBJECT 424242 FROM kit_reader;
-- @ grant on a view: adults
GRANT UPDATE ON kit.adults TO kit_writer;
-- @ grant on an extension's function: similarity
GRANT EXECUTE ON FUNCTION ext.similarity(text, text) TO PUBLIC;
-- @ grant on an extension's type: vector
REVOKE USAGE ON TYPE ext.vector FROM PUBLIC;
-- @ all privileges on a large object revoked: 424243
REVOKE ALL ON LARGE OBJECT 424243 FROM postgres;
-- @ grant on the database by another role: GRANTED BY kit_writer
REVOKE CONNECT ON DATABASE {database} FROM kit_reader;
GRANT CONNECT ON DATABASE {database} TO kit_writer WITH GRANT OPTION;
SET ROLE kit_writer;
GRANT CONNECT ON DATABASE {database} TO kit_reader;
-- @ grant on the database: CONNECT
REVOKE CONNECT ON DATABASE {database} FROM kit_reader;
-- @ grant on a system function: pg_sleep
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC;
-- @ default privileges changed: DEFAULT PRIVILEGES
ALTER DEFAULT PRIVILEGES IN SCHEMA kit GRANT INSERT ON TABLES TO kit_reader;
-- @ default privileges dropped: DEFAULT PRIVILEGES
ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO PUBLIC;
-- @ default privileges of large objects: DEFAULT PRIVILEGES
ALTER DEFAULT PRIVILEGES GRANT SELECT ON LARGE OBJECTS TO kit_reader;
