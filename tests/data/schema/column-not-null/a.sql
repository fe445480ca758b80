CREATE TABLE people (id integer, name text);
