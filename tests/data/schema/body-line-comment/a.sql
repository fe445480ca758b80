CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $$
-- why
SELECT 1;
$$;
