--
-- PostgreSQL database dump
--

\restrict CES2NyPuTPdr5vYRP46wffZ74QjB8oR3uY4wihgXNqanz43w8RAcZk1bWog9Saj

-- Dumped from database version 18.6
-- Dumped by pg_dump version 18.6

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: app; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA app;


--
-- Name: SCHEMA app; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA app IS 'two lines
--
-- Name: not_real; Type: TABLE; Schema: app; Owner: -
--

trailing   
';


--
-- Name: we"ird; $$ ' -- x; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA "we""ird; $$ ' --
x";


--
-- Name: ci; Type: COLLATION; Schema: app; Owner: -
--

CREATE COLLATION app.ci (provider = libc, locale = 'C');


--
-- Name: citext; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA app;


--
-- Name: EXTENSION citext; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION citext IS 'data type for case-insensitive character strings';


--
-- Name: mood; Type: TYPE; Schema: app; Owner: -
--

CREATE TYPE app.mood AS ENUM (
    'it''s',
    'a;b',
    'tab	here',
    'plain'
);


--
-- Name: pair; Type: TYPE; Schema: app; Owner: -
--

CREATE TYPE app.pair AS (
	a integer,
	b text COLLATE pg_catalog."C"
);


--
-- Name: positive; Type: DOMAIN; Schema: app; Owner: -
--

CREATE DOMAIN app.positive AS integer NOT NULL
	CONSTRAINT above CHECK ((VALUE > 0));


--
-- Name: span; Type: TYPE; Schema: app; Owner: -
--

CREATE TYPE app.span AS RANGE (
    subtype = double precision,
    multirange_type_name = app.span_multirange
);


--
-- Name: CAST (app.pair AS text); Type: CAST; Schema: -; Owner: -
--

CREATE CAST (app.pair AS text) WITH INOUT AS ASSIGNMENT;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: orders; Type: TABLE; Schema: app; Owner: -
--

CREATE TABLE app.orders (
    id integer NOT NULL,
    person bigint,
    at date,
    CONSTRAINT short CHECK ((id > 0))
);


--
-- Name: CONSTRAINT short ON orders; Type: COMMENT; Schema: app; Owner: -
--

COMMENT ON CONSTRAINT short ON app.orders IS 'two';


--
-- Name: atomic(integer); Type: FUNCTION; Schema: app; Owner: -
--

CREATE FUNCTION app.atomic(x integer) RETURNS text
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO app.orders (person)
   VALUES (atomic.x);
 SELECT
         CASE
             WHEN (x > 1) THEN 'END;'::text
             ELSE
             CASE x
                 WHEN 0 THEN 'z'::text
                 ELSE NULL::text
             END
         END AS "end";
 SELECT 'b;'::text;
END;


--
-- Name: move(integer); Type: PROCEDURE; Schema: app; Owner: -
--

CREATE PROCEDURE app.move(INOUT x integer)
    LANGUAGE plpgsql
    AS $$BEGIN
  x := 1;
END$$;


--
-- Name: odd ; $$ name(integer); Type: FUNCTION; Schema: app; Owner: -
--

CREATE FUNCTION app."odd ; $$ name"("b$$;" integer) RETURNS integer
    LANGUAGE sql
    AS $$select 1$$;


--
-- Name: one(integer); Type: FUNCTION; Schema: app; Owner: -
--

CREATE FUNCTION app.one(x integer) RETURNS integer
    LANGUAGE sql
    RETURN CASE WHEN (x > 0) THEN x ELSE 0 END;


--
-- Name: overloaded(integer); Type: FUNCTION; Schema: app; Owner: -
--

CREATE FUNCTION app.overloaded(a integer) RETURNS integer
    LANGUAGE sql
    AS $$SELECT 1; -- SELECT 'x'$$;


--
-- Name: overloaded(text, text[]); Type: FUNCTION; Schema: app; Owner: -
--

