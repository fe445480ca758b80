CREATE TABLE people (id integer, email varchar(80), name text);
