CREATE TABLE tenant (id integer CONSTRAINT tenant_pkey PRIMARY KEY, name text);
CREATE INDEX tenant_name ON tenant (name);
