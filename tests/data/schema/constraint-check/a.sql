CREATE TABLE t (a integer, CONSTRAINT sane CHECK (a > 0));
