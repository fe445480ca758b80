-- 2026. The word legal_entity goes; the product says tenant everywhere. Customers see
-- branches and projects as tenants too, and the old name has misled every new colleague.
-- Names change in place and no column is copied, so indexes and constraints stay in use.

-- ---------------------------------------------------------------------------
-- Views keep the output names they were made with, so they are made anew at the end.

drop materialized view monthly_spend;
drop view legal_entity_overview;
drop view open_invoice;

-- Tables, columns, types.

alter table legal_entity rename to tenant;
alter table legal_entity_address rename to tenant_address;
alter table legal_entity_setting rename to tenant_setting;
alter table user_legal_entity rename to user_tenant;

alter table organization rename column default_legal_entity_id to default_tenant_id;
alter table payment rename column counterparty_legal_entity_id to counterparty_tenant_id;
alter table supplier rename column legal_entity_id to tenant_id;
alter table document rename column legal_entity_id to tenant_id;
alter table invoice rename column legal_entity_id to tenant_id;
alter table tax_rate rename column legal_entity_id to tenant_id;
alter table ledger_account rename column legal_entity_id to tenant_id;
alter table cost_center rename column legal_entity_id to tenant_id;
alter table tenant_address rename column legal_entity_id to tenant_id;
alter table bank_account rename column legal_entity_id to tenant_id;
alter table bank_transaction rename column legal_entity_id to tenant_id;
alter table payment rename column legal_entity_id to tenant_id;
alter table matching_cluster rename column legal_entity_id to tenant_id;
alter table matching_rule rename column legal_entity_id to tenant_id;
alter table notification rename column legal_entity_id to tenant_id;
alter table webhook_endpoint rename column legal_entity_id to tenant_id;
alter table webhook_delivery rename column legal_entity_id to tenant_id;
alter table audit.event rename column legal_entity_id to tenant_id;
alter table export_profile rename column legal_entity_id to tenant_id;
alter table export_run rename column legal_entity_id to tenant_id;
alter table inbound_email rename column legal_entity_id to tenant_id;
alter table document_embedding rename column legal_entity_id to tenant_id;
alter table api_token rename column legal_entity_id to tenant_id;
alter table tenant_setting rename column legal_entity_id to tenant_id;
alter table user_tenant rename column legal_entity_id to tenant_id;

alter type legal_entity_status rename to tenant_status;
alter type match_scope rename value 'legal_entity' to 'tenant';

-- With the inbox of 2025 a document always has an owner. Say so, for the sake of isolation.

alter table document alter column tenant_id set not null;
alter table webhook_delivery alter column tenant_id set not null;
drop index document_unassigned_idx;

-- "ACME" and "Acme" were two suppliers, and were paid twice. Exact spelling is covered by this.

create unique index supplier_tenant_name_uniq on supplier (tenant_id, lower(name));
alter table supplier drop constraint supplier_legal_entity_name_key;

-- Functions: PostgreSQL does not look into their bodies.

alter function current_legal_entity_id() rename to current_tenant_id;

create or replace function current_tenant_id() returns bigint language sql stable as $$
    select nullif(pg_catalog.current_setting('orcha.tenant_id', true), '')::bigint
$$;

create or replace function notify_change() returns trigger language plpgsql as $$
begin
    perform pg_notify('orcha_change', jsonb_build_object(
        'table', tg_table_name,
        'operation', lower(tg_op),
        'id', new.id,
        'tenant_id', new.tenant_id
    )::text);
    return null;
end
$$;

create or replace function audit.record_change() returns trigger language plpgsql as $$
declare
    before_row jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    after_row  jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    latest     jsonb := coalesce(after_row, before_row);
begin
    insert into audit.event (tenant_id, table_name, operation, row_id, old_row, new_row)
    values ((latest ->> 'tenant_id')::bigint, tg_table_name, tg_op,
            (latest ->> 'id')::bigint, before_row, after_row);
    return null;
end
$$;

-- Constraints, indexes and sequences carry the old word in their names. Found by name, so
-- that none is forgotten; constraints go first and take their indexes along.

do $$
declare
    item record;
begin
    for item in
        select conrelid::regclass as owner, conname as name from pg_constraint
        where connamespace::regnamespace::text in ('public', 'audit')
          and conrelid <> 0 and conname like '%legal_entity%'
    loop
        execute format('alter table %s rename constraint %I to %I',
                       item.owner, item.name, replace(item.name, 'legal_entity', 'tenant'));
    end loop;
    for item in
        select c.oid::regclass as owner, c.relname as name, c.relkind as kind from pg_class c
        where c.relnamespace::regnamespace::text in ('public', 'audit')
          and c.relkind in ('i', 'S') and c.relname like '%legal_entity%'
    loop
        execute format('alter %s %s rename to %I', case item.kind when 'i' then 'index' else 'sequence' end,
                       item.owner, replace(item.name, 'legal_entity', 'tenant'));
    end loop;
