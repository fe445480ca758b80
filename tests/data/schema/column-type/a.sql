CREATE TABLE people (id integer, name varchar(40));
