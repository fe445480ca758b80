CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
SET LOCAL lock_timeout = 0;
RETURN 1;
END
$$;
