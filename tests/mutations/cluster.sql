-- What the kitchen sink needs of its server: roles, and a tablespace without a folder of its own. Idempotent; run by psql.
SELECT format('CREATE ROLE %I NOLOGIN', name)
FROM unnest(ARRAY['kit_owner', 'kit_reader', 'kit_writer', 'kit_admin', 'kit_Weird "Role"']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
SET allow_in_place_tablespaces = on;
SELECT format('CREATE TABLESPACE %I LOCATION ''''', name)
FROM unnest(ARRAY['kit_space', 'kit_space_2']) AS name
WHERE NOT EXISTS (SELECT FROM pg_tablespace WHERE spcname = name) \gexec
