CREATE TABLE people (id integer, name text);
COMMENT ON TABLE people IS 'who we know';
COMMENT ON COLUMN people.name IS 'in full';
