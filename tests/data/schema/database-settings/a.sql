ALTER DATABASE a SET statement_timeout = '5s';
ALTER DATABASE a SET search_path = app, public;
