CREATE TABLE t (id integer);
CREATE INDEX t_id ON t (id);
