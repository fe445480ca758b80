CREATE TABLE logs (at date, line text) PARTITION BY RANGE (at);
CREATE TABLE logs_1 (line text, at date);
ALTER TABLE logs ATTACH PARTITION logs_1 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
