CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $$
/*
\restrict def
*/
SELECT 1;
$$;
