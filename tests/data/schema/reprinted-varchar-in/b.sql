CREATE TABLE t (kind varchar(9) CONSTRAINT known CHECK (kind::text = ANY (ARRAY['a'::varchar, 'b'::varchar]::text[])),
    twice boolean GENERATED ALWAYS AS (kind::text = ANY (ARRAY['c'::varchar, 'd'::varchar]::text[])) STORED);
CREATE INDEX t_kind ON t (kind) WHERE kind::text = ANY (ARRAY['a'::varchar, 'b'::varchar]::text[]);
CREATE POLICY chosen ON t USING (kind::text = ANY (ARRAY['a'::varchar, 'b'::varchar]::text[]));
CREATE VIEW v AS SELECT kind FROM t WHERE kind::text = ANY (ARRAY['a'::varchar, 'b'::varchar]::text[]);
