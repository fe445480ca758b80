CREATE TABLE t (id integer);
CREATE INDEX t_id ON t (id);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_id'::regclass;
