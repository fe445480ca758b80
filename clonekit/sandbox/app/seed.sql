-- A handful of rows to click through. Safe to run again.

insert into organization (id, name) values (1, 'Kettlebrook Holding') on conflict do nothing;

insert into tenant (id, organization_id, slug, name, vat_number, status)
values (1, 1, 'kettlebrook-gmbh', 'Kettlebrook GmbH', 'XX100000001', 'active'),
       (2, 1, 'kettlebrook-logistics', 'Kettlebrook Logistics', null, 'trial')
on conflict do nothing;

insert into app_user (id, email, full_name)
values (1, 'odalys.quickthorn@example.com', 'Odalys Quickthorn')
on conflict do nothing;

insert into membership (organization_id, user_id, role) values (1, 1, 'owner') on conflict do nothing;

insert into supplier (tenant_id, name, email)
values (1, 'Paperfold Supplies', 'billing@example.org')
on conflict do nothing;

insert into tax_rate (tenant_id, code, percent) values (1, 'VAT19', 19), (1, 'VAT7', 7) on conflict do nothing;

insert into ledger_account (tenant_id, code, name) values (1, '4930', 'Office supplies') on conflict do nothing;

-- The ids above were given by hand; let the sequences go on after them.
select setval('organization_id_seq', greatest((select max(id) from organization), 1)),
       setval('tenant_id_seq', greatest((select max(id) from tenant), 1)),
       setval('app_user_id_seq', greatest((select max(id) from app_user), 1));
