CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (a integer, b integer, UNIQUE (a, b));
CREATE INDEX t_ab ON t (a, b);
CREATE VIEW v AS SELECT 1 AS a, 2 AS b;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched AFTER INSERT ON t EXECUTE FUNCTION touch('a', 'b');
