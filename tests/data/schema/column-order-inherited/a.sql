CREATE TABLE parent (a integer);
CREATE TABLE child (own text) INHERITS (parent);
ALTER TABLE parent ADD COLUMN b integer;
