ALTER DATABASE b SET search_path = public;
