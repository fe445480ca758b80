CREATE TABLE people (id integer, paid boolean DEFAULT false, at date DEFAULT CURRENT_DATE);
