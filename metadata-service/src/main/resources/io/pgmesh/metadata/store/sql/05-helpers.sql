-- Small questions that the other files ask.

-- Who called, also inside SECURITY DEFINER functions.
CREATE OR REPLACE FUNCTION pgmesh.caller() RETURNS name
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role') END::name
$$;

-- Fails unless the caller owns the table (or is a member of its owner).
CREATE OR REPLACE FUNCTION pgmesh.require_owner(relation regclass) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT pg_has_role(pgmesh.caller(), (SELECT relowner FROM pg_class WHERE oid = relation), 'USAGE') THEN
    RAISE insufficient_privilege
      USING MESSAGE = format('must be owner of table %I', (SELECT relname FROM pg_class WHERE oid = relation));
  END IF;
END
$$;

-- Fails unless the caller may change the cluster.
CREATE OR REPLACE FUNCTION pgmesh.require_administrator() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = pgmesh.caller())
     AND NOT pg_has_role(pgmesh.caller(), (SELECT nspowner FROM pg_namespace WHERE nspname = 'pgmesh'), 'USAGE') THEN
    RAISE insufficient_privilege USING MESSAGE = 'must be a superuser or the owner of the mesh';
  END IF;
END
$$;

-- "schema"."name", quoted where needed.
CREATE OR REPLACE FUNCTION pgmesh.qualified(relation oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('%I.%I', n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation
$$;

-- The name of a shard's table, index or constraint: the suffix _<shardid>; a name that grows too
-- long is cut and gets eight digits of its MD5 in between. Java's ShardNames follows the same rule.
CREATE OR REPLACE FUNCTION pgmesh.shard_name(name text, shardid bigint) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  suffix text := '_' || shardid;
  head text := name;
BEGIN
  IF octet_length(convert_to(name || suffix, 'UTF8')) <= 63 THEN
    RETURN name || suffix;
  END IF;
  suffix := '_' || left(md5(name), 8) || suffix;
  WHILE octet_length(convert_to(head || suffix, 'UTF8')) > 63 LOOP
    head := left(head, -1);
  END LOOP;
  RETURN head || suffix;
END
$$;

-- The shard's relation, qualified; the replicas of a reference table have no suffix.
CREATE OR REPLACE FUNCTION pgmesh.shard_relation(relation oid, shardid bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('%I.%I', n.nspname,
    CASE WHEN shardid IS NULL THEN c.relname ELSE pgmesh.shard_name(c.relname, shardid) END)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation
$$;

-- A column as the catalog stores it: a Var node in PostgreSQL's own notation.
CREATE OR REPLACE FUNCTION pgmesh.column_var(relation oid, column_number integer) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('{VAR :varno 1 :varattno %s :vartype %s :vartypmod %s :varcollid %s %s:varlevelsup 0 %s:varnosyn 1 :varattnosyn %s :location -1}',
    attnum, atttypid, atttypmod, attcollation,
    CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN ':varnullingrels (b) ' ELSE '' END,
    CASE WHEN current_setting('server_version_num')::integer >= 180000 THEN ':varreturningtype 0 ' ELSE '' END,
    attnum)
  FROM pg_attribute WHERE attrelid = relation AND attnum = column_number
$$;

CREATE OR REPLACE FUNCTION pgmesh.var_number(column_var text) RETURNS smallint
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT substring(column_var FROM ':varattno (\d+)')::smallint
$$;

CREATE OR REPLACE FUNCTION @catalog@.column_name_to_column(table_name regclass, column_name text)
RETURNS text
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  number integer := (SELECT attnum FROM pg_attribute
    WHERE attrelid = table_name AND attname = column_name AND attnum > 0 AND NOT attisdropped);
BEGIN
  IF number IS NULL THEN
    RAISE undefined_column USING MESSAGE = format('column "%s" of relation "%s" does not exist',
      column_name, (SELECT relname FROM pg_class WHERE oid = table_name));
  END IF;
  RETURN pgmesh.column_var(table_name, number);
END
$$;

CREATE OR REPLACE FUNCTION @catalog@.column_to_column_name(table_name regclass, column_var_text text)
RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
  SELECT attname::text FROM pg_attribute
  WHERE attrelid = table_name AND attnum = pgmesh.var_number(column_var_text)
$$;

-- 'host:port' of each primary worker in the order in which shards are placed.
CREATE OR REPLACE FUNCTION pgmesh.workers(active_only boolean DEFAULT true)
RETURNS TABLE (nodeid integer, groupid integer, nodename text, nodeport integer, server text, shouldhaveshards boolean)
LANGUAGE sql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT n.nodeid, n.groupid, n.nodename, n.nodeport, n.nodename || ':' || n.nodeport, n.shouldhaveshards
  FROM pg_dist_node n
  WHERE n.groupid <> 0 AND n.noderole = 'primary' AND (n.isactive OR NOT active_only)
  ORDER BY n.nodename, n.nodeport
$$;

-- Makes an event trigger; one that an earlier version made for other commands is made anew. NULL tags are
-- all commands.
CREATE OR REPLACE FUNCTION pgmesh.make_event_trigger(name text, event text, handler regprocedure, tags text[])
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_event_trigger
             WHERE evtname = name AND evtevent = event AND evtfoid = handler AND evttags IS NOT DISTINCT FROM tags) THEN
    RETURN;
  END IF;
  EXECUTE format('DROP EVENT TRIGGER IF EXISTS %I', name);
  EXECUTE format('CREATE EVENT TRIGGER %I ON %s %s EXECUTE FUNCTION %s', name, event,
    (SELECT format('WHEN TAG IN (%s)', string_agg(quote_literal(tag), ', ' ORDER BY place))
     FROM unnest(tags) WITH ORDINALITY AS t (tag, place) HAVING count(*) > 0), handler);
END
$$;
REVOKE ALL ON FUNCTION pgmesh.make_event_trigger FROM PUBLIC;
