CREATE SCHEMA application;
CREATE TABLE application.t (id integer);
