CREATE TYPE pair AS (a integer, b text);
CREATE CAST (pair AS text) WITH INOUT AS ASSIGNMENT;
