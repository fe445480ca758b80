-- Back to the old word. What the repair merged or filled in stays so.

drop materialized view monthly_spend;
drop view tenant_overview;
drop view open_invoice;
drop index supplier_tenant_name_uniq;

-- Tables, columns, types.

alter table tenant rename to legal_entity;
alter table tenant_address rename to legal_entity_address;
alter table tenant_setting rename to legal_entity_setting;
alter table user_tenant rename to user_legal_entity;

alter table organization rename column default_tenant_id to default_legal_entity_id;
alter table payment rename column counterparty_tenant_id to counterparty_legal_entity_id;
alter table supplier rename column tenant_id to legal_entity_id;
alter table document rename column tenant_id to legal_entity_id;
alter table invoice rename column tenant_id to legal_entity_id;
alter table tax_rate rename column tenant_id to legal_entity_id;
alter table ledger_account rename column tenant_id to legal_entity_id;
alter table cost_center rename column tenant_id to legal_entity_id;
alter table legal_entity_address rename column tenant_id to legal_entity_id;
alter table bank_account rename column tenant_id to legal_entity_id;
alter table bank_transaction rename column tenant_id to legal_entity_id;
alter table payment rename column tenant_id to legal_entity_id;
alter table matching_cluster rename column tenant_id to legal_entity_id;
alter table matching_rule rename column tenant_id to legal_entity_id;
alter table notification rename column tenant_id to legal_entity_id;
alter table webhook_endpoint rename column tenant_id to legal_entity_id;
alter table webhook_delivery rename column tenant_id to legal_entity_id;
alter table audit.event rename column tenant_id to legal_entity_id;
alter table export_profile rename column tenant_id to legal_entity_id;
alter table export_run rename column tenant_id to legal_entity_id;
alter table inbound_email rename column tenant_id to legal_entity_id;
alter table document_embedding rename column tenant_id to legal_entity_id;
alter table api_token rename column tenant_id to legal_entity_id;
alter table legal_entity_setting rename column tenant_id to legal_entity_id;
alter table user_legal_entity rename column tenant_id to legal_entity_id;

alter type tenant_status rename to legal_entity_status;
alter type match_scope rename value 'tenant' to 'legal_entity';

alter table document alter column legal_entity_id drop not null;
alter table webhook_delivery alter column legal_entity_id drop not null;
create index document_unassigned_idx on document (received_at) where legal_entity_id is null;
alter table supplier add constraint supplier_legal_entity_name_key unique (legal_entity_id, name);

alter function current_tenant_id() rename to current_legal_entity_id;

create or replace function current_legal_entity_id() returns bigint language sql stable as $$
    select nullif(pg_catalog.current_setting('orcha.legal_entity_id', true), '')::bigint
$$;

