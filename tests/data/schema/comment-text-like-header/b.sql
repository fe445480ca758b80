CREATE TABLE t (id integer);
COMMENT ON TABLE t IS '
--
-- Name: ghost; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE ghost (id bigint);';
