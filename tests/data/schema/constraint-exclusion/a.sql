CREATE TABLE stay (during daterange);
