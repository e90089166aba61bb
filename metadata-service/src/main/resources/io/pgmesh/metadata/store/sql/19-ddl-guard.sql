-- Statements that change mesh tables where the router does not see them: inside functions and DO
-- blocks, or by what they take along (DROP … CASCADE). Event triggers drop the shards of dropped
-- tables and refuse what would leave shells and shards different.

-- Whether the router sends this statement to the workers too. The executor says so by a setting of the
-- transaction; a statement that a function runs meanwhile has that function in its context.
CREATE OR REPLACE FUNCTION pgmesh.is_cascaded(context text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(current_setting('pgmesh.cascades', true), '') = 'on' AND strpos(context, E'\n') = 0
$$;

-- What shards and replicas have of each mesh table, as one digest a table.
CREATE OR REPLACE FUNCTION pgmesh.definitions() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_object_agg(c.oid::text, md5(concat_ws(' ', n.nspname, c.relname, c.relowner, c.relacl,
    c.reloptions, c.relpersistence, c.relreplident, c.relrowsecurity, c.relforcerowsecurity,
    (SELECT string_agg(concat_ws(' ', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attisdropped,
       a.attcollation, a.attstorage, a.attgenerated, a.attidentity, a.attacl), ',' ORDER BY a.attnum)
     FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0),
    (SELECT string_agg(concat_ws(' ', d.adnum, md5(d.adbin::text)), ',' ORDER BY d.adnum)
     FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
     WHERE d.adrelid = c.oid
       AND pgmesh.column_fill(a.attidentity, a.attgenerated, d.oid, pg_get_expr(d.adbin, d.adrelid)) <> 'COORDINATOR'),
    (SELECT string_agg(concat_ws(' ', k.oid, k.conname, k.convalidated, k.condeferrable, k.condeferred), ',' ORDER BY k.oid)
     FROM pg_constraint k WHERE k.conrelid = c.oid),
    (SELECT string_agg(concat_ws(' ', i.indexrelid, x.relname, x.reloptions, i.indisreplident), ',' ORDER BY i.indexrelid)
     FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid),
    CASE WHEN p.repmodel <> 't' THEN concat_ws(' ',
      (SELECT string_agg(t.oid::text, ',' ORDER BY t.oid) FROM pg_trigger t
       WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgname NOT LIKE '!pgmesh%'),
      (SELECT string_agg(r.oid::text, ',' ORDER BY r.oid) FROM pg_rewrite r WHERE r.ev_class = c.oid),
      (SELECT string_agg(y.oid::text, ',' ORDER BY y.oid) FROM pg_policy y WHERE y.polrelid = c.oid)) END))), '{}')
  FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid JOIN pg_namespace n ON n.oid = c.relnamespace
$$;

CREATE OR REPLACE FUNCTION pgmesh.before_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  context text;
BEGIN
  GET DIAGNOSTICS context = PG_CONTEXT;
  PERFORM set_config('pgmesh.definitions',
    CASE WHEN pgmesh.is_cascaded(context) THEN '' ELSE pgmesh.definitions()::text END, true);
END
$$;

