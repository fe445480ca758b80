CREATE EXTENSION citext;
CREATE TABLE people (id integer GENERATED ALWAYS AS IDENTITY);
CREATE TYPE span AS RANGE (subtype = text, subtype_opclass = text_pattern_ops);
ALTER SEQUENCE people_id_seq RENAME TO numbers;
COMMENT ON SEQUENCE numbers IS 'who is next';
ALTER EXTENSION citext ADD TABLE people;
ALTER EXTENSION citext ADD TYPE span;
