-- Objects that tables only use (schemas, types, functions, …), made or dropped where the router does not
-- see it: inside functions and DO blocks. Event triggers make and drop them on the workers in the same
-- transaction, which a savepoint or ROLLBACK takes back as a whole, and refuse what cannot be told again.

-- A command that a worker runs where it can: whatever needs what is here alone runs here.
CREATE OR REPLACE FUNCTION pgmesh.tolerant(command text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('DO %L', format('BEGIN PERFORM pg_catalog.set_config(%L, %L, true); EXECUTE %L; EXCEPTION WHEN'
    ' undefined_object OR undefined_table OR undefined_function OR undefined_column OR invalid_schema_name'
    ' OR duplicate_object OR duplicate_function OR dependent_objects_still_exist THEN NULL; END',
    'check_function_bodies', 'off', command))
$$;

-- What workers have of the users' objects, with the privileges of each.
CREATE OR REPLACE FUNCTION pgmesh.shared_objects()
RETURNS TABLE (kind text, object oid, identity text, privileges aclitem[])
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'SCHEMA', oid, quote_ident(nspname), coalesce(nspacl, acldefault('n', nspowner))
  FROM pg_namespace WHERE pgmesh.is_user_schema(oid)
  UNION ALL
  SELECT 'ROUTINE', oid, oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner))
  FROM pg_proc WHERE pgmesh.is_user_schema(pronamespace)
  UNION ALL
  SELECT 'TYPE', oid, format_type(oid, NULL), coalesce(typacl, acldefault('T', typowner))
  FROM pg_type t WHERE pgmesh.is_user_schema(typnamespace) AND typtype IN ('e', 'r', 'd', 'c')
    AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
$$;

-- The same as it was before the statement.
CREATE OR REPLACE FUNCTION pgmesh.objects_before()
RETURNS TABLE (kind text, object oid, identity text, privileges aclitem[])
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT kind, object, identity, privileges::aclitem[]
  FROM jsonb_to_recordset(coalesce(nullif(current_setting('pgmesh.objects', true), ''), '[]')::jsonb)
    AS o (kind text, object oid, identity text, privileges text)
$$;

CREATE OR REPLACE FUNCTION pgmesh.before_object() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  context text;
BEGIN
  GET DIAGNOSTICS context = PG_CONTEXT;
  PERFORM set_config('pgmesh.objects', CASE WHEN strpos(context, E'\n') = 0 THEN '' ELSE
    (SELECT jsonb_agg(jsonb_build_object('kind', kind, 'object', object, 'identity', identity,
       'privileges', privileges::text))::text FROM pgmesh.shared_objects()) END, true);
END
$$;

