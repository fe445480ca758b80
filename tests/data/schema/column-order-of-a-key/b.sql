CREATE TYPE pair AS (a integer, b integer);
CREATE TABLE typed OF pair PARTITION BY RANGE (b, a);
CREATE FOREIGN DATA WRAPPER idle;
CREATE SERVER far FOREIGN DATA WRAPPER idle;
CREATE FOREIGN TABLE there (a integer) SERVER far OPTIONS (query 'one ;three ;two ;four');
