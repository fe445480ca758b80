CREATE TABLE people (id integer);
COMMENT ON COLUMN people.xmin IS 'who wrote it';
