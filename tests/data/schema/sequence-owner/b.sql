CREATE TABLE t (id integer);
CREATE SEQUENCE counter OWNED BY t.id;
