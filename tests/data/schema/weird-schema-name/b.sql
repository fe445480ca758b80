CREATE SCHEMA "x; Type: DEFAULT ACL; Schema: y";
CREATE TABLE "x; Type: DEFAULT ACL; Schema: y".people (id integer);
CREATE FUNCTION "x; Type: DEFAULT ACL; Schema: y".one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