CREATE FUNCTION app.overloaded(a text, VARIADIC b text[] DEFAULT '{;}'::text[]) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'app', 'public'
    SET work_mem TO '4MB'
    AS $_X$
BEGIN
SET LOCAL statement_timeout = 0;
-- a comment; END
/*
\restrict trick
*/
  EXECUTE $body$ SELECT '$f' || $_$ ; $_$ $body$;


SELECT pg_catalog.setval('x', 5, true);
--
-- Name: ghost; Type: TABLE; Schema: app; Owner: -
--

CREATE TABLE ghost (a int);   -- x  
  RETURN 1;
END;
$_X$;


--
-- Name: same(integer, integer); Type: FUNCTION; Schema: app; Owner: -
--

CREATE FUNCTION app.same(integer, integer) RETURNS boolean
    LANGUAGE sql
    AS $_$select $1 = $2$_$;


--
-- Name: touch(); Type: FUNCTION; Schema: app; Owner: -
--

CREATE FUNCTION app.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$BEGIN RETURN NEW; END$$;


--
-- Name: watch(); Type: FUNCTION; Schema: app; Owner: -
--

CREATE FUNCTION app.watch() RETURNS event_trigger
    LANGUAGE plpgsql
    AS $$BEGIN END$$;


--
-- Name: total(integer); Type: AGGREGATE; Schema: app; Owner: -
--

CREATE AGGREGATE app.total(integer) (
    SFUNC = int4pl,
    STYPE = integer,
    INITCOND = '0'
);


--
-- Name: heap2; Type: ACCESS METHOD; Schema: -; Owner: -
--

CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;


--
-- Name: -*; Type: OPERATOR; Schema: app; Owner: -
--

CREATE OPERATOR app.-* (
    FUNCTION = app.same,
    LEFTARG = integer,
    RIGHTARG = integer
);


--
-- Name: ~~-; Type: OPERATOR; Schema: app; Owner: -
--

CREATE OPERATOR app.~~- (
    FUNCTION = app.one,
    RIGHTARG = integer
);


--
-- Name: words; Type: TEXT SEARCH CONFIGURATION; Schema: app; Owner: -
--

