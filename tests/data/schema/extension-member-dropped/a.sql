CREATE EXTENSION pg_trgm;
ALTER EXTENSION pg_trgm DROP FUNCTION similarity_op(text, text);
