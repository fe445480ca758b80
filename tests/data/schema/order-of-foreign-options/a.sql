CREATE EXTENSION postgres_fdw;
CREATE SERVER away FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h', dbname 'd');
CREATE FOREIGN TABLE t (id integer) SERVER away OPTIONS (schema_name 's', table_name 't');
