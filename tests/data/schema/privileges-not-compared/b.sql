CREATE TABLE t (id integer);
GRANT SELECT ON t TO PUBLIC;
ALTER TABLE t OWNER TO pg_database_owner;
