CREATE TABLE t (b integer, a integer) PARTITION BY RANGE (b, a);
CREATE TABLE u (b integer, a integer, c text DEFAULT 'y');
