DO $do$ BEGIN
EXECUTE format('CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS %L', E'SELECT 1;\r\nSELECT 2;\r\n');
END $do$;