-- The words of an error about a table.
CREATE OR REPLACE FUNCTION pgmesh.refuse_ddl(command text, relation oid, context text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  kind text := (SELECT CASE repmodel WHEN 't' THEN 'reference' ELSE 'distributed' END
                FROM pg_dist_partition WHERE logicalrelid = relation);
  in_function boolean := strpos(context, E'\n') > 0;
BEGIN
  RAISE feature_not_supported USING
    MESSAGE = format('%s that changes %s table "%s"%s is not supported', command, kind,
      (SELECT relname FROM pg_class WHERE oid = relation),
      CASE WHEN in_function THEN ' inside a function or DO block' ELSE '' END),
    DETAIL = 'The change would not reach the workers.',
    HINT = CASE WHEN in_function THEN 'Run it as a statement of its own.'
      ELSE 'Name the table in an ALTER TABLE, CREATE INDEX, DROP INDEX, GRANT or REVOKE.' END;
END
$$;

CREATE OR REPLACE FUNCTION pgmesh.after_ddl() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  before jsonb := nullif(current_setting('pgmesh.definitions', true), '')::jsonb;
  context text;
  changed oid;
BEGIN
  IF before IS NULL THEN
    RETURN;
  END IF;
  GET DIAGNOSTICS context = PG_CONTEXT;
  PERFORM set_config('pgmesh.definitions', '', true);
  SELECT b.key::oid INTO changed
  FROM jsonb_each_text(before) b JOIN jsonb_each_text(pgmesh.definitions()) a USING (key)
  WHERE a.value <> b.value ORDER BY b.key::oid LIMIT 1;
  IF changed IS NULL AND TG_TAG IN ('ALTER TYPE', 'ALTER DOMAIN') THEN
    SELECT p.logicalrelid INTO changed
    FROM pg_event_trigger_ddl_commands() d JOIN pg_type t ON t.oid = d.objid
    JOIN pg_depend k ON k.refclassid = 'pg_type'::regclass AND k.refobjid IN (t.oid, t.typarray)
      AND k.classid = 'pg_class'::regclass
    JOIN pg_dist_partition p ON p.logicalrelid = k.objid
    WHERE d.classid = 'pg_type'::regclass ORDER BY 1 LIMIT 1;
  END IF;
  IF changed IS NOT NULL THEN
    PERFORM pgmesh.refuse_ddl(TG_TAG, changed, context);
  END IF;
END
$$;

-- A local table cannot be a child of a shell, whose rows are elsewhere.
CREATE OR REPLACE FUNCTION pgmesh.after_create() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  parent oid := (
    SELECT p.logicalrelid
    FROM pg_event_trigger_ddl_commands() d JOIN pg_inherits i ON i.inhrelid = d.objid
    JOIN pg_dist_partition p ON p.logicalrelid = i.inhparent AND p.repmodel <> 't'
    JOIN pg_class c ON c.oid = d.objid
    WHERE d.classid = 'pg_class'::regclass AND c.relnamespace <> 'pgmesh_remote'::regnamespace LIMIT 1);
BEGIN
  IF parent IS NOT NULL THEN
    RAISE feature_not_supported USING
      MESSAGE = format('table "%s" is distributed: it cannot have partitions or inheriting tables',
        (SELECT relname FROM pg_class WHERE oid = parent));
  END IF;
END
$$;

-- A table that lost its distribution column (DROP TYPE … CASCADE) would be lost itself.
CREATE OR REPLACE FUNCTION pgmesh.refuse_dropped_keys() RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  lost record;
BEGIN
  SELECT c.relname, d.address_names[3] AS column_name INTO lost
  FROM pg_event_trigger_dropped_objects() d
  JOIN pg_dist_partition p ON p.logicalrelid = d.objid AND d.objsubid = pgmesh.var_number(p.partkey)
  JOIN pg_class c ON c.oid = d.objid
  WHERE d.classid = 'pg_class'::regclass LIMIT 1;
  IF FOUND THEN
    RAISE feature_not_supported USING
      MESSAGE = format('cannot drop column "%s" of "%s": it is the distribution column', lost.column_name, lost.relname),
      HINT = 'Drop the table, or make it local by undistribute_table.';
  END IF;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.refuse_dropped_keys FROM PUBLIC;

-- Drops the shards and replicas of dropped tables, and their rows in the catalog.
CREATE OR REPLACE FUNCTION pgmesh.drop_shards_of_dropped() RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  dropped oid[];
  replicas boolean;
  servers text[];
  commands text[];
BEGIN
  SELECT array_agg(p.logicalrelid::oid), bool_or(p.repmodel = 't') INTO dropped, replicas
  FROM pg_event_trigger_dropped_objects() d JOIN pg_dist_partition p ON p.logicalrelid = d.objid
  WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0;
  IF dropped IS NULL THEN
    RETURN;
  END IF;
  SELECT array_agg(w.server), array_agg(w.command) INTO servers, commands
  FROM (
    SELECT n.nodename || ':' || n.nodeport AS server, 'DROP TABLE IF EXISTS ' || string_agg(format('%I.%I',
      d.schema_name, pgmesh.relation_name(d.object_name, CASE WHEN t.repmodel <> 't' THEN s.shardid END)),
      ', ' ORDER BY s.shardid) || ' CASCADE' AS command
    FROM pg_event_trigger_dropped_objects() d
    JOIN pg_dist_partition t ON t.logicalrelid = d.objid
    JOIN pg_dist_shard s ON s.logicalrelid = t.logicalrelid
    JOIN pg_dist_placement p USING (shardid)
    JOIN pg_dist_node n ON n.groupid = p.groupid AND n.noderole = 'primary' AND n.groupid <> 0
    WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0
    GROUP BY n.nodename, n.nodeport) w;
  IF replicas AND to_regclass('pgmesh.replica') IS NOT NULL THEN
    DELETE FROM pgmesh.replica WHERE relation = ANY (dropped);
  END IF;
  PERFORM pgmesh.forget_tables(dropped);
  PERFORM pgmesh.call_workers(servers, commands, CASE WHEN replicas THEN 'replicas' ELSE 'ddl' END);
  PERFORM pgmesh.share_catalog();
END
$$;
REVOKE ALL ON FUNCTION pgmesh.drop_shards_of_dropped FROM PUBLIC;

-- Workers may have the schemas that a function drops.
CREATE OR REPLACE FUNCTION pgmesh.drop_schemas_of_dropped() RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  schemas text := (SELECT string_agg(quote_ident(d.object_name), ', ') FROM pg_event_trigger_dropped_objects() d
                   WHERE d.classid = 'pg_namespace'::regclass AND NOT d.is_temporary);
  servers text[];
BEGIN
  IF schemas IS NOT NULL THEN
    SELECT array_agg(server) INTO servers FROM pgmesh.workers();
    PERFORM pgmesh.call_workers(servers,
      array_fill('DROP SCHEMA IF EXISTS ' || schemas || ' CASCADE', ARRAY[coalesce(cardinality(servers), 0)]), 'ddl');
  END IF;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.drop_schemas_of_dropped FROM PUBLIC;

CREATE OR REPLACE FUNCTION pgmesh.after_drop() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  context text;
BEGIN
  PERFORM pgmesh.refuse_dropped_keys();
  PERFORM pgmesh.drop_shards_of_dropped();
  GET DIAGNOSTICS context = PG_CONTEXT;
  IF strpos(context, E'\n') > 0 THEN
    PERFORM pgmesh.drop_schemas_of_dropped();
    PERFORM pgmesh.drop_objects_of_dropped();
  END IF;
END
$$;

-- Only superusers (and roles that a hosting service has allowed to) make event triggers.
DO $$
DECLARE
  tags CONSTANT text[] := ARRAY[
    'ALTER TABLE', 'ALTER INDEX', 'ALTER TYPE', 'ALTER DOMAIN', 'ALTER SCHEMA', 'ALTER EXTENSION',
    'CREATE INDEX', 'CREATE TRIGGER', 'CREATE RULE', 'CREATE POLICY', 'GRANT', 'REVOKE',
    'DROP ACCESS METHOD', 'DROP AGGREGATE', 'DROP CAST', 'DROP COLLATION', 'DROP DOMAIN', 'DROP EXTENSION',
    'DROP FUNCTION', 'DROP INDEX', 'DROP LANGUAGE', 'DROP OPERATOR', 'DROP OPERATOR CLASS', 'DROP OPERATOR FAMILY',
    'DROP OWNED', 'DROP PROCEDURE', 'DROP ROUTINE', 'DROP SCHEMA', 'DROP TYPE'];
BEGIN
  PERFORM pgmesh.make_event_trigger('pgmesh_before_ddl', 'ddl_command_start', 'pgmesh.before_ddl()', tags);
  PERFORM pgmesh.make_event_trigger('pgmesh_after_ddl', 'ddl_command_end', 'pgmesh.after_ddl()', tags);
  PERFORM pgmesh.make_event_trigger('pgmesh_after_create', 'ddl_command_end', 'pgmesh.after_create()',
    ARRAY['CREATE TABLE', 'CREATE FOREIGN TABLE', 'ALTER TABLE', 'ALTER FOREIGN TABLE']);
  PERFORM pgmesh.make_event_trigger('pgmesh_after_drop', 'sql_drop', 'pgmesh.after_drop()', NULL);
EXCEPTION WHEN insufficient_privilege THEN
  NULL;
END
$$;

-- Shells of an earlier version.
DO $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    PERFORM pgmesh.own_children();
  END IF;
END
$$;