create or replace function notify_change() returns trigger language plpgsql as $$
begin
    perform pg_notify('orcha_change', jsonb_build_object(
        'table', tg_table_name,
        'operation', lower(tg_op),
        'id', new.id,
        'legal_entity_id', new.legal_entity_id
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
    insert into audit.event (legal_entity_id, table_name, operation, row_id, old_row, new_row)
    values ((latest ->> 'legal_entity_id')::bigint, tg_table_name, tg_op,
            (latest ->> 'id')::bigint, before_row, after_row);
    return null;
end
$$;

do $$
declare
    item record;
begin
    for item in
        select conrelid::regclass as owner, conname as name from pg_constraint
        where connamespace::regnamespace::text in ('public', 'audit')
          and conrelid <> 0 and conname like '%tenant%'
    loop
        execute format('alter table %s rename constraint %I to %I',
                       item.owner, item.name, replace(item.name, 'tenant', 'legal_entity'));
    end loop;
    for item in
        select c.oid::regclass as owner, c.relname as name, c.relkind as kind from pg_class c
        where c.relnamespace::regnamespace::text in ('public', 'audit')
          and c.relkind in ('i', 'S') and c.relname like '%tenant%'
    loop
        execute format('alter %s %s rename to %I', case item.kind when 'i' then 'index' else 'sequence' end,
                       item.owner, replace(item.name, 'tenant', 'legal_entity'));
    end loop;
end
$$;

alter trigger tenant_touch on legal_entity rename to legal_entity_touch;
alter statistics invoice_tenant_status_stats rename to invoice_legal_entity_status_stats;
alter policy invoice_tenant_isolation on invoice rename to invoice_legal_entity_isolation;
alter policy document_tenant_isolation on document rename to document_legal_entity_isolation;
alter policy document_legal_entity_isolation on document
    using (legal_entity_id is null or legal_entity_id = current_legal_entity_id());

drop index document_metadata_legal_entity_idx;
drop index notification_payload_legal_entity_idx;
alter table notification
    drop constraint notification_payload_legal_entity_check,
    drop constraint notification_subject_check;
alter table document disable trigger user;

update document set
    metadata = replace(metadata::text, '"tenant_id":', '"legal_entity_id":')::jsonb
where metadata::text like '%"tenant_id":%';

update notification set
    payload = replace(payload::text, '"tenant_id":', '"legal_entity_id":')::jsonb
where payload::text like '%"tenant_id":%';

update webhook_endpoint set
    template = replace(template::text, '"tenant_id":', '"legal_entity_id":')::jsonb
where template::text like '%"tenant_id":%';

update webhook_delivery set
    body = replace(body::text, '"tenant_id":', '"legal_entity_id":')::jsonb
where body::text like '%"tenant_id":%';

update matching_rule set
    condition = replace(condition::text, '"tenant_id":', '"legal_entity_id":')::jsonb
where condition::text like '%"tenant_id":%';

update export_run set
    summary = replace(summary::text, '"tenant_id":', '"legal_entity_id":')::jsonb
where summary::text like '%"tenant_id":%';

update audit.event set
    old_row = replace(old_row::text, '"tenant_id":', '"legal_entity_id":')::jsonb,
    new_row = replace(new_row::text, '"tenant_id":', '"legal_entity_id":')::jsonb
where old_row::text like '%"tenant_id":%' or new_row::text like '%"tenant_id":%';

update notification set subject_type = 'legal_entity' where subject_type = 'tenant';

alter table document enable trigger user;
alter table notification
    add constraint notification_payload_legal_entity_check check (payload ? 'legal_entity_id') not valid,
    add constraint notification_subject_check
        check (subject_type in ('invoice', 'document', 'payment', 'legal_entity'));
create index notification_payload_legal_entity_idx on notification ((payload ->> 'legal_entity_id'));
create index document_metadata_legal_entity_idx on document ((metadata ->> 'legal_entity_id'));

alter table matching_rule alter column condition set default '{"legal_entity_id": null}';
alter table webhook_endpoint alter column template set default '{"event": null, "legal_entity_id": null}';

create view open_invoice as
select i.id,
       i.legal_entity_id,
       le.name as legal_entity_name,
       s.name as supplier_name,
       i.number,
       i.total - coalesce(sum(a.amount), 0) as outstanding,
       i.due_date
from invoice i
join legal_entity le on le.id = i.legal_entity_id
join supplier s on s.id = i.supplier_id
left join payment_allocation a on a.invoice_id = i.id
where i.status in ('received', 'approved', 'disputed')
group by i.id, le.name, s.name;

create view legal_entity_overview as
select le.id as legal_entity_id,
       le.organization_id,
       le.name,
       le.status,
       (select count(*) from document d where d.legal_entity_id = le.id) as documents,
       (select count(*) from open_invoice o where o.legal_entity_id = le.id) as open_invoices
from legal_entity le;

create materialized view monthly_spend as
select i.legal_entity_id,
       date_trunc('month', i.issued_on::timestamp)::date as month,
       i.currency,
       count(*) as invoices,
       sum(i.total) as total
from invoice i
where i.status <> 'void'
group by 1, 2, 3;

create unique index monthly_spend_legal_entity_month_uniq on monthly_spend (legal_entity_id, month, currency);

comment on view open_invoice is 'Invoices a legal_entity still has to pay.';
comment on materialized view monthly_spend is 'Spend per legal_entity and month, refreshed at night.';
comment on column audit.event.legal_entity_id is 'legal_entity the row belonged to; no foreign key, history outlives it.';
comment on table legal_entity is 'A legal_entity keeps its own books; the unit of isolation.';
comment on function current_legal_entity_id() is 'The legal_entity the current connection works for.';
comment on column document.legal_entity_id is 'Owning legal_entity; empty while the document waits in the inbox.';
