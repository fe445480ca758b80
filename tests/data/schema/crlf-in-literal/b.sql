CREATE VIEW v AS SELECT E'one\r\ntwo' AS text;
