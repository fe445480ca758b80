CREATE TABLE t (a integer, CONSTRAINT sane CHECK (a >= 1 AND a <= 5 AND a > 0));
CREATE DOMAIN small AS integer CHECK (VALUE >= 1 AND VALUE <= 5 AND VALUE <> 3);
