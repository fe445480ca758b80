CREATE TABLE stay (during daterange, CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&));
