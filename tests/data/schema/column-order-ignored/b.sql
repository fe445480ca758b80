CREATE TABLE people (id integer, email text, name text);
