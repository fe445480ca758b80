CREATE SCHEMA app;
CREATE SCHEMA other;
CREATE SEQUENCE other.numbers;
CREATE TYPE other.mood AS ENUM ('sad');
CREATE FUNCTION other.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE other.p (a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE app.q PARTITION OF other.p FOR VALUES IN (1);
CREATE TABLE app.t (a integer);
CREATE TABLE other.u (a integer);
