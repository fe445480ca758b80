CREATE TABLE persons (id integer NOT NULL, name varchar(9));
ALTER TABLE persons RENAME TO people;
