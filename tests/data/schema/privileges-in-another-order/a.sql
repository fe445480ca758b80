CREATE TABLE t (id integer);
GRANT SELECT ON t TO pg_monitor;
GRANT INSERT ON t TO pg_read_all_stats;
