CREATE TABLE invoice (id integer, legal_entity_id integer);
CREATE INDEX invoice_owner ON invoice (legal_entity_id);
