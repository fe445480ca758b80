-- 2026. During the slow Monday in 2024 somebody made this index by hand, and it has served the
-- due-date list ever since. Production keeps it; every other database gets it here.

create index if not exists hotfix_invoice_due_2024 on invoice (tenant_id, due_date);
