CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $$
/*
\restrict abc
*/
SELECT 1;
$$;
