CREATE VIEW v AS SELECT E'one\n\ntwo' AS text;
