CREATE FUNCTION f(n integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF n = 1 THEN
        RETURN 'one';
    ELSIF n = 2 THEN
        RETURN 'two';
    ELSIF n = 3 THEN
        RETURN 'three';
    ELSIF n = 4 THEN
        RETURN 'vier';
    ELSIF n = 5 THEN
        RETURN 'five';
    END IF;
    RETURN 'many';
END
$$;
