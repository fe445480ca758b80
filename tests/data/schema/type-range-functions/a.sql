CREATE TYPE span AS RANGE (subtype = integer, multirange_type_name = spans);
CREATE TYPE era AS RANGE (subtype = date, multirange_type_name = eras);
CREATE TABLE people (id integer);
