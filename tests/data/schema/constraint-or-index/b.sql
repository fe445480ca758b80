CREATE TABLE t (a integer);
CREATE UNIQUE INDEX once ON t (a);
