CREATE TABLE t (a integer);
CREATE POLICY own ON t USING (a > 0);
