CREATE TABLE t (a integer, b integer) PARTITION BY RANGE (a, b);
CREATE TABLE u (a integer, b integer, c text DEFAULT 'x');
