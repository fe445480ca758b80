-- Ten years of rows as the three projects' first migration lets them in: nulls, duplicates, documents of two forms, and
-- an index that somebody made by hand. MARKER stands wherever people's data would.
BEGIN;
INSERT INTO shop_customer (name, email, country)
SELECT 'MARKER ' || n, 'MARKER' || n / 2 || '@example.com', CASE WHEN n % 8 > 0 THEN 'FR' END
FROM generate_series(1, 200) AS n;
INSERT INTO shop_invoice (customer_id, due, total)
SELECT 1 + n % 200, date '2024-01-01' + n, CASE WHEN n % 5 > 0 THEN n * 1.25 END FROM generate_series(1, 400) AS n;
INSERT INTO shop_line (invoice_id, text) SELECT 1 + n % 400, 'MARKER line ' || n FROM generate_series(1, 800) AS n;
INSERT INTO shop_document (invoice_id, body)
SELECT n, CASE WHEN n % 3 > 0 THEN jsonb_build_object('sender', 'MARKER', 'pages', n)
               ELSE jsonb_build_object('from', jsonb_build_object('name', 'MARKER')) END
FROM generate_series(1, 400) AS n;
COMMIT;
CREATE INDEX hotfix_invoice_due ON shop_invoice (due);
