CREATE FUNCTION from_sql(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION from_sql(internal));
