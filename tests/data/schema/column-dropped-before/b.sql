CREATE TABLE people (id integer, gone date, name text);
ALTER TABLE people DROP COLUMN gone;
