-- What a database's schema has and `pg_dump --schema-only --no-owner --no-privileges` (18) does not show, as one JSON
-- object a line: kind, schema, name, definition. Run by psql as any role; for servers 13 to 18. The line before each
-- query says what pg_dump does with the fact. What it shows is not repeated, but for the order of columns and the names
-- of NOT NULL constraints, which are differences of their own kind. `schema` is `-` where pg_dump's comments say so.
\set QUIET on
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
SET client_encoding = 'UTF8';
SET search_path = pg_catalog;
SET quote_all_identifiers = off;
SET jit = off;
-- The limit of a transaction, which not every version knows, is meant for the app.
SELECT count(set_config(name, '0', false)) AS lifted FROM (VALUES ('transaction_timeout')) AS a (name)
    WHERE current_setting(name, true) <> '' \gset
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT current_setting('server_version_num')::integer >= 150000 AS can_skip, current_setting('is_superuser') AS sees_all \gset

-- CREATE EXTENSION is printed without the version (so that a restore takes the newest one); plpgsql is not printed.
-- Whether it is the version that this server installs tells whether another server's other version means anything.
SELECT row_to_json(r) FROM (
    SELECT 'EXTENSION VERSION' AS kind, '-' AS schema, extname AS name, extversion AS definition
    FROM pg_extension
    UNION ALL
    SELECT 'EXTENSION DEFAULT', '-', extname, extversion
    FROM pg_extension JOIN pg_available_extensions() AS a ON a.name = extname AND default_version = extversion
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- A missing public schema is not printed: pg_dump takes it for granted.
SELECT row_to_json(r) FROM (
    SELECT 'PUBLIC SCHEMA' AS kind, '-' AS schema, nspname AS name, 'present' AS definition
    FROM pg_namespace WHERE nspname = 'public'
) AS r;

-- Which tables' rows an extension has dumped shows only in a dump with rows.
SELECT row_to_json(r) FROM (
    SELECT 'EXTENSION CONFIGURATION' AS kind, nspname AS schema, quote_ident(extname) || ' ' || relname AS name,
        condition AS definition
    FROM pg_extension, unnest(extconfig, extcondition) AS configured (relid, condition), pg_class AS c, pg_namespace AS n
    WHERE c.oid = relid AND n.oid = relnamespace
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- None of the database's own properties is printed without --create. Its name and owner are not compared.
SELECT row_to_json(r) FROM (
    SELECT 'DATABASE PROPERTY' AS kind, '-' AS schema, property.name, coalesce(value, '') AS definition
    FROM pg_database AS d JOIN pg_tablespace AS t ON t.oid = dattablespace, to_jsonb(d) AS j, LATERAL (VALUES
        ('encoding', pg_encoding_to_char(encoding)),
        ('locale provider', CASE coalesce(j ->> 'datlocprovider', 'c') WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' ELSE 'builtin' END),
        ('LC_COLLATE', datcollate::text),
        ('LC_CTYPE', datctype::text),
        ('locale', coalesce(j ->> 'datlocale', j ->> 'daticulocale')),
        ('ICU rules', j ->> 'daticurules'),
        ('tablespace', spcname::text),
        ('is template', datistemplate::text),
        ('allow connections', datallowconn::text),
        ('connection limit', datconnlimit::text)
    ) AS property (name, value)
    WHERE datname = current_database()
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- ALTER DATABASE ... SET and ALTER ROLE ... IN DATABASE ... SET are printed with --create only. Of a secret only a checksum
-- leaves the server, in whose place clonekit shows a number: a change is seen, and nothing is told that confirms a guess.
SELECT row_to_json(r) FROM (
    SELECT CASE setrole WHEN 0 THEN 'DATABASE SETTING' ELSE 'ROLE IN DATABASE SETTING' END AS kind, '-' AS schema,
        CASE setrole WHEN 0 THEN '' ELSE quote_ident(pg_get_userbyid(setrole)) || ' ' END || parameter AS name,
        CASE WHEN parameter ~* '(passw|passphrase|secret|token|credential|jwt|(access|api|private|encryption).?key)'
            THEN '(hidden, checksum ' || encode(sha256(convert_to(value, getdatabaseencoding())), 'hex') || ')' ELSE value END AS definition
    FROM pg_db_role_setting, unnest(setconfig) AS setting,
        LATERAL (SELECT split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)) AS parts (parameter, value)
    WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- --no-privileges leaves out ALTER DEFAULT PRIVILEGES. The database's owner, whoever it is, shows as <owner>, and all that
-- the server's version knows as ALL, as pg_dump does: version 17 knows one more.
SELECT row_to_json(r) FROM (
    WITH who AS (
        SELECT 0::oid AS oid, 'PUBLIC' AS role
        UNION ALL
        SELECT a.oid, CASE a.oid WHEN datdba THEN '<owner>' ELSE quote_ident(rolname) END
        FROM pg_roles AS a, pg_database WHERE datname = current_database()
    )
    SELECT 'DEFAULT PRIVILEGES' AS kind, coalesce(nspname, '-') AS schema,
        coalesce(f.role, '?') || ' ' || CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
            WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' WHEN 'L' THEN 'LARGE OBJECTS' ELSE defaclobjtype::text END AS name,
        coalesce((
            SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
                SELECT 'GRANT ' || CASE WHEN count(*) = (
                        SELECT count(*) FROM aclexplode(acldefault(CASE defaclobjtype WHEN 'S' THEN 's' ELSE defaclobjtype END, defaclrole))
                        WHERE grantee = defaclrole
                    ) THEN 'ALL' ELSE string_agg(privilege_type, ', ' ORDER BY privilege_type COLLATE "C") END
                    || ' TO ' || coalesce(w.role, '?') || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS line
                FROM aclexplode(defaclacl) LEFT JOIN who AS w ON w.oid = grantee
                GROUP BY w.role, is_grantable
            ) AS lines
        ), '') AS definition
    FROM pg_default_acl LEFT JOIN pg_namespace AS n ON n.oid = defaclnamespace LEFT JOIN who AS f ON f.oid = defaclrole
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- For --privileges only. pg_dump never prints who owns the database, an extension or its members (those that have another
-- owner than the extension stand further below), of a range type's own functions, nor, with --schema-only, of large objects.
SELECT row_to_json(r) FROM (
    SELECT 'OWNER' AS kind, '-' AS schema, 'DATABASE' AS name, pg_get_userbyid(datdba)::text AS definition
    FROM pg_database WHERE datname = current_database()
    UNION ALL
    SELECT 'OWNER', '-', 'EXTENSION ' || quote_ident(extname), pg_get_userbyid(extowner) FROM pg_extension
    UNION ALL
    SELECT 'OWNER', '-', 'LARGE OBJECT ' || l.oid, pg_get_userbyid(lomowner)
    FROM pg_largeobject_metadata AS l, pg_database WHERE datname = current_database() AND lomowner <> datdba
    UNION ALL
    SELECT 'OWNER', nspname, 'FUNCTION ' || quote_ident(proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', pg_get_userbyid(proowner)
    FROM pg_proc AS p JOIN pg_type AS t ON t.oid = prorettype JOIN pg_namespace AS n ON n.oid = pronamespace
    WHERE proowner <> typowner AND EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'i')
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- For --privileges only: grants on the database are printed with --create only, those on large objects, on the row types of
-- tables and on a range type's own functions not at all.
SELECT row_to_json(r) FROM (
    SELECT 'PRIVILEGES' AS kind, area AS schema, object AS name,
        coalesce(string_agg(line, E'\n' ORDER BY line COLLATE "C"), '') AS definition
    FROM (
        SELECT area, object, 'GRANT ' || string_agg(privilege_type, ', ' ORDER BY privilege_type COLLATE "C") || ' TO '
            || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
            || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
            || CASE WHEN grantor <> owner THEN ' GRANTED BY ' || quote_ident(pg_get_userbyid(grantor)) ELSE '' END AS line
        FROM (
            SELECT '-', 'DATABASE', datdba, coalesce(datacl, acldefault('d', datdba)), NULL FROM pg_database WHERE datname = current_database()
            UNION ALL
            SELECT '-', 'LARGE OBJECT ' || oid, lomowner, lomacl, acldefault('L', lomowner) FROM pg_largeobject_metadata
            UNION ALL
            SELECT nspname, 'TYPE ' || quote_ident(typname), typowner, typacl, acldefault('T', typowner)
            FROM pg_type JOIN pg_namespace AS n ON n.oid = typnamespace
            WHERE typrelid IN (SELECT oid FROM pg_class WHERE relkind <> 'c' AND oid >= 16384)
            UNION ALL
            SELECT nspname, 'FUNCTION ' || quote_ident(proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')',
                proowner, proacl, acldefault('f', proowner)
            FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace
            WHERE EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'i')
        ) AS granted (area, object, owner, acl, usual) LEFT JOIN LATERAL aclexplode(acl) ON true
        WHERE usual IS NULL OR NOT (acl::text[] <@ usual::text[] AND acl::text[] @> usual::text[])
        GROUP BY area, object, owner, grantor, grantee, is_grantable
    ) AS lines
    GROUP BY area, object
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- Not printed: a subscription is always created disabled; nothing of it is printed for a role that is no superuser. The
-- columns are those that all may read. What such a role can't see is told, too.
SELECT row_to_json(r) FROM (
    SELECT 'NOT READABLE' AS kind, '-' AS schema, 'connections of subscriptions' AS name, '' AS definition
    FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND NOT :'sees_all'
    UNION
    SELECT 'NOT READABLE', '-', 'options of user mappings', '' FROM pg_user_mappings WHERE umoptions IS NULL AND NOT :'sees_all'
) AS r ORDER BY name;
\if :can_skip
SELECT row_to_json(r) FROM (
    SELECT 'SUBSCRIPTION STATE' AS kind, '-' AS schema, subname AS name,
        concat_ws(', ', CASE WHEN subenabled THEN 'enabled' END, 'skips ' || nullif(subskiplsn, '0/0'), seen) AS definition
    FROM pg_subscription, LATERAL (
        SELECT 'to ' || string_agg(quote_ident(p), ', ' ORDER BY p COLLATE "C") FROM unnest(subpublications) AS p WHERE NOT :'sees_all'
    ) AS told (seen)
    WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (subenabled OR subskiplsn <> '0/0' OR seen <> '')
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";
\else
SELECT row_to_json(r) FROM (
    SELECT 'SUBSCRIPTION STATE' AS kind, '-' AS schema, subname AS name,
        concat_ws(', ', CASE WHEN subenabled THEN 'enabled' END, seen) AS definition
    FROM pg_subscription, LATERAL (
        SELECT 'to ' || string_agg(quote_ident(p), ', ' ORDER BY p COLLATE "C") FROM unnest(subpublications) AS p WHERE NOT :'sees_all'
    ) AS told (seen)
    WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND (subenabled OR seen <> '')
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";
\endif

-- An invalid index is not printed at all; an invalid index of a partitioned table is printed as if it were valid. Of the
-- index behind a constraint the statistics targets of its expressions are not printed.
SELECT row_to_json(r) FROM (
    SELECT 'INDEX STATE' AS kind, nspname AS schema, relname AS name, concat_ws(E'\n', concat_ws(', ',
        CASE WHEN NOT indisvalid THEN 'invalid' END, CASE WHEN NOT indisready THEN 'not ready' END,
            CASE WHEN NOT indislive THEN 'being dropped' END) || ': ' || pg_get_indexdef(c.oid),
        'tablespace ' || (SELECT quote_ident(spcname) FROM pg_tablespace AS t WHERE t.oid = reltablespace)) AS definition
    FROM pg_index JOIN pg_class AS c ON c.oid = indexrelid JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE NOT (indisvalid AND indisready AND indislive) AND nspname !~ '^pg_'
    UNION ALL
    SELECT 'INDEX STATISTICS', nspname, relname, string_agg('column ' || attnum || ': ' || attstattarget, ', ' ORDER BY attnum)
    FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE attstattarget >= 0 AND nspname !~ '^pg_' AND c.oid IN (
        SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u', 'x')
        UNION ALL SELECT indexrelid FROM pg_index WHERE NOT (indisvalid AND indisready AND indislive)
    )
    GROUP BY nspname, relname
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- A table whose replica identity was an index that is dropped has none; nothing of that is printed.
SELECT row_to_json(r) FROM (
    SELECT 'REPLICA IDENTITY' AS kind, nspname AS schema, relname AS name, 'an index that was dropped' AS definition
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE relreplident = 'i' AND nspname !~ '^pg_' AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisreplident)
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- Every materialized view is printed WITH NO DATA.
SELECT row_to_json(r) FROM (
    SELECT 'MATERIALIZED VIEW STATE' AS kind, nspname AS schema, relname AS name, 'not populated' AS definition
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE relkind = 'm' AND NOT relispopulated AND nspname !~ '^pg_'
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- Triggers that PostgreSQL makes for a constraint are not printed; where one of a partition is not in the state of the
-- partitioned table's, pg_dump prints its state, under a name with an object identifier in it.
SELECT row_to_json(r) FROM (
    SELECT 'CONSTRAINT TRIGGER STATE' AS kind, nspname AS schema,
        quote_ident(c.relname) || ' ' || quote_ident(coalesce(p.conname, k.conname)) AS name,
        string_agg(proname || ' on ' || tgrelid::regclass
            || CASE tgenabled WHEN 'D' THEN ' disabled' WHEN 'R' THEN ' enabled replica' ELSE ' enabled always' END, E'\n'
            ORDER BY tgrelid::regclass::text COLLATE "C", proname, tgenabled) AS definition
    FROM pg_trigger JOIN pg_constraint AS k ON k.oid = tgconstraint JOIN pg_proc AS f ON f.oid = tgfoid
        -- a foreign key has one more constraint for each partition that it refers to, whose name PostgreSQL chose
        LEFT JOIN pg_constraint AS p ON p.oid = k.conparentid AND p.conrelid = k.conrelid
        JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE tgisinternal AND tgenabled <> 'O' AND k.contype <> 't'
    GROUP BY nspname, c.relname, coalesce(p.conname, k.conname)
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- Of a trigger that a partition has from its partitioned table only another state is printed, not on which extensions it
-- depends. That state is told here where the trigger's name is like those that PostgreSQL gives to a constraint's own.
SELECT row_to_json(r) FROM (
    SELECT 'PARTITION TRIGGER' AS kind, nspname AS schema, quote_ident(relname) || ' ' || quote_ident(tgname) AS name,
        concat_ws(E'\n', state, 'depends on ' || extensions) AS definition
    FROM pg_trigger AS t LEFT JOIN pg_constraint AS k ON k.oid = tgconstraint
        JOIN pg_class AS c ON c.oid = tgrelid JOIN pg_namespace AS n ON n.oid = relnamespace, LATERAL (
            SELECT CASE WHEN tgname ~ '^RI_ConstraintTrigger_[ac]_[0-9]+$' THEN 'state ' || tgenabled::text END,
                (SELECT string_agg(quote_ident(extname), ', ' ORDER BY extname) FROM pg_depend JOIN pg_extension AS e ON e.oid = refobjid
                    WHERE classid = 'pg_trigger'::regclass AND objid = t.oid AND deptype = 'x')
        ) AS told (state, extensions)
    WHERE tgparentid <> 0 AND coalesce(contype, 't') = 't' AND (state <> '' OR extensions <> '')
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- On which extensions an aggregate or a range type's own function depends is not printed, other than of functions.
SELECT row_to_json(r) FROM (
    SELECT 'EXTENSION DEPENDENCY' AS kind, nspname AS schema,
        quote_ident(proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
        string_agg(quote_ident(extname), ', ' ORDER BY extname) AS definition
    FROM pg_depend JOIN pg_proc AS p ON p.oid = objid JOIN pg_namespace AS n ON n.oid = pronamespace
        JOIN pg_extension AS e ON e.oid = refobjid
    WHERE classid = 'pg_proc'::regclass AND refclassid = 'pg_extension'::regclass AND deptype = 'x'
        AND (prokind = 'a' OR EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'i'))
    GROUP BY nspname, proname, p.oid
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- Nothing is printed of the functions that make the values of a range type. They come with it, and are told where they are
-- not as it made them: altered, or under another name since the type was renamed.
SELECT row_to_json(r) FROM (
    SELECT 'TYPE FUNCTION' AS kind, a.nspname AS schema, quote_ident(typname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
        rtrim(replace(pg_get_functiondef(p.oid), 'CREATE OR REPLACE ', ''), E'\n') AS definition  -- not as a statement to run
    FROM pg_proc AS p JOIN pg_type AS t ON t.oid = prorettype JOIN pg_namespace AS a ON a.oid = typnamespace
    WHERE EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'i')
        AND (proname <> typname OR pronamespace <> typnamespace OR pg_get_functiondef(p.oid) !~ (
            E'\n LANGUAGE internal\n IMMUTABLE PARALLEL SAFE' || CASE typtype WHEN 'm' THEN ' STRICT' ELSE '' END || E'\nAS '))
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- An inherited constraint is printed with its parent only, so that it is NOT VALID or NOT ENFORCED by itself is lost. So is
-- another name of a partition's foreign key.
SELECT row_to_json(r) FROM (
    SELECT 'INHERITED CONSTRAINT STATE' AS kind, nspname AS schema, quote_ident(relname) || ' ' || quote_ident(conname) AS name,
        concat_ws(' ', CASE WHEN NOT convalidated THEN 'NOT VALID' END,
            CASE WHEN to_jsonb(k) ->> 'conenforced' = 'false' THEN 'NOT ENFORCED' END) AS definition
    FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = conrelid JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE (NOT conislocal OR conparentid <> 0) AND NOT convalidated
        AND NOT EXISTS (SELECT FROM pg_constraint AS p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)
    UNION ALL
    SELECT 'INHERITED CONSTRAINT NAME', nspname, quote_ident(relname) || ' ' || quote_ident(p.conname), quote_ident(k.conname)
    FROM pg_constraint AS k JOIN pg_constraint AS p ON p.oid = k.conparentid AND p.conrelid <> k.conrelid
        JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE k.contype = 'f' AND k.conname <> p.conname
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- The sequence of an identity column is printed without its type, as if that were always the column's.
SELECT row_to_json(r) FROM (
    SELECT 'IDENTITY SEQUENCE TYPE' AS kind, nspname AS schema, relname AS name, seqtypid::regtype::text AS definition
    FROM pg_sequence JOIN pg_class AS c ON c.oid = seqrelid JOIN pg_namespace AS n ON n.oid = relnamespace
        JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = seqrelid AND refclassid = 'pg_class'::regclass AND deptype = 'i'
        JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
    WHERE seqtypid <> atttypid
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- The expression of an inherited generated column is not printed, as if it were always the parent's.
SELECT row_to_json(r) FROM (
    SELECT DISTINCT 'INHERITED EXPRESSION' AS kind, nspname AS schema, quote_ident(relname) || '.' || quote_ident(a.attname) AS name,
        pg_get_expr(d.adbin, d.adrelid) AS definition
    FROM pg_attribute AS a JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum JOIN pg_inherits ON inhrelid = a.attrelid
        JOIN pg_attribute AS p ON p.attrelid = inhparent AND p.attname = a.attname JOIN pg_attrdef AS e ON e.adrelid = inhparent AND e.adnum = p.attnum
        JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE a.attgenerated <> '' AND NOT a.attislocal AND NOT relispartition
        AND pg_get_expr(d.adbin, d.adrelid) <> pg_get_expr(e.adbin, e.adrelid)
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- Before version 18 an heir's column can be nullable where the parent's is not, and is printed as if it never were.
SELECT row_to_json(r) FROM (
    SELECT DISTINCT 'INHERITED COLUMN' AS kind, nspname AS schema, quote_ident(relname) || '.' || quote_ident(a.attname) AS name,
        'nullable' AS definition
    FROM pg_attribute AS a JOIN pg_inherits ON inhrelid = a.attrelid JOIN pg_attribute AS p ON p.attrelid = inhparent AND p.attname = a.attname
        JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE p.attnotnull AND NOT a.attnotnull AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = inhparent AND contype = 'n')
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- That a sequence belongs to a column is not printed where the table is a member of an extension.
SELECT row_to_json(r) FROM (
    SELECT 'SEQUENCE OWNER' AS kind, nspname AS schema, relname AS name, refobjid::regclass || '.' || quote_ident(attname) AS definition
    FROM pg_depend AS d JOIN pg_class AS c ON c.oid = objid JOIN pg_namespace AS n ON n.oid = relnamespace
        JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
    WHERE relkind = 'S' AND classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype = 'a'
        AND EXISTS (SELECT FROM pg_depend AS m WHERE m.classid = 'pg_class'::regclass AND m.objid = d.refobjid AND m.deptype = 'e')
        AND NOT EXISTS (SELECT FROM pg_depend AS m WHERE m.classid = 'pg_class'::regclass AND m.objid = d.objid AND m.deptype = 'e')
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- A partition between the two transactions of DETACH ... CONCURRENTLY is printed as an attached one.
SELECT row_to_json(r) FROM (
    SELECT 'PARTITION STATE' AS kind, nspname AS schema, relname AS name, 'being detached' AS definition
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = inhrelid JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE relispartition AND (to_jsonb(i) ->> 'inhdetachpending')::boolean
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- Inherited columns are not printed, so where they stand among a table's own does not show. Where it does, it is told apart.
SELECT row_to_json(r) FROM (
    SELECT 'COLUMN ORDER' AS kind, nspname AS schema, relname AS name,
        string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS definition
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace JOIN pg_attribute ON attrelid = c.oid
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND attnum > 0 AND NOT attisdropped
        AND nspname !~ '^pg_' AND nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
    GROUP BY nspname, relname
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- For --schema only: what a table has from a parent or type in another schema is printed there. Checks are told by name, of
-- triggers all but columns and condition, since a clone has been through dump and restore and may print them otherwise.
SELECT row_to_json(r) FROM (
    SELECT 'INHERITED PARTS' AS kind, n.nspname AS schema, c.relname AS name, concat_ws(E'\n',
        (SELECT string_agg(concat_ws(' ', quote_ident(attname), format_type(atttypid, atttypmod),
                'COLLATE ' || nullif(attcollation, typcollation)::regcollation, CASE WHEN attnotnull THEN 'NOT NULL' END,
                CASE attgenerated WHEN '' THEN 'DEFAULT ' WHEN 's' THEN 'STORED AS ' ELSE 'VIRTUAL AS ' END || pg_get_expr(adbin, adrelid)), E'\n' ORDER BY attname COLLATE "C")
            FROM pg_attribute JOIN pg_type AS t ON t.oid = atttypid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND (NOT attislocal OR reloftype <> 0) AND NOT relispartition),
        (SELECT string_agg(concat_ws(' ', quote_ident(attname), 'IDENTITY', attidentity), E'\n' ORDER BY attname COLLATE "C")
            FROM pg_attribute WHERE attrelid = c.oid AND attidentity <> '' AND relispartition),
        (SELECT string_agg('CONSTRAINT ' || quote_ident(conname) || ' CHECK', E'\n' ORDER BY conname COLLATE "C")
            FROM pg_constraint WHERE conrelid = c.oid AND contype = 'c' AND NOT conislocal AND NOT relispartition),
        (SELECT string_agg(pg_get_constraintdef(k.oid), E'\n' ORDER BY pg_get_constraintdef(k.oid) COLLATE "C")
            FROM pg_constraint AS k WHERE conrelid = c.oid AND contype = 'f' AND conparentid <> 0
                AND NOT EXISTS (SELECT FROM pg_constraint AS p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)),
        (SELECT string_agg(concat_ws(' ', 'TRIGGER', quote_ident(tgname), tgtype, tgenabled, tgdeferrable, tginitdeferred, 'EXECUTE', tgfoid::regprocedure), E'\n' ORDER BY tgname COLLATE "C")
            FROM pg_trigger WHERE tgrelid = c.oid AND tgparentid <> 0 AND tgconstrrelid = 0 AND tgconstrindid = 0)) AS definition
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE nspname !~ '^pg_' AND relkind IN ('r', 'p', 'f') AND (
        EXISTS (SELECT FROM pg_inherits JOIN pg_class AS p ON p.oid = inhparent WHERE inhrelid = c.oid AND p.relnamespace <> c.relnamespace)
        OR EXISTS (SELECT FROM pg_type AS t WHERE t.oid = reloftype AND t.typnamespace <> c.relnamespace))
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- From version 18 on, where each has a name. Printed where it is not the one that PostgreSQL would choose.
SELECT row_to_json(r) FROM (
    SELECT 'NOT NULL' AS kind, nspname AS schema, quote_ident(relname) || '.' || quote_ident(attname) AS name,
        quote_ident(conname) AS definition
    FROM pg_constraint JOIN pg_class AS c ON c.oid = conrelid JOIN pg_namespace AS n ON n.oid = relnamespace
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'n' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- Comments that are not printed: on the database, large objects and what initdb made (plpgsql), on inherited constraints,
-- on the constraint behind a constraint trigger, on triggers that a partition has from its partitioned table, on types that
-- come with a table, another type or a range, on a range type's own functions and cast, on the rule that a view is, on columns of
-- the system, and on invalid indexes.
SELECT row_to_json(r) FROM (
    SELECT 'COMMENT' AS kind, '-' AS schema, 'DATABASE' AS name, description AS definition
    FROM pg_shdescription JOIN pg_database AS d ON d.oid = objoid
    WHERE classoid = 'pg_database'::regclass AND datname = current_database()
    UNION ALL
    SELECT 'COMMENT', '-', 'LARGE OBJECT ' || objoid, description
    FROM pg_description WHERE classoid = 'pg_largeobject'::regclass
    UNION ALL
    SELECT 'COMMENT', '-', 'EXTENSION ' || quote_ident(extname), description
    FROM pg_description JOIN pg_extension AS e ON e.oid = objoid
    WHERE classoid = 'pg_extension'::regclass AND e.oid < 16384
    UNION ALL
    SELECT 'COMMENT', nspname, 'CONSTRAINT ' || quote_ident(conname) || ' ON ' || quote_ident(relname), description
    FROM pg_description JOIN pg_constraint AS k ON k.oid = objoid JOIN pg_class AS c ON c.oid = conrelid
        JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE classoid = 'pg_constraint'::regclass
        AND (contype = 't' OR contype = 'c' AND NOT conislocal OR contype = 'f' AND conparentid <> 0)
    UNION ALL
    SELECT 'COMMENT', nspname, 'TRIGGER ' || quote_ident(t.tgname) || ' ON ' || quote_ident(relname), description
    FROM pg_description JOIN pg_trigger AS t ON t.oid = objoid JOIN pg_trigger AS parent ON parent.oid = t.tgparentid
        JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE classoid = 'pg_trigger'::regclass AND t.tgenabled = parent.tgenabled
    UNION ALL
    SELECT 'COMMENT', nspname, 'TYPE ' || quote_ident(typname), description
    FROM pg_description JOIN pg_type AS t ON t.oid = objoid JOIN pg_namespace AS n ON n.oid = typnamespace
    WHERE classoid = 'pg_type'::regclass AND (typtype = 'm' OR EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = t.oid)
        OR typrelid IN (SELECT oid FROM pg_class WHERE relkind <> 'c')) AND t.oid >= 16384
    UNION ALL
    SELECT 'COMMENT', nspname, 'FUNCTION ' || quote_ident(proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')', description
    FROM pg_description JOIN pg_proc AS p ON p.oid = objoid JOIN pg_namespace AS n ON n.oid = pronamespace
    WHERE classoid = 'pg_proc'::regclass
        AND EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'i')
    UNION ALL
    SELECT 'COMMENT', '-', 'CAST (' || castsource::regtype || ' AS ' || casttarget::regtype || ')', description
    FROM pg_description JOIN pg_cast AS k ON k.oid = objoid
    WHERE classoid = 'pg_cast'::regclass
        AND EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_cast'::regclass AND objid = k.oid AND deptype = 'i')
    UNION ALL
    SELECT 'COMMENT', nspname, 'COLUMN ' || quote_ident(relname) || '.' || quote_ident(attname), description
    FROM pg_description JOIN pg_class AS c ON c.oid = objoid JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid
        JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE classoid = 'pg_class'::regclass AND objsubid < 0
    UNION ALL
    SELECT 'COMMENT', nspname, 'RULE "_RETURN" ON ' || quote_ident(relname), description
    FROM pg_description JOIN pg_rewrite AS w ON w.oid = objoid JOIN pg_class AS c ON c.oid = ev_class
        JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE classoid = 'pg_rewrite'::regclass AND rulename = '_RETURN'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
    UNION ALL
    SELECT 'COMMENT', nspname, 'INDEX ' || quote_ident(relname), description
    FROM pg_description JOIN pg_index ON indexrelid = objoid JOIN pg_class AS c ON c.oid = indexrelid
        JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE classoid = 'pg_class'::regclass AND relkind = 'i' AND NOT (indisvalid AND indisready AND indislive)
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- Labels that are not printed: on the database, large objects, a composite type's columns and what initdb made.
SELECT row_to_json(r) FROM (
    SELECT 'SECURITY LABEL' AS kind, '-' AS schema, 'DATABASE' AS name, quote_ident(provider) || ': ' || label AS definition
    FROM pg_shseclabel JOIN pg_database AS d ON d.oid = objoid
    WHERE classoid = 'pg_database'::regclass AND datname = current_database()
    UNION ALL
    SELECT 'SECURITY LABEL', '-', 'LARGE OBJECT ' || objoid, quote_ident(provider) || ': ' || label
    FROM pg_seclabel WHERE classoid = 'pg_largeobject'::regclass
    UNION ALL
    SELECT 'SECURITY LABEL', '-', upper(type) || ' ' || identity, quote_ident(provider) || ': ' || label
    FROM pg_seclabel AS s, pg_identify_object(classoid, objoid, objsubid)
    WHERE objoid < 16384 AND NOT classoid IN ('pg_namespace'::regclass, 'pg_largeobject'::regclass)
        AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = classoid AND d.objid = objoid AND deptype = 'e')
    UNION ALL
    SELECT 'SECURITY LABEL', nspname, 'COLUMN ' || quote_ident(relname) || '.' || quote_ident(attname), quote_ident(provider) || ': ' || label
    FROM pg_seclabel JOIN pg_class AS c ON c.oid = objoid JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid
        JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE classoid = 'pg_class'::regclass AND relkind = 'c'
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";

-- Of an extension only CREATE EXTENSION is printed: nothing of its members, nor of what was done to them by hand (added or
-- removed members, altered functions, columns, indexes, triggers, policies, comments ... of member tables). Nor is anything
-- that a user made inside pg_catalog or information_schema, or added to an operator family there. Names are without the schema of the extension, which
-- definitions call @extschema@ as its scripts do, so that an extension in another schema is one difference and not one for
-- each member.
SELECT row_to_json(r) FROM (
WITH member AS MATERIALIZED (
    SELECT classid, objid, quote_ident(extname) AS extension,
        CASE nspname WHEN 'pg_catalog' THEN '^$'
            ELSE '(^|[^[:alnum:]_$".])' || regexp_replace(quote_ident(nspname), '([^[:alnum:]_])', '\\\1', 'g') || '\.' END AS home
    FROM pg_depend JOIN pg_extension AS e ON e.oid = refobjid JOIN pg_namespace AS n ON n.oid = extnamespace
    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
    UNION ALL
    SELECT classid, oid, NULL, '^$'
    FROM (
        SELECT 'pg_proc'::regclass::oid, oid, pronamespace FROM pg_proc
        UNION ALL SELECT 'pg_class'::regclass, oid, relnamespace FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_type
        UNION ALL SELECT 'pg_operator'::regclass, oid, oprnamespace FROM pg_operator
        UNION ALL SELECT 'pg_opclass'::regclass, oid, opcnamespace FROM pg_opclass
        UNION ALL SELECT 'pg_opfamily'::regclass, oid, opfnamespace FROM pg_opfamily
        UNION ALL SELECT 'pg_collation'::regclass, oid, collnamespace FROM pg_collation
        UNION ALL SELECT 'pg_conversion'::regclass, oid, connamespace FROM pg_conversion
        UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, stxnamespace FROM pg_statistic_ext
        UNION ALL SELECT 'pg_ts_config'::regclass, oid, cfgnamespace FROM pg_ts_config
        UNION ALL SELECT 'pg_ts_dict'::regclass, oid, dictnamespace FROM pg_ts_dict
        UNION ALL SELECT 'pg_ts_parser'::regclass, oid, prsnamespace FROM pg_ts_parser
        UNION ALL SELECT 'pg_ts_template'::regclass, oid, tmplnamespace FROM pg_ts_template
    ) AS object (classid, oid, namespace)
    WHERE oid >= 16384 AND namespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = object.classid AND d.objid = oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'pg_opfamily'::regclass, amopfamily, NULL, '^$'
    FROM (SELECT oid, amopfamily FROM pg_amop UNION SELECT oid, amprocfamily FROM pg_amproc) AS added
    WHERE oid >= 16384 AND amopfamily < 16384
    GROUP BY amopfamily
), made AS (  -- a type that comes with another object is a member in some versions only
    SELECT oid FROM pg_type AS t
    WHERE typtype = 'm' OR (typcategory = 'A' AND EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = t.oid))
        OR typrelid IN (SELECT oid FROM pg_class WHERE relkind <> 'c')
), described (class, objid, definition) AS (
    SELECT 'pg_proc', p.oid, concat_ws(E'\n', 'arguments ' || pg_get_function_arguments(p.oid), 'returns ' || pg_get_function_result(p.oid),
        'language ' || lanname, CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
        CASE proparallel WHEN 's' THEN 'parallel safe' WHEN 'r' THEN 'parallel restricted' ELSE 'parallel unsafe' END,
        CASE WHEN proisstrict THEN 'strict' END, CASE WHEN prosecdef THEN 'security definer' END, CASE WHEN proleakproof THEN 'leakproof' END,
        'kind ' || nullif(prokind, 'f')::text, 'transforms ' || protrftypes::regtype[]::text, 'cost ' || procost, 'rows ' || nullif(prorows, 0), 'support ' || nullif(prosupport::text, '-'),
        (SELECT string_agg('set ' || setting, E'\n' ORDER BY setting COLLATE "C") FROM unnest(proconfig) AS setting),
        'body with checksum ' || encode(sha256(convert_to(concat_ws(' ', probin, prosrc,
            CASE WHEN to_jsonb(p) ->> 'prosqlbody' <> '' THEN pg_get_functiondef(p.oid) END), getdatabaseencoding())), 'hex'),
        (SELECT concat_ws(' ', 'aggregate', aggkind, aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn,
            aggmfinalfn, aggfinalextra, aggmfinalextra, aggfinalmodify, aggmfinalmodify, aggsortop::regoperator, aggtranstype::regtype, 'initial ' || agginitval,
            aggtransspace, aggmtranstype::regtype, aggmtransspace, 'moving initial ' || aggminitval) FROM pg_aggregate WHERE aggfnoid = p.oid))
    FROM member JOIN pg_proc AS p ON p.oid = objid JOIN pg_language AS l ON l.oid = prolang WHERE classid = 'pg_proc'::regclass
    UNION ALL
    SELECT 'pg_class', c.oid, concat_ws(E'\n', 'persistence ' || nullif(relpersistence, 'p')::text,
        'tablespace ' || (SELECT spcname FROM pg_tablespace AS t WHERE t.oid = reltablespace), 'access method ' || (SELECT amname FROM pg_am WHERE pg_am.oid = relam),
        (SELECT 'options ' || string_agg(option, ', ' ORDER BY option COLLATE "C") FROM unnest(reloptions) AS option),
        (SELECT 'toast options ' || string_agg(option, ', ' ORDER BY option COLLATE "C")
            FROM pg_class AS t, unnest(t.reloptions) AS option WHERE t.oid = c.reltoastrelid),
        (SELECT 'foreign table of ' || quote_ident(srvname) || coalesce(' ' || (SELECT string_agg(split_part(option, '=', 1) || ' (hidden, checksum ' || encode(sha256(convert_to(option, getdatabaseencoding())), 'hex') || ')', ', ' ORDER BY option COLLATE "C") FROM unnest(ftoptions) AS option), '')
            FROM pg_foreign_table JOIN pg_foreign_server AS s ON s.oid = ftserver WHERE ftrelid = c.oid),
        'of ' || nullif(reloftype, 0)::regtype, 'partitioned by ' || pg_get_partkeydef(c.oid), 'partition ' || pg_get_expr(relpartbound, c.oid),
        (SELECT 'inherits ' || string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = c.oid),
        CASE WHEN relrowsecurity THEN 'row security' END, CASE WHEN relforcerowsecurity THEN 'forced row security' END,
        'replica identity ' || nullif(relreplident, CASE WHEN relkind IN ('r', 'p', 'm') THEN 'd' ELSE 'n' END)::text,
        (SELECT string_agg(concat_ws(' ', 'column', quote_ident(attname), format_type(atttypid, atttypmod),
                'collate ' || nullif(attcollation, typcollation)::regcollation, CASE WHEN attnotnull THEN 'not null' END,
                CASE WHEN attislocal AND attinhcount > 0 THEN 'also local' END, CASE attgenerated WHEN '' THEN 'default ' WHEN 's' THEN 'stored ' ELSE 'virtual ' END || pg_get_expr(adbin, adrelid),
                'identity ' || nullif(attidentity, '')::text, 'storage ' || nullif(attstorage, typstorage)::text, 'compression ' || nullif(compression, ''),
                'statistics ' || nullif(attstattarget, -1), 'options ' || array_to_string(attoptions, ', '),
                (SELECT 'foreign options ' || string_agg(split_part(option, '=', 1) || ' (hidden, checksum ' || encode(sha256(convert_to(option, getdatabaseencoding())), 'hex') || ')', ', ' ORDER BY option COLLATE "C") FROM unnest(attfdwoptions) AS option)), E'\n' ORDER BY attnum)
            FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = atttypid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum,
                LATERAL (SELECT to_jsonb(a) ->> 'attcompression') AS x (compression)
            WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND relkind <> 'S'),
        (SELECT string_agg('constraint ' || quote_ident(conname) || ' ' || pg_get_constraintdef(k.oid), E'\n' ORDER BY conname) FROM pg_constraint AS k WHERE conrelid = c.oid),
        (SELECT string_agg(concat_ws(' ', pg_get_indexdef(indexrelid),
                'tablespace ' || (SELECT spcname FROM pg_class AS x JOIN pg_tablespace AS t ON t.oid = x.reltablespace WHERE x.oid = indexrelid), CASE WHEN indisclustered THEN 'clustered' END, CASE WHEN indisreplident THEN 'replica identity' END,
                (SELECT string_agg('statistics of column ' || attnum || ' ' || attstattarget, ' ' ORDER BY attnum)
                    FROM pg_attribute WHERE attrelid = indexrelid AND attstattarget >= 0)), E'\n' ORDER BY pg_get_indexdef(indexrelid) COLLATE "C")
            FROM pg_index WHERE indrelid = c.oid),
        (SELECT string_agg(pg_get_triggerdef(t.oid) || ' ' || tgenabled::text, E'\n' ORDER BY tgname) FROM pg_trigger AS t WHERE tgrelid = c.oid AND NOT tgisinternal),
        (SELECT string_agg(pg_get_ruledef(w.oid) || ' ' || ev_enabled::text, E'\n' ORDER BY rulename) FROM pg_rewrite AS w WHERE ev_class = c.oid),
        (SELECT string_agg(concat_ws(' ', 'policy', quote_ident(polname), polcmd, polpermissive,
                (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(role) END, ', ' ORDER BY pg_get_userbyid(role)) FROM unnest(polroles) AS role),
                'using', pg_get_expr(polqual, polrelid), 'check', pg_get_expr(polwithcheck, polrelid)), E'\n' ORDER BY polname)
            FROM pg_policy WHERE polrelid = c.oid),
        (SELECT string_agg(concat_ws(' ', pg_get_statisticsobjdef(s.oid), 'target ' || nullif(to_jsonb(s) ->> 'stxstattarget', '-1')),
            E'\n' ORDER BY stxname) FROM pg_statistic_ext AS s WHERE stxrelid = c.oid),
        (SELECT concat_ws(' ', 'sequence', seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle) FROM pg_sequence WHERE seqrelid = c.oid),
        (SELECT string_agg(concat_ws(' ', 'identity of', quote_ident(attname), quote_ident(q.relname), nullif(q.relpersistence, 'p')::text,
                seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle), E'\n' ORDER BY attname COLLATE "C")
            FROM pg_depend AS d JOIN pg_sequence ON seqrelid = d.objid JOIN pg_class AS q ON q.oid = seqrelid JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
            WHERE d.classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = c.oid AND deptype = 'i'),
        (SELECT 'owned by ' || refobjid::regclass || '.' || quote_ident(attname) FROM pg_depend AS d JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
            WHERE relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid AND refclassid = 'pg_class'::regclass AND deptype = 'a'))
    FROM member JOIN pg_class AS c ON c.oid = objid WHERE classid = 'pg_class'::regclass
    UNION ALL
    SELECT 'pg_type', t.oid, concat_ws(E'\n', CASE WHEN NOT typisdefined THEN 'shell' END,
        CASE typtype WHEN 'b' THEN concat_ws(' ', 'base', typlen, typbyval, typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze,
            'category', typcategory, typispreferred, 'align', typalign, 'storage', typstorage, 'delimiter', typdelim, 'default', typdefault,
            'element', nullif(typelem, 0)::regtype, 'subscript ' || (to_jsonb(t) ->> 'typsubscript')) END,
        CASE typtype WHEN 'd' THEN concat_ws(' ', 'domain', format_type(typbasetype, typtypmod), 'collate ' || nullif(typcollation, 0)::regcollation,
            'default ' || typdefault, CASE WHEN typnotnull THEN 'not null' END) END,
        (SELECT string_agg('label ' || quote_literal(enumlabel), E'\n' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
        (SELECT concat_ws(' ', 'range of', rngsubtype::regtype, nullif(rngcollation, 0)::regcollation, rngcanonical, rngsubdiff,
                'ordered by ' || opcname) FROM pg_opclass AS o JOIN pg_range ON o.oid = rngsubopc WHERE rngtypid = t.oid),
        (SELECT string_agg(concat_ws(' ', 'attribute', quote_ident(attname), format_type(atttypid, atttypmod),
                'collate ' || nullif(attcollation, 0)::regcollation), E'\n' ORDER BY attnum)
            FROM pg_attribute WHERE attrelid = typrelid AND attnum > 0 AND NOT attisdropped),
        (SELECT string_agg(concat_ws(' ', 'constraint', quote_ident(conname), pg_get_constraintdef(k.oid)), E'\n' ORDER BY conname)
            FROM pg_constraint AS k WHERE contypid = t.oid))
    FROM member JOIN pg_type AS t ON t.oid = objid WHERE classid = 'pg_type'::regclass
    UNION ALL
    SELECT 'pg_operator', o.oid, concat_ws(' ', 'function', oprcode, 'restrict ' || nullif(oprrest::text, '-'), 'join ' || nullif(oprjoin::text, '-'),
        'commutator ' || nullif(oprcom, 0)::regoperator, 'negator ' || nullif(oprnegate, 0)::regoperator,
        CASE WHEN oprcanhash THEN 'hashes' END, CASE WHEN oprcanmerge THEN 'merges' END)
    FROM member JOIN pg_operator AS o ON o.oid = objid WHERE classid = 'pg_operator'::regclass
    UNION ALL
    SELECT 'pg_cast', k.oid, concat_ws(' ', castmethod, castcontext, nullif(castfunc, 0)::regprocedure)
    FROM member JOIN pg_cast AS k ON k.oid = objid WHERE classid = 'pg_cast'::regclass
    UNION ALL
    SELECT 'pg_opclass', o.oid, concat_ws(' ', 'for', opcintype::regtype, 'stores ' || nullif(opckeytype, 0)::regtype, CASE WHEN opcdefault THEN 'default' END,
        'family', opfname)
    FROM member JOIN pg_opclass AS o ON o.oid = objid JOIN pg_opfamily AS f ON f.oid = opcfamily WHERE classid = 'pg_opclass'::regclass
    UNION ALL
    SELECT 'pg_opfamily', objid, concat_ws(E'\n',
        (SELECT string_agg(concat_ws(' ', 'operator', amopstrategy, amopopr::regoperator, amoppurpose), E'\n'
            ORDER BY amopstrategy, amopopr::regoperator::text COLLATE "C", amoppurpose) FROM pg_amop WHERE amopfamily = objid),
        (SELECT string_agg(concat_ws(' ', 'function', amprocnum, amproclefttype::regtype, amprocrighttype::regtype, amproc::regprocedure), E'\n'
            ORDER BY amprocnum, amproclefttype::regtype::text COLLATE "C", amprocrighttype::regtype::text COLLATE "C") FROM pg_amproc WHERE amprocfamily = objid))
    FROM member WHERE classid = 'pg_opfamily'::regclass
    UNION ALL
    SELECT 'pg_am', a.oid, concat_ws(' ', amtype, amhandler) FROM member JOIN pg_am AS a ON a.oid = objid WHERE classid = 'pg_am'::regclass
    UNION ALL
    SELECT 'pg_language', l.oid, concat_ws(' ', CASE WHEN lanpltrusted THEN 'trusted' END, lanplcallfoid::regproc, laninline::regproc, lanvalidator::regproc)
    FROM member JOIN pg_language AS l ON l.oid = objid WHERE classid = 'pg_language'::regclass
    UNION ALL
    SELECT 'pg_collation', l.oid, concat_ws(' ', collprovider, collisdeterministic, collcollate, collctype,
        coalesce(to_jsonb(l) ->> 'colllocale', to_jsonb(l) ->> 'colliculocale'), to_jsonb(l) ->> 'collicurules')
    FROM member JOIN pg_collation AS l ON l.oid = objid WHERE classid = 'pg_collation'::regclass
    UNION ALL
    SELECT 'pg_conversion', o.oid, concat_ws(' ', pg_encoding_to_char(conforencoding), 'to', pg_encoding_to_char(contoencoding), conproc,
        CASE WHEN condefault THEN 'default' END)
    FROM member JOIN pg_conversion AS o ON o.oid = objid WHERE classid = 'pg_conversion'::regclass
    UNION ALL
    SELECT 'pg_transform', f.oid, concat_ws(' ', 'from', trffromsql, 'to', trftosql)
    FROM member JOIN pg_transform AS f ON f.oid = objid WHERE classid = 'pg_transform'::regclass
    UNION ALL
    SELECT 'pg_ts_parser', p.oid, concat_ws(' ', prsstart, prstoken, prsend, prsheadline, prslextype)
    FROM member JOIN pg_ts_parser AS p ON p.oid = objid WHERE classid = 'pg_ts_parser'::regclass
    UNION ALL
    SELECT 'pg_ts_template', t.oid, concat_ws(' ', tmplinit, tmpllexize)
    FROM member JOIN pg_ts_template AS t ON t.oid = objid WHERE classid = 'pg_ts_template'::regclass
    UNION ALL
    SELECT 'pg_ts_dict', d.oid, concat_ws(' ', 'template', tmplname, dictinitoption)
    FROM member JOIN pg_ts_dict AS d ON d.oid = objid JOIN pg_ts_template AS t ON t.oid = dicttemplate WHERE classid = 'pg_ts_dict'::regclass
    UNION ALL
    SELECT 'pg_ts_config', c.oid, concat_ws(E'\n', 'parser ' || prsname,
        (SELECT string_agg(concat_ws(' ', 'token', maptokentype, dictname), E'\n' ORDER BY maptokentype, mapseqno)
            FROM pg_ts_config_map JOIN pg_ts_dict AS d ON d.oid = mapdict WHERE mapcfg = c.oid))
    FROM member JOIN pg_ts_config AS c ON c.oid = objid JOIN pg_ts_parser AS p ON p.oid = cfgparser WHERE classid = 'pg_ts_config'::regclass
    UNION ALL
    SELECT 'pg_statistic_ext', s.oid, pg_get_statisticsobjdef(s.oid)
    FROM member JOIN pg_statistic_ext AS s ON s.oid = objid WHERE classid = 'pg_statistic_ext'::regclass
    UNION ALL
    SELECT 'pg_event_trigger', t.oid, concat_ws(' ', evtevent, evtfoid::regproc, evtenabled, evttags)
    FROM member JOIN pg_event_trigger AS t ON t.oid = objid WHERE classid = 'pg_event_trigger'::regclass
    UNION ALL
    SELECT 'pg_foreign_data_wrapper', w.oid, concat_ws(' ', nullif(fdwhandler, 0)::regproc, nullif(fdwvalidator, 0)::regproc,
        (SELECT string_agg(split_part(option, '=', 1) || ' (hidden, checksum ' || encode(sha256(convert_to(option, getdatabaseencoding())), 'hex') || ')', ', ' ORDER BY option COLLATE "C") FROM unnest(fdwoptions) AS option))
    FROM member JOIN pg_foreign_data_wrapper AS w ON w.oid = objid WHERE classid = 'pg_foreign_data_wrapper'::regclass
    UNION ALL
    SELECT 'pg_foreign_server', s.oid, concat_ws(' ', srvtype, srvversion,
        (SELECT string_agg(split_part(option, '=', 1) || ' (hidden, checksum ' || encode(sha256(convert_to(option, getdatabaseencoding())), 'hex') || ')', ', ' ORDER BY option COLLATE "C") FROM unnest(srvoptions) AS option),
        (SELECT string_agg(concat_ws(' ', E'\nuser mapping for', usename, (SELECT string_agg(split_part(option, '=', 1) || ' (hidden, checksum ' || encode(sha256(convert_to(option, getdatabaseencoding())), 'hex') || ')', ', ' ORDER BY option COLLATE "C") FROM unnest(umoptions) AS option)), '' ORDER BY usename)
            FROM pg_user_mappings AS m WHERE m.srvid = s.oid))
    FROM member JOIN pg_foreign_server AS s ON s.oid = objid WHERE classid = 'pg_foreign_server'::regclass
), named AS MATERIALIZED (
    SELECT classid, objid, extension, home, concat_ws(' ', extension, type,
        regexp_replace(regexp_replace(identity, home, '\1', 'g'), '\mpg_catalog\.json\M', 'json', 'g')) AS name  -- before version 17
    FROM member, pg_identify_object(classid, objid, 0)
    WHERE NOT (classid = 'pg_type'::regclass AND objid IN (SELECT oid FROM made))
)
SELECT CASE WHEN extension IS NULL THEN 'SYSTEM SCHEMA OBJECT' ELSE 'EXTENSION MEMBER' END AS kind, '-' AS schema, name,
    coalesce(regexp_replace(definition, home, '\1@extschema@.', 'g'), '') AS definition
FROM named LEFT JOIN described ON described.class::regclass = classid AND described.objid = named.objid
UNION ALL
SELECT 'COMMENT', '-', CASE WHEN extension IS NULL THEN 'SYSTEM SCHEMA OBJECT ' ELSE 'EXTENSION MEMBER ' END || name || coalesce(' column ' || quote_ident(attname), ''),
    d.description
FROM named JOIN pg_description AS d ON classoid = classid AND objoid = objid
    LEFT JOIN pg_attribute ON classid = 'pg_class'::regclass AND attrelid = objid AND attnum = objsubid AND objsubid > 0
UNION ALL
SELECT 'COMMENT', '-', CASE WHEN extension IS NULL THEN 'SYSTEM SCHEMA OBJECT ' ELSE 'EXTENSION MEMBER ' END || name || ' column ' || quote_ident(attname),
    d.description
FROM named JOIN pg_type AS t ON classid = 'pg_type'::regclass AND t.oid = objid JOIN pg_attribute ON attrelid = typrelid
    JOIN pg_description AS d ON classoid = 'pg_class'::regclass AND objoid = typrelid AND objsubid = attnum
UNION ALL
SELECT 'COMMENT', '-', concat_ws(' ', CASE WHEN extension IS NULL THEN 'SYSTEM SCHEMA OBJECT' ELSE 'EXTENSION MEMBER' END, extension, type,
    regexp_replace(identity, home, '\1', 'g')), description
FROM named JOIN (
    SELECT 'pg_constraint'::regclass, oid, 'pg_class'::regclass, conrelid FROM pg_constraint
    UNION ALL SELECT 'pg_constraint'::regclass, oid, 'pg_type'::regclass, contypid FROM pg_constraint
    UNION ALL SELECT 'pg_class'::regclass, indexrelid, 'pg_class'::regclass, indrelid FROM pg_index
    UNION ALL SELECT 'pg_trigger'::regclass, oid, 'pg_class'::regclass, tgrelid FROM pg_trigger
    UNION ALL SELECT 'pg_policy'::regclass, oid, 'pg_class'::regclass, polrelid FROM pg_policy
    UNION ALL SELECT 'pg_rewrite'::regclass, oid, 'pg_class'::regclass, ev_class FROM pg_rewrite
    UNION ALL SELECT 'pg_statistic_ext'::regclass, oid, 'pg_class'::regclass, stxrelid FROM pg_statistic_ext
    UNION ALL SELECT classid, objid, refclassid, refobjid FROM pg_depend JOIN pg_sequence ON seqrelid = objid WHERE deptype = 'i'
) AS part (partclass, part, classid, objid) USING (classid, objid) JOIN pg_description ON classoid = partclass AND objoid = part,
    pg_identify_object(classoid, objoid, 0)
UNION ALL
SELECT 'SECURITY LABEL', '-', 'EXTENSION MEMBER ' || name || coalesce(' column ' || quote_ident(attname), ''), quote_ident(provider) || ': ' || label
FROM named JOIN pg_seclabel ON classoid = classid AND objoid = objid
    LEFT JOIN pg_attribute ON classid = 'pg_class'::regclass AND attrelid = objid AND attnum = objsubid AND objsubid > 0
WHERE extension IS NOT NULL
UNION ALL
SELECT 'OWNER', '-', 'EXTENSION MEMBER ' || name, pg_get_userbyid(coalesce(s.refobjid, 10))
FROM named JOIN pg_extension ON quote_ident(extname) = extension LEFT JOIN pg_shdepend AS s ON s.classid = named.classid AND s.objid = named.objid
    AND objsubid = 0 AND deptype = 'o' AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
WHERE coalesce(s.refobjid, 10) <> extowner AND named.classid::regclass::text IN ('pg_proc', 'pg_class', 'pg_type', 'pg_operator',
    'pg_opclass', 'pg_opfamily', 'pg_collation', 'pg_conversion', 'pg_namespace', 'pg_ts_dict', 'pg_ts_config', 'pg_statistic_ext',
    'pg_language', 'pg_foreign_data_wrapper', 'pg_foreign_server', 'pg_event_trigger')
) AS r ORDER BY kind, schema, name COLLATE "C", definition COLLATE "C";
COMMIT;
