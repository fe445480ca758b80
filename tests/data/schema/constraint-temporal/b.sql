CREATE TABLE stay (during daterange, room int4range, CONSTRAINT once UNIQUE (room, during WITHOUT OVERLAPS));
