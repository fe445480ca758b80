CREATE TABLE kept (id integer);
CREATE TABLE new (at date);
