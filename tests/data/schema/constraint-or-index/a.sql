CREATE TABLE t (a integer, CONSTRAINT once UNIQUE (a));
