CREATE TABLE one (id integer PRIMARY KEY);
CREATE TABLE two (one_id integer REFERENCES one);
CREATE INDEX two_one ON two (one_id);
CREATE VIEW pairs AS SELECT * FROM one, two;
