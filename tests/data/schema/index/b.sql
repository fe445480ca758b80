CREATE TABLE t (a integer, b integer);
CREATE UNIQUE INDEX t_a ON t (a DESC) INCLUDE (b) WHERE b > 0;
