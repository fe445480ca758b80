CREATE TABLE t (id integer) WITH (autovacuum_enabled = false, fillfactor = 70);
CREATE INDEX t_id ON t (id) WITH (deduplicate_items = off, fillfactor = 50);
