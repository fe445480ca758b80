CREATE TABLE t (id integer);
GRANT INSERT ON t TO pg_read_all_stats;
GRANT SELECT ON t TO pg_monitor;
