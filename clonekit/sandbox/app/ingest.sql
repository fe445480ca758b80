-- One JSON invoice becomes an inbox document, an invoice and its lines; the supplier is made if new.
with given as (
    select %(invoice)s::jsonb as j
), owner as (
    select t.id as tenant_id, t.organization_id, g.j from given g join tenant t on t.slug = g.j ->> 'tenant'
), doc as (
    insert into document (organization_id, tenant_id, title, media_type, byte_size, sha256, metadata)
    select o.organization_id, o.tenant_id, 'Invoice ' || (o.j ->> 'number'), 'application/json',
           octet_length(o.j::text), encode(sha256(convert_to(o.j::text, 'UTF8')), 'hex'),
           jsonb_build_object('source', 'ingest', 'tenant_id', o.tenant_id)
    from owner o
    returning id
), sup as (
    insert into supplier (tenant_id, name, email)
    select o.tenant_id, o.j #>> '{supplier,name}', o.j #>> '{supplier,email}' from owner o
    on conflict (tenant_id, lower(name)) do update set name = supplier.name
    returning id
), inv as (
    insert into invoice (tenant_id, supplier_id, document_id, number, currency, total, issued_on, due_date, note)
    select o.tenant_id, sup.id, doc.id, o.j ->> 'number', coalesce(o.j ->> 'currency', 'EUR'),
           (select sum(round(l.quantity * l.unit_price, 2))
            from jsonb_to_recordset(o.j -> 'lines') as l (quantity numeric, unit_price numeric)),
           (o.j ->> 'issued_on')::date, (o.j ->> 'due_date')::date, o.j ->> 'note'
    from owner o, doc, sup
    returning id
), lines as (
    insert into invoice_line (invoice_id, position, description, quantity, unit_price)
    select inv.id, l.position, l.item ->> 'description', (l.item ->> 'quantity')::numeric,
           (l.item ->> 'unit_price')::numeric
    from inv, owner o, jsonb_array_elements(o.j -> 'lines') with ordinality as l (item, position)
)
select id from inv;
