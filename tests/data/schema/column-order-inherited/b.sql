CREATE TABLE parent (a integer, b integer);
CREATE TABLE child (own text) INHERITS (parent);
