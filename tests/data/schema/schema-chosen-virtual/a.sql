CREATE SCHEMA app;
CREATE TABLE parent (a integer, twice integer GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE app.heir () INHERITS (parent);
