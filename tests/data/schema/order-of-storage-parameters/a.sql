CREATE TABLE t (id integer) WITH (fillfactor = 70, autovacuum_enabled = false);
CREATE INDEX t_id ON t (id) WITH (fillfactor = 50, deduplicate_items = off);
