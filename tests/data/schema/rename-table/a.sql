CREATE TABLE legal_entity (id integer, name text, born date);
COMMENT ON TABLE legal_entity IS 'who';
