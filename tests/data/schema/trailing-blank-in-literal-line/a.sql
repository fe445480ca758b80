CREATE TABLE t (code text);
COMMENT ON TABLE t IS E'one\ntwo';
