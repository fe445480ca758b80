CREATE VIEW v AS SELECT E'one\ntwo' AS text;
