CREATE TABLE t (id integer);
CREATE SEQUENCE counter;
