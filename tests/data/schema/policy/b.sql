CREATE TABLE t (a integer);
CREATE POLICY own ON t FOR SELECT TO pg_monitor USING (a > 0);
