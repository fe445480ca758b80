"""PostgreSQL: its servers, databases and client programs; dumps, and what they are loaded into."""
