-- Global objects that shards may need, for a new worker: each is made where it is missing.

CREATE OR REPLACE FUNCTION pgmesh.is_user_schema(schema_name name) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT schema_name !~ '^pg_' AND schema_name NOT IN ('information_schema', 'citus', 'pgmesh', 'pgmesh_remote')
$$;
CREATE OR REPLACE FUNCTION pgmesh.is_user_schema(schema_oid oid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT pgmesh.is_user_schema(nspname) FROM pg_namespace WHERE oid = schema_oid
$$;

CREATE OR REPLACE FUNCTION pgmesh.is_extension_member(class oid, object oid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM pg_depend WHERE classid = class AND objid = object AND deptype = 'e')
$$;

CREATE OR REPLACE FUNCTION pgmesh.guarded(condition text, command text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('DO %L', format('BEGIN IF %s THEN %s; END IF; END', condition, command))
$$;

CREATE OR REPLACE FUNCTION pgmesh.roles_ddl() RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  role record;
  password text;
BEGIN
  FOR role IN
    SELECT * FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'pgmesh_loopback' AND oid <> 10 ORDER BY oid
  LOOP
    password := NULL;
    IF has_table_privilege('pg_authid', 'SELECT') THEN
      EXECUTE 'SELECT rolpassword FROM pg_authid WHERE oid = $1' INTO password USING role.oid;
    END IF;
    -- one that the mesh may not make is the service's own, and has to be there
    CONTINUE WHEN role.rolsuper AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
    RETURN NEXT pgmesh.guarded(
      format('NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = %L)', role.rolname),
      concat_ws(' ', format('CREATE ROLE %I', role.rolname),
        CASE WHEN role.rolsuper THEN 'SUPERUSER' END,
        CASE WHEN NOT role.rolinherit THEN 'NOINHERIT' END,
        CASE WHEN role.rolcreaterole THEN 'CREATEROLE' END,
        CASE WHEN role.rolcreatedb THEN 'CREATEDB' END,
        CASE WHEN role.rolcanlogin THEN 'LOGIN' END,
        CASE WHEN role.rolbypassrls THEN 'BYPASSRLS' END,
        format('PASSWORD %L', password)));
  END LOOP;
  RETURN QUERY
    -- what a managed service has granted is there already, and only the service may grant it
    SELECT pgmesh.guarded(format('NOT pg_catalog.pg_has_role(%L, %L, ''MEMBER'')', m.rolname, g.rolname),
      format('GRANT %I TO %I', g.rolname, m.rolname))
    FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
    WHERE m.rolname !~ '^pg_' AND m.rolname <> 'pgmesh_loopback' AND m.oid <> 10;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.roles_ddl FROM PUBLIC;

CREATE OR REPLACE FUNCTION pgmesh.schemas_ddl() RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT pgmesh.schema_ddl(n.oid) FROM pg_namespace n
  WHERE pgmesh.is_user_schema(n.oid) AND NOT pgmesh.is_extension_member('pg_namespace'::regclass, n.oid)
  UNION ALL
  SELECT format('GRANT %s ON SCHEMA %I TO %s', string_agg(g.privilege_type, ', '), n.nspname,
    CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)
  FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) g
  WHERE pgmesh.is_user_schema(n.oid) AND n.nspname <> 'public' AND g.grantee <> n.nspowner
  GROUP BY n.nspname, g.grantee
  UNION ALL
  SELECT format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I', e.extname, n.nspname)
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  WHERE e.extname NOT IN ('plpgsql', 'postgres_fdw')
$$;

CREATE OR REPLACE FUNCTION pgmesh.domain_ddl(domain oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT concat_ws(' ', format('CREATE DOMAIN %I.%I AS %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod)),
    'DEFAULT ' || t.typdefault,
    CASE WHEN t.typnotnull THEN 'NOT NULL' END,
    (SELECT string_agg(format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), ' ' ORDER BY k.conname)
     FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'))
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = domain
$$;

-- One of a user's enumerations, composite types, ranges and domains; NULL for any other type.
CREATE OR REPLACE FUNCTION pgmesh.type_ddl(type_oid oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT pgmesh.guarded(format('pg_catalog.to_regtype(%L) IS NULL', format('%I.%I', n.nspname, t.typname)), d.command)
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_class c ON c.oid = t.typrelid
  CROSS JOIN LATERAL (SELECT CASE t.typtype
    WHEN 'e' THEN format('CREATE TYPE %I.%I AS ENUM (%s)', n.nspname, t.typname,
      (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
    WHEN 'c' THEN format('CREATE TYPE %I.%I AS (%s)', n.nspname, t.typname,
      (SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
       FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped))
    WHEN 'r' THEN format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s)', n.nspname, t.typname,
      (SELECT format_type(rngsubtype, NULL) FROM pg_range WHERE rngtypid = t.oid))
    WHEN 'd' THEN pgmesh.domain_ddl(t.oid) END AS command) d
  WHERE t.oid = type_oid AND d.command IS NOT NULL AND (t.typtype <> 'c' OR c.relkind = 'c')
$$;

-- All of them, in the order in which they were made.
CREATE OR REPLACE FUNCTION pgmesh.types_ddl() RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT d.command FROM pg_type t CROSS JOIN LATERAL pgmesh.type_ddl(t.oid) AS d (command)
  WHERE pgmesh.is_user_schema(t.typnamespace) AND d.command IS NOT NULL
    AND NOT pgmesh.is_extension_member('pg_type'::regclass, t.oid)
  ORDER BY t.oid
$$;

-- Functions that need no table of the coordinator database.
CREATE OR REPLACE FUNCTION pgmesh.functions_ddl() RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_get_functiondef(p.oid)
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
  WHERE pgmesh.is_user_schema(p.pronamespace) AND p.prokind IN ('f', 'p') AND l.lanname IN ('sql', 'plpgsql')
    AND NOT pgmesh.is_extension_member('pg_proc'::regclass, p.oid)
    AND NOT EXISTS (
      SELECT FROM pg_depend d LEFT JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
      LEFT JOIN pg_class c ON c.oid = t.typrelid
      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
        AND (d.refclassid = 'pg_class'::regclass OR c.relkind <> 'c'))
  ORDER BY p.oid
$$;

CREATE OR REPLACE FUNCTION pgmesh.global_objects_ddl() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(string_agg(command, E';\n' ORDER BY step, number), 'SELECT 1')
  FROM (
    SELECT 1 AS step, n AS number, c AS command FROM pgmesh.roles_ddl() WITH ORDINALITY AS x (c, n)
    UNION ALL SELECT 2, n, c FROM pgmesh.schemas_ddl() WITH ORDINALITY AS x (c, n)
    UNION ALL SELECT 3, n, c FROM pgmesh.types_ddl() WITH ORDINALITY AS x (c, n)
    UNION ALL SELECT 4, 0, 'SET LOCAL check_function_bodies = off'
    UNION ALL SELECT 5, n, c FROM pgmesh.functions_ddl() WITH ORDINALITY AS x (c, n)
    UNION ALL SELECT 6, 0, 'SET LOCAL check_function_bodies = on') commands
$$;
REVOKE ALL ON FUNCTION pgmesh.global_objects_ddl FROM PUBLIC;