CREATE TEXT SEARCH CONFIGURATION app.words (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR asciiword WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR word WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR hword_part WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR hword_asciipart WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR asciihword WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR hword WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.words
    ADD MAPPING FOR uint WITH simple;


--
-- Name: far; Type: FOREIGN DATA WRAPPER; Schema: -; Owner: -
--

CREATE FOREIGN DATA WRAPPER far;


--
-- Name: away; Type: SERVER; Schema: -; Owner: -
--

CREATE SERVER away FOREIGN DATA WRAPPER far OPTIONS (
    host 'it''s;'
);


--
-- Name: child; Type: TABLE; Schema: app; Owner: -
--

CREATE UNLOGGED TABLE app.child (
    extra integer
)
INHERITS (app.orders);


--
-- Name: counter; Type: SEQUENCE; Schema: app; Owner: -
--

CREATE SEQUENCE app.counter
    START WITH 7
    INCREMENT BY 3
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
    CYCLE;


SET default_tablespace = slow;

--
-- Name: far_away; Type: TABLE; Schema: app; Owner: -; Tablespace: slow
--

CREATE TABLE app.far_away (
    a integer,
    b text
);


SET default_tablespace = '';

--
-- Name: people; Type: TABLE; Schema: app; Owner: -
--

CREATE TABLE app.people (
    id bigint NOT NULL,
    name character varying(40) DEFAULT 'back\slash; -- "quoted"

  x   '::character varying NOT NULL,
    mood app.mood DEFAULT 'a;b'::app.mood,
    upper_name text GENERATED ALWAYS AS (upper((name)::text)) STORED,
    note text,
    CONSTRAINT short CHECK ((length((name)::text) < 30))
)
WITH (fillfactor='70');
ALTER TABLE ONLY app.people ALTER COLUMN note SET STORAGE EXTERNAL;

ALTER TABLE ONLY app.people REPLICA IDENTITY FULL;


--
-- Name: TABLE people; Type: COMMENT; Schema: app; Owner: -
--

COMMENT ON TABLE app.people IS 'people';


--
-- Name: COLUMN people.name; Type: COMMENT; Schema: app; Owner: -
--

COMMENT ON COLUMN app.people.name IS '\restrict abc
SET x = 1;
SELECT pg_catalog.setval(''x'', 1);
-- no comment';


--
-- Name: CONSTRAINT short ON people; Type: COMMENT; Schema: app; Owner: -
--

COMMENT ON CONSTRAINT short ON app.people IS 'one';


--
-- Name: kept; Type: MATERIALIZED VIEW; Schema: app; Owner: -
--

CREATE MATERIALIZED VIEW app.kept AS
 SELECT count(*) AS count
   FROM app.people
  WITH NO DATA;


--
-- Name: orders_id_seq; Type: SEQUENCE; Schema: app; Owner: -
--

CREATE SEQUENCE app.orders_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: orders_id_seq; Type: SEQUENCE OWNED BY; Schema: app; Owner: -
--

ALTER SEQUENCE app.orders_id_seq OWNED BY app.orders.id;


SET default_table_access_method = heap2;

--
-- Name: other_kept; Type: MATERIALIZED VIEW; Schema: app; Owner: -
--

CREATE MATERIALIZED VIEW app.other_kept AS
 SELECT 1 AS one
  WITH NO DATA;


--
-- Name: other_method; Type: TABLE; Schema: app; Owner: -
--

CREATE TABLE app.other_method (
    a integer
);


--
-- Name: parts; Type: TABLE; Schema: app; Owner: -
--

CREATE TABLE app.parts (
    id integer,
    day date
)
PARTITION BY RANGE (day);


SET default_table_access_method = heap;

--
-- Name: parts_1; Type: TABLE; Schema: app; Owner: -
--

CREATE TABLE app.parts_1 (
    id integer,
    day date
);


--
-- Name: people_id_seq; Type: SEQUENCE; Schema: app; Owner: -
--

ALTER TABLE app.people ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.people_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: remote; Type: FOREIGN TABLE; Schema: app; Owner: -
--

CREATE FOREIGN TABLE app.remote (
    a integer
)
SERVER away;
ALTER FOREIGN TABLE ONLY app.remote ALTER COLUMN a OPTIONS (
    x 'y'
);


--
-- Name: seen; Type: VIEW; Schema: app; Owner: -
--

CREATE VIEW app.seen WITH (security_barrier='true') AS
 SELECT id,
        CASE
            WHEN (id > 3) THEN 'x;'::text
            ELSE '\y'::text
        END AS c
   FROM app.people;


--
-- Name: t$$;'" -- Name: fake; Type: TABLE; Schema: app; Owner: - -- ; Type: TABLE; Schema: we"ird; $$ ' -- x; Owner: -
--

CREATE TABLE "we""ird; $$ ' --
x"."t$$;'""
-- Name: fake; Type: TABLE; Schema: app; Owner: -
--
" (
    "a$b$c" integer,
    "END; $x$" text DEFAULT '$x$'::text
);


--
-- Name: parts_1; Type: TABLE ATTACH; Schema: app; Owner: -
--

ALTER TABLE ONLY app.parts ATTACH PARTITION app.parts_1 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');


--
-- Name: child id; Type: DEFAULT; Schema: app; Owner: -
--

ALTER TABLE ONLY app.child ALTER COLUMN id SET DEFAULT nextval('app.orders_id_seq'::regclass);


--
-- Name: orders id; Type: DEFAULT; Schema: app; Owner: -
--

ALTER TABLE ONLY app.orders ALTER COLUMN id SET DEFAULT nextval('app.orders_id_seq'::regclass);


--
-- Name: orders late; Type: CHECK CONSTRAINT; Schema: app; Owner: -
--

