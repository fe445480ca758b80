CREATE TABLE stay (during daterange, CONSTRAINT once UNIQUE (during));
