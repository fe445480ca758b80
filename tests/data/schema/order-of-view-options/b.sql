CREATE VIEW v WITH (security_invoker) AS SELECT 1 AS one;
ALTER VIEW v SET (security_barrier);
