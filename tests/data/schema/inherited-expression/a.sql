CREATE TABLE parent (a integer, twice integer GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE heir () INHERITS (parent);
CREATE TABLE alike () INHERITS (parent);
