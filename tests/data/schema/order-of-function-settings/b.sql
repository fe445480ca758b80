CREATE FUNCTION f() RETURNS integer LANGUAGE sql SET work_mem = '1MB' AS 'SELECT 1';
ALTER FUNCTION f() SET search_path = public;
