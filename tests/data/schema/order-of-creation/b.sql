CREATE TABLE two (one_id integer);
CREATE INDEX two_one ON two (one_id);
CREATE TABLE one (id integer PRIMARY KEY);
CREATE VIEW pairs AS SELECT * FROM one, two;
ALTER TABLE two ADD FOREIGN KEY (one_id) REFERENCES one;
