CREATE TABLE persons (id integer NOT NULL, name text NOT NULL);
ALTER TABLE persons RENAME TO people;
