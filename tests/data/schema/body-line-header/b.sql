CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $$

--
-- Name: ghost; Type: VIEW; Schema: public; Owner: -
--

SELECT 1;
$$;
