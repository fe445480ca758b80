ALTER TABLE shop_customer RENAME TO shop_client;
ALTER TABLE shop_invoice RENAME COLUMN total TO amount;
UPDATE shop_client SET country = 'DE' WHERE country IS NULL; -- mends it
ALTER TABLE shop_client ALTER COLUMN country SET NOT NULL;
