CREATE TABLE t (kind varchar(9) CONSTRAINT known CHECK (kind IN ('a', 'b')), twice boolean GENERATED ALWAYS AS (kind IN ('c', 'd')) STORED);
CREATE INDEX t_kind ON t (kind) WHERE kind IN ('a', 'b');
CREATE POLICY chosen ON t USING (kind IN ('a', 'b'));
CREATE VIEW v AS SELECT kind FROM t WHERE kind IN ('a', 'b');
