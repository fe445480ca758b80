CREATE TABLE u (id integer PRIMARY KEY);
CREATE TABLE t (id integer, other integer REFERENCES u, note text NOT NULL, CONSTRAINT positive CHECK (id > 0));
ALTER TABLE t RENAME CONSTRAINT t_other_fkey TO known;
CREATE TABLE only_check (CONSTRAINT never CHECK (now() > '2020-01-01'));
CREATE DOMAIN small AS integer CONSTRAINT under CHECK (VALUE < 10) CONSTRAINT over CHECK (VALUE > 1);
