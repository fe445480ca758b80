CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $$
SELECT 1 -- and + 1
$$;
