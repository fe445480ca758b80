CREATE TABLE people (id integer, paid boolean, at date DEFAULT '2024-01-01');
