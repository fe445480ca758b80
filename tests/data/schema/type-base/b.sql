CREATE TYPE cents;
CREATE FUNCTION cents_in(cstring) RETURNS cents LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION cents_out(cents) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE cents (INPUT = cents_in, OUTPUT = cents_out, LIKE = integer, CATEGORY = 'N');