CREATE OR REPLACE FUNCTION pgmesh.grantee(role oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END
$$;

-- What makes privileges on a worker those that they have become here.
CREATE OR REPLACE FUNCTION pgmesh.changed_privileges_ddl() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT string_agg(pgmesh.tolerant(command), E';\n' ORDER BY step)
  FROM pgmesh.shared_objects() now JOIN pgmesh.objects_before() before USING (kind, object)
  CROSS JOIN LATERAL (
    SELECT DISTINCT 1, format('REVOKE ALL ON %s %s FROM %s CASCADE', kind, now.identity, pgmesh.grantee(p.grantee))
    FROM aclexplode(before.privileges || now.privileges) p
    UNION ALL
    SELECT 2, format('GRANT %s ON %s %s TO %s%s', p.privilege_type, kind, now.identity, pgmesh.grantee(p.grantee),
      CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM aclexplode(now.privileges) p) AS c (step, command)
  WHERE now.privileges::text <> before.privileges::text
$$;

-- A function or procedure as it is now, with its owner.
CREATE OR REPLACE FUNCTION pgmesh.function_ddl(function oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT pgmesh.tolerant(pg_get_functiondef(p.oid)) || CASE WHEN pg_get_userbyid(p.proowner) <> pgmesh.caller() THEN
    E';\n' || pgmesh.tolerant(format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, pg_get_userbyid(p.proowner)))
    ELSE '' END
  FROM pg_proc p WHERE p.oid = function AND p.prokind IN ('f', 'p')
$$;

-- NULL where it has another name than before the statement: the workers' one would stay.
CREATE OR REPLACE FUNCTION pgmesh.altered_function_ddl(function oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT pgmesh.function_ddl(function) FROM pgmesh.objects_before() o
  WHERE o.kind = 'ROUTINE' AND o.object = function AND o.identity = function::regprocedure::text
$$;

CREATE OR REPLACE FUNCTION pgmesh.extension_ddl(extension oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I', e.extname, n.nspname)
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.oid = extension
$$;

-- What makes an object of a user's on a worker; NULL where the catalog does not tell it.
CREATE OR REPLACE FUNCTION pgmesh.object_ddl(tag text, class oid, object oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN tag = 'CREATE SCHEMA' THEN pgmesh.schema_ddl(object)
    WHEN tag IN ('CREATE TYPE', 'CREATE DOMAIN') THEN pgmesh.type_ddl(object)
    WHEN tag IN ('CREATE FUNCTION', 'CREATE PROCEDURE') THEN pgmesh.function_ddl(object)
    WHEN tag IN ('ALTER FUNCTION', 'ALTER PROCEDURE', 'ALTER ROUTINE') THEN pgmesh.altered_function_ddl(object)
    WHEN tag = 'CREATE EXTENSION' THEN pgmesh.extension_ddl(object) END
$$;

-- Runs a command on all workers, inside the transaction.
CREATE OR REPLACE FUNCTION pgmesh.run_on_workers(command text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  servers text[] := (SELECT array_agg(server) FROM pgmesh.workers());
BEGIN
  PERFORM pgmesh.call_workers(servers, array_fill(command, ARRAY[coalesce(cardinality(servers), 0)]), 'ddl');
END
$$;
REVOKE ALL ON FUNCTION pgmesh.run_on_workers FROM PUBLIC;

CREATE OR REPLACE FUNCTION pgmesh.after_object() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  context text;
  commands text[];
  unknown text;
BEGIN
  GET DIAGNOSTICS context = PG_CONTEXT;
  IF strpos(context, E'\n') = 0 THEN
    RETURN; -- the router has seen it
  END IF;
  IF TG_TAG IN ('GRANT', 'REVOKE') THEN
    PERFORM pgmesh.run_on_workers(command) FROM pgmesh.changed_privileges_ddl() AS p (command)
    WHERE command IS NOT NULL;
    RETURN;
  END IF;
  SELECT array_agg(o.command), min(coalesce(d.object_identity, 'what it changes')) FILTER (WHERE o.command IS NULL)
  INTO commands, unknown
  FROM pg_event_trigger_ddl_commands() d
  CROSS JOIN LATERAL pgmesh.object_ddl(d.command_tag, d.classid, d.objid) AS o (command)
  WHERE NOT d.in_extension AND d.command_tag = TG_TAG
    AND (d.schema_name IS NULL OR pgmesh.is_user_schema(to_regnamespace(quote_ident(d.schema_name))))
    AND (d.classid IS DISTINCT FROM 'pg_namespace'::regclass OR pgmesh.is_user_schema(d.objid));
  IF unknown IS NOT NULL THEN
    RAISE feature_not_supported USING
      MESSAGE = format('%s inside a function or DO block is not supported', TG_TAG),
      DETAIL = format('%s would not be the same on the workers.', unknown),
      HINT = 'Run it as a statement of its own.';
  END IF;
  IF commands IS NOT NULL THEN
    PERFORM pgmesh.run_on_workers(array_to_string(commands, E';\n'));
  END IF;
END
$$;

-- Drops what a function drops on the workers too, where they have it.
CREATE OR REPLACE FUNCTION pgmesh.drop_objects_of_dropped() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  cascades boolean;
  commands text;
BEGIN
  SELECT bool_or(NOT d.original AND d.normal) INTO cascades FROM pg_event_trigger_dropped_objects() d;
  SELECT string_agg(pgmesh.tolerant(format('DROP %s IF EXISTS %s%s', upper(d.object_type), d.object_identity,
    CASE WHEN cascades THEN ' CASCADE' ELSE '' END)), E';\n') INTO commands
  FROM pg_event_trigger_dropped_objects() d
  WHERE d.original AND NOT d.is_temporary AND d.object_type IN ('type', 'domain', 'function', 'procedure', 'aggregate',
    'extension', 'collation', 'conversion', 'cast', 'operator', 'operator class', 'operator family',
    'text search configuration', 'text search dictionary', 'text search parser', 'text search template')
    AND (d.schema_name IS NULL OR pgmesh.is_user_schema(d.schema_name::name));
  IF commands IS NOT NULL THEN
    PERFORM pgmesh.run_on_workers(commands);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.drop_objects_of_dropped FROM PUBLIC;

-- Only superusers (and roles that a hosting service has allowed to) make event triggers.
DO $$
DECLARE
  tags CONSTANT text[] := ARRAY[
    'CREATE SCHEMA', 'CREATE TYPE', 'CREATE DOMAIN', 'CREATE FUNCTION', 'CREATE PROCEDURE', 'CREATE EXTENSION',
    'CREATE AGGREGATE', 'CREATE CAST', 'CREATE COLLATION', 'CREATE CONVERSION', 'CREATE OPERATOR',
    'CREATE OPERATOR CLASS', 'CREATE OPERATOR FAMILY', 'CREATE TEXT SEARCH CONFIGURATION',
    'CREATE TEXT SEARCH DICTIONARY', 'CREATE TEXT SEARCH PARSER', 'CREATE TEXT SEARCH TEMPLATE',
    'ALTER AGGREGATE', 'ALTER COLLATION', 'ALTER CONVERSION', 'ALTER DEFAULT PRIVILEGES', 'ALTER DOMAIN',
    'ALTER EXTENSION', 'ALTER FUNCTION', 'ALTER OPERATOR', 'ALTER OPERATOR CLASS', 'ALTER OPERATOR FAMILY',
    'ALTER PROCEDURE', 'ALTER ROUTINE', 'ALTER SCHEMA', 'ALTER TEXT SEARCH CONFIGURATION',
    'ALTER TEXT SEARCH DICTIONARY', 'ALTER TEXT SEARCH PARSER', 'ALTER TEXT SEARCH TEMPLATE', 'ALTER TYPE',
    'GRANT', 'REVOKE'];
BEGIN
  PERFORM pgmesh.make_event_trigger('pgmesh_after_object', 'ddl_command_end', 'pgmesh.after_object()', tags);
  PERFORM pgmesh.make_event_trigger('pgmesh_before_object', 'ddl_command_start', 'pgmesh.before_object()',
    ARRAY['ALTER FUNCTION', 'ALTER PROCEDURE', 'ALTER ROUTINE', 'GRANT', 'REVOKE']);
EXCEPTION WHEN insufficient_privilege THEN
  NULL;
END
$$;
