CREATE TABLE people (id integer, name text);
COMMENT ON TABLE people IS 'whom we know';
