-- 2022. The auditors' request: who changed which figure, kept out of the way in its own schema.

create schema audit;

create table audit.event (
    id               bigint generated always as identity primary key,
    legal_entity_id  bigint,
    table_name       text not null,
    operation        text not null,
    row_id           bigint,
    old_row          jsonb,
    new_row          jsonb,
    happened_at      timestamptz not null default clock_timestamp(),
    constraint event_operation_check check (operation in ('INSERT', 'UPDATE', 'DELETE'))
);

create index event_legal_entity_happened_idx on audit.event (legal_entity_id, happened_at);
create index event_new_row_idx on audit.event using gin (new_row jsonb_path_ops);

create table audit.login (
    id            bigint generated always as identity primary key,
    user_id       bigint references public.app_user (id) on delete set null,
    succeeded     boolean not null,
    from_address  inet,
    happened_at   timestamptz not null default clock_timestamp()
);

create function audit.record_change() returns trigger language plpgsql as $$
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

create trigger invoice_audit after insert or update or delete on invoice
    for each row execute function audit.record_change();
create trigger payment_audit after insert or update or delete on payment
    for each row execute function audit.record_change();
create trigger supplier_audit after update or delete on supplier
    for each row execute function audit.record_change();

comment on schema audit is 'Append-only history; nothing in the product reads it.';
comment on column audit.event.legal_entity_id is 'legal_entity the row belonged to; no foreign key, history outlives it.';
