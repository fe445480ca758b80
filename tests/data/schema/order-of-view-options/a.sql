CREATE VIEW v WITH (security_barrier, security_invoker) AS SELECT 1 AS one;
