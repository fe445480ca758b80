CREATE TABLE t (code text DEFAULT 'x  ');
