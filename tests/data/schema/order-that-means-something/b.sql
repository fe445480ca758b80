CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TABLE t (a integer, b integer, CONSTRAINT t_a_b_key UNIQUE (b, a));
CREATE INDEX t_ab ON t (b, a);
CREATE VIEW v AS SELECT 2 AS b, 1 AS a;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched AFTER INSERT ON t EXECUTE FUNCTION touch('b', 'a');
