-- 2016. The first customer scans paper invoices and wants them typed up by machine.
-- A customer is an organization; the books are kept per legal entity, so nearly
-- every later table hangs on legal_entity.

create extension if not exists pg_trgm;

create domain email_address as text
    constraint email_address_looks_right check (value ~ '^[^@[:space:]]+@[^@[:space:]]+$');

create type legal_entity_status as enum ('trial', 'active', 'suspended', 'closed');
create type invoice_status as enum ('draft', 'received', 'approved', 'disputed', 'paid', 'void');

create function set_updated_at() returns trigger language plpgsql as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end
$$;

create table organization (
    id          bigserial primary key,
    name        text not null constraint organization_name_filled check (btrim(name) <> ''),
    created_at  timestamptz not null default now()
);

create table legal_entity (
    id               bigserial primary key,
    organization_id  bigint not null references organization (id),
    slug             text not null constraint legal_entity_slug_key unique,
    name             text not null,
    vat_number       text,
    status           legal_entity_status not null default 'trial',
    settings         jsonb not null default '{}',
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    constraint legal_entity_slug_check check (slug ~ '^[a-z0-9-]{2,60}$')
);

create index legal_entity_organization_idx on legal_entity (organization_id);
create unique index legal_entity_vat_uniq on legal_entity (vat_number) where vat_number is not null;

create trigger legal_entity_touch before update on legal_entity
    for each row execute function set_updated_at();

-- Which entity a new upload goes to when the sender does not say.
alter table organization
    add column default_legal_entity_id bigint
    constraint organization_default_legal_entity_id_fkey references legal_entity (id) on delete set null;

create table app_user (
    id          bigserial primary key,
    email       email_address not null,
    full_name   text not null default '',
    active      boolean not null default true,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);

create unique index app_user_email_uniq on app_user (lower(email));

create trigger app_user_touch before update on app_user
    for each row execute function set_updated_at();

create table membership (
    id               bigserial primary key,
    organization_id  bigint not null references organization (id) on delete cascade,
    user_id          bigint not null references app_user (id) on delete cascade,
    role             text not null default 'clerk',
    created_at       timestamptz not null default now(),
    constraint membership_once unique (organization_id, user_id),
    constraint membership_role_check check (role in ('owner', 'accountant', 'clerk', 'auditor'))
);

create table supplier (
    id               bigserial primary key,
    legal_entity_id  bigint not null references legal_entity (id),
    name             text not null,
    email            email_address,
    iban             text,
    attributes       jsonb not null default '{}',
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    constraint supplier_legal_entity_name_key unique (legal_entity_id, name)
);

create index supplier_name_trgm_idx on supplier using gin (name gin_trgm_ops);

create trigger supplier_touch before update on supplier
    for each row execute function set_updated_at();

-- legal_entity_id may be empty: a scan lands here before anyone knows whose it is.
create table document (
    id               bigserial primary key,
    organization_id  bigint not null references organization (id),
    legal_entity_id  bigint references legal_entity (id),
    uploaded_by      bigint references app_user (id) on delete set null,
    title            text,
    media_type       text not null default 'application/pdf',
    byte_size        bigint not null constraint document_size_check check (byte_size >= 0),
    sha256           text not null,
    metadata         jsonb,
    received_at      timestamptz not null default now(),
    updated_at       timestamptz not null default now()
);

create index document_legal_entity_received_idx on document (legal_entity_id, received_at desc);
create index document_unassigned_idx on document (received_at) where legal_entity_id is null;

create trigger document_touch before update on document
    for each row execute function set_updated_at();

create table invoice (
    id               bigserial primary key,
    legal_entity_id  bigint not null references legal_entity (id),
    supplier_id      bigint not null references supplier (id),
    document_id      bigint references document (id) on delete set null,
    number           text not null,
    status           invoice_status not null default 'received',
    currency         text not null default 'EUR',
    total            numeric(14, 2) not null,
    issued_on        date not null,
    due_date         date,
    note             text,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    constraint invoice_currency_check check (currency ~ '^[A-Z]{3}$'),
    constraint invoice_dates_check check (due_date is null or due_date >= issued_on),
    constraint invoice_legal_entity_supplier_number_key unique (legal_entity_id, supplier_id, number)
);

create index invoice_legal_entity_open_idx on invoice (legal_entity_id, issued_on)
    where status in ('received', 'approved', 'disputed');
create index invoice_supplier_idx on invoice (supplier_id);

create trigger invoice_touch before update on invoice
    for each row execute function set_updated_at();

create table invoice_line (
    id           bigserial primary key,
    invoice_id   bigint not null references invoice (id) on delete cascade,
    position     integer not null,
    description  text not null default '',
    quantity     numeric(12, 3) not null default 1,
    unit_price   numeric(14, 4) not null,
    net_amount   numeric(14, 2) generated always as (round(quantity * unit_price, 2)) stored,
    constraint invoice_line_position_key unique (invoice_id, position),
    constraint invoice_line_position_check check (position > 0)
);
