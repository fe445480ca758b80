CREATE TABLE one (id integer PRIMARY KEY);
CREATE TABLE two (one_id integer REFERENCES one);
