CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $$
-- why not
SELECT 1;
$$;
