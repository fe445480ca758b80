ALTER DATABASE a SET statement_timeout = '5s';