ALTER TABLE app.orders
    ADD CONSTRAINT late CHECK ((at > '2000-01-01'::date)) NOT VALID;


--
-- Name: orders orders_pkey; Type: CONSTRAINT; Schema: app; Owner: -
--

ALTER TABLE ONLY app.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);


--
-- Name: people people_pkey; Type: CONSTRAINT; Schema: app; Owner: -
--

ALTER TABLE ONLY app.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);


--
-- Name: by_name; Type: INDEX; Schema: app; Owner: -
--

CREATE INDEX by_name ON app.people USING btree (lower((name)::text)) WHERE (id > 5);


SET default_tablespace = slow;

--
-- Name: far_index; Type: INDEX; Schema: app; Owner: -; Tablespace: slow
--

CREATE INDEX far_index ON app.far_away USING btree (a);


SET default_tablespace = '';

--
-- Name: orders_at; Type: INDEX; Schema: app; Owner: -
--

CREATE INDEX orders_at ON app.orders USING brin (at);


--
-- Name: both; Type: STATISTICS; Schema: app; Owner: -
--

CREATE STATISTICS app."both" (dependencies) ON id, name FROM app.people;


--
-- Name: seen several; Type: RULE; Schema: app; Owner: -
--

CREATE RULE several AS
    ON DELETE TO app.seen DO INSTEAD ( DELETE FROM app.orders
  WHERE (orders.person = old.id);
 DELETE FROM app.people
  WHERE (people.id = old.id);

 NOTIFY gone;
);


--
-- Name: orders touched; Type: TRIGGER; Schema: app; Owner: -
--

CREATE TRIGGER touched BEFORE UPDATE ON app.orders FOR EACH ROW EXECUTE FUNCTION app.touch();

ALTER TABLE app.orders DISABLE TRIGGER touched;


--
-- Name: people touched; Type: TRIGGER; Schema: app; Owner: -
--

CREATE TRIGGER touched BEFORE UPDATE OF name, mood ON app.people FOR EACH ROW WHEN (((old.name)::text IS DISTINCT FROM 'a;b'::text)) EXECUTE FUNCTION app.touch('it''s', 'x;y');


--
-- Name: TRIGGER touched ON people; Type: COMMENT; Schema: app; Owner: -
--

COMMENT ON TRIGGER touched ON app.people IS 'crlf
here';


--
-- Name: orders owner; Type: FK CONSTRAINT; Schema: app; Owner: -
--

ALTER TABLE ONLY app.orders
    ADD CONSTRAINT owner FOREIGN KEY (person) REFERENCES app.people(id) DEFERRABLE;


--
-- Name: orders own; Type: POLICY; Schema: app; Owner: -
--

CREATE POLICY own ON app.orders USING (true);


--
-- Name: people own; Type: POLICY; Schema: app; Owner: -
--

CREATE POLICY own ON app.people USING (((name)::text = (CURRENT_USER)::text));


--
-- Name: people; Type: ROW SECURITY; Schema: app; Owner: -
--

ALTER TABLE app.people ENABLE ROW LEVEL SECURITY;

--
-- Name: feed; Type: PUBLICATION; Schema: -; Owner: -
--

CREATE PUBLICATION feed WITH (publish = 'insert, update, delete, truncate');


--
-- Name: feed people; Type: PUBLICATION TABLE; Schema: app; Owner: -
--

ALTER PUBLICATION feed ADD TABLE ONLY app.people (id, name) WHERE ((id > 1));


--
-- Name: watcher; Type: EVENT TRIGGER; Schema: -; Owner: -
--

CREATE EVENT TRIGGER watcher ON ddl_command_end
         WHEN TAG IN ('DROP TABLE')
   EXECUTE FUNCTION app.watch();


--
-- PostgreSQL database dump complete
--

\unrestrict CES2NyPuTPdr5vYRP46wffZ74QjB8oR3uY4wihgXNqanz43w8RAcZk1bWog9Saj

