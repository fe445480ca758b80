CREATE TABLE people (id integer, name text NOT NULL);
