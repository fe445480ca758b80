CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
SET LOCAL lock_timeout = 0;
SET client_min_messages = warning;
RETURN 1;
END
$$;
