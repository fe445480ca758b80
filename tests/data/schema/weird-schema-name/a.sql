CREATE SCHEMA "x; Type: DEFAULT ACL; Schema: y";
CREATE TABLE "x; Type: DEFAULT ACL; Schema: y".people (id integer);
