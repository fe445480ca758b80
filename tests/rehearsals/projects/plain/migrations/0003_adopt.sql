CREATE INDEX IF NOT EXISTS hotfix_invoice_due ON shop_invoice (due);
