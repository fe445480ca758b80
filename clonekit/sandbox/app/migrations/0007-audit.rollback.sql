drop trigger supplier_audit on supplier;
drop trigger payment_audit on payment;
drop trigger invoice_audit on invoice;
drop schema audit cascade;
