CREATE OPERATOR CLASS small FOR TYPE integer USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(integer), FUNCTION 2 hashint4extended(integer, bigint);
