CREATE TABLE t (kind varchar(9) CONSTRAINT known CHECK (kind IN ('a', 'b')));
CREATE TABLE u (kind varchar(9) CONSTRAINT known CHECK (kind IN ('a', 'b')));
