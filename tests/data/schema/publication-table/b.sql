CREATE TABLE t (a integer, b integer);
CREATE PUBLICATION news FOR TABLE t (a) WHERE (a > 0);
