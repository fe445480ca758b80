CREATE TABLE people (id integer, age integer);
CREATE VIEW adults AS SELECT id FROM people WHERE age >= 18;
