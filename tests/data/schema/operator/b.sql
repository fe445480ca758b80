CREATE OPERATOR +~ (FUNCTION = int4mul, LEFTARG = integer, RIGHTARG = integer);
