CREATE SCHEMA app;
ALTER ROLE postgres IN DATABASE b SET work_mem = '8MB';
