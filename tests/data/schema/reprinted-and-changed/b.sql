CREATE TABLE t (kind varchar(9) CONSTRAINT known CHECK (kind::text = ANY (ARRAY['a'::varchar, 'b'::varchar]::text[])));
CREATE TABLE u (kind varchar(9) CONSTRAINT known CHECK (kind::text = ANY (ARRAY['a'::varchar, 'b'::varchar, 'c'::varchar]::text[])));
