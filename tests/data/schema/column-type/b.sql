CREATE TABLE people (id bigint, name varchar(80));
