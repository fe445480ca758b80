CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $$

--
-- Name: ghost; Type: TABLE; Schema: public; Owner: -
--

SELECT 1;
$$;
