CREATE TABLE invoice (id integer, tenant_id integer);
CREATE INDEX invoice_owner ON invoice (tenant_id);
