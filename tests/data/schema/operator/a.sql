CREATE OPERATOR +~ (FUNCTION = int4pl, LEFTARG = integer, RIGHTARG = integer);
