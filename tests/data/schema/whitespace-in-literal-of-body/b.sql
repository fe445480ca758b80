CREATE FUNCTION greet() RETURNS text LANGUAGE sql AS $$SELECT 'hello,  you'$$;
