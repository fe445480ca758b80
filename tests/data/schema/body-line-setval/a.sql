CREATE SEQUENCE s;
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS $$
SELECT pg_catalog.setval('s', 5, true);
$$;
