CREATE TABLE tenant (id integer, name text, born date);
COMMENT ON TABLE tenant IS 'who';
