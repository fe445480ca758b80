CREATE TABLE legal_entity (id integer CONSTRAINT legal_entity_pkey PRIMARY KEY, name text);
CREATE INDEX legal_entity_name ON legal_entity (name);
ALTER TABLE legal_entity RENAME TO tenant;
