CREATE SCHEMA app;
CREATE TABLE app.t (id bigint);
CREATE TABLE elsewhere (id bigint);
