CREATE TABLE t (a integer, b integer);
CREATE STATISTICS pairs ON a, b FROM t;
