CREATE SCHEMA app;
CREATE TABLE app.t (id integer);
CREATE TABLE elsewhere (id integer);
