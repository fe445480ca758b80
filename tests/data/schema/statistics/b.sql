CREATE TABLE t (a integer, b integer);
CREATE STATISTICS pairs (ndistinct) ON a, b FROM t;
ALTER STATISTICS pairs SET STATISTICS 500;
