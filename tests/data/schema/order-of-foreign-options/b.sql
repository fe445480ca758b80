CREATE EXTENSION postgres_fdw;
CREATE SERVER away FOREIGN DATA WRAPPER postgres_fdw OPTIONS (dbname 'd', host 'h');
CREATE FOREIGN TABLE t (id integer) SERVER away OPTIONS (table_name 't', schema_name 's');