end
$$;

alter trigger legal_entity_touch on tenant rename to tenant_touch;
alter statistics invoice_legal_entity_status_stats rename to invoice_tenant_status_stats;
alter policy invoice_legal_entity_isolation on invoice rename to invoice_tenant_isolation;
alter policy document_legal_entity_isolation on document rename to document_tenant_isolation;
alter policy document_tenant_isolation on document using (tenant_id = current_tenant_id());

-- Keys inside jsonb, at any depth. In jsonb's own text only a key can look like "name": with
-- plain quotes; inside a string they would be escaped.

drop index document_metadata_tenant_idx;
drop index notification_payload_tenant_idx;
alter table notification
    drop constraint notification_payload_tenant_check,
    drop constraint notification_subject_check;
alter table document disable trigger user;

update document set
    metadata = replace(metadata::text, '"legal_entity_id":', '"tenant_id":')::jsonb
where metadata::text like '%"legal_entity_id":%';

update notification set
    payload = replace(payload::text, '"legal_entity_id":', '"tenant_id":')::jsonb
where payload::text like '%"legal_entity_id":%';

update webhook_endpoint set
    template = replace(template::text, '"legal_entity_id":', '"tenant_id":')::jsonb
where template::text like '%"legal_entity_id":%';

update webhook_delivery set
    body = replace(body::text, '"legal_entity_id":', '"tenant_id":')::jsonb
where body::text like '%"legal_entity_id":%';

update matching_rule set
    condition = replace(condition::text, '"legal_entity_id":', '"tenant_id":')::jsonb
where condition::text like '%"legal_entity_id":%';

update export_run set
    summary = replace(summary::text, '"legal_entity_id":', '"tenant_id":')::jsonb
where summary::text like '%"legal_entity_id":%';

update audit.event set
    old_row = replace(old_row::text, '"legal_entity_id":', '"tenant_id":')::jsonb,
    new_row = replace(new_row::text, '"legal_entity_id":', '"tenant_id":')::jsonb
where old_row::text like '%"legal_entity_id":%' or new_row::text like '%"legal_entity_id":%';

update notification set subject_type = 'tenant' where subject_type = 'legal_entity';

alter table document enable trigger user;
alter table notification
    add constraint notification_payload_tenant_check check (payload ? 'tenant_id') not valid,
    add constraint notification_subject_check
        check (subject_type in ('invoice', 'document', 'payment', 'tenant'));
create index notification_payload_tenant_idx on notification ((payload ->> 'tenant_id'));
create index document_metadata_tenant_idx on document ((metadata ->> 'tenant_id'));

alter table matching_rule alter column condition set default '{"tenant_id": null}';
alter table webhook_endpoint alter column template set default '{"event": null, "tenant_id": null}';

create view open_invoice as
select i.id,
       i.tenant_id,
       t.name as tenant_name,
       s.name as supplier_name,
       i.number,
       i.total - coalesce(sum(a.amount), 0) as outstanding,
       i.due_date
from invoice i
join tenant t on t.id = i.tenant_id
join supplier s on s.id = i.supplier_id
left join payment_allocation a on a.invoice_id = i.id
where i.status in ('received', 'approved', 'disputed')
group by i.id, t.name, s.name;

create view tenant_overview as
select t.id as tenant_id,
       t.organization_id,
       t.name,
       t.status,
       (select count(*) from document d where d.tenant_id = t.id) as documents,
       (select count(*) from open_invoice o where o.tenant_id = t.id) as open_invoices
from tenant t;

create materialized view monthly_spend as
select i.tenant_id,
       date_trunc('month', i.issued_on::timestamp)::date as month,
       i.currency,
       count(*) as invoices,
       sum(i.total) as total
from invoice i
where i.status <> 'void'
group by 1, 2, 3;

create unique index monthly_spend_tenant_month_uniq on monthly_spend (tenant_id, month, currency);

comment on view open_invoice is 'Invoices a tenant still has to pay.';
comment on materialized view monthly_spend is 'Spend per tenant and month, refreshed at night.';
comment on column audit.event.tenant_id is 'tenant the row belonged to; no foreign key, history outlives it.';
comment on table tenant is 'A tenant keeps its own books; the unit of isolation.';
comment on function current_tenant_id() is 'The tenant the current connection works for.';
comment on column document.tenant_id is 'Owning tenant.';
