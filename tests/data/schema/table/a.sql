CREATE TABLE kept (id integer);
CREATE TABLE old (id integer, name text);
