-- Sizes, asked of all workers at once.

-- One row a placement on a worker that answered. measure is one of PostgreSQL's size functions.
CREATE OR REPLACE FUNCTION pgmesh.placement_sizes(measure text, only_table regclass DEFAULT NULL)
RETURNS TABLE (shardid bigint, groupid integer, size bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  WITH asked AS MATERIALIZED (
    SELECT w.groupid, w.server, row_number() OVER () AS number, format(
      -- looked up in pg_class: regclass needs rights on the schema
      'SELECT jsonb_object_agg(id, %s(c.oid)) FROM (VALUES %s) AS shard (id, schema_name, name)'
      ' JOIN pg_catalog.pg_namespace n ON n.nspname = schema_name'
      ' JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = name',
      measure, string_agg(format('(%s, %L, %L)', s.shardid, (SELECT nspname FROM pg_namespace WHERE oid = c.relnamespace),
        CASE WHEN t.repmodel <> 't' THEN pgmesh.shard_name(c.relname, s.shardid) ELSE c.relname END), ', ')) AS command
    FROM pg_dist_placement p JOIN pg_dist_shard s USING (shardid)
    JOIN pg_dist_partition t USING (logicalrelid)
    JOIN pg_class c ON c.oid = s.logicalrelid
    JOIN pgmesh.workers() w ON w.groupid = p.groupid
    WHERE only_table IS NULL OR s.logicalrelid = only_table
    GROUP BY w.groupid, w.server)
  SELECT e.key::bigint, asked.groupid, e.value::bigint
  FROM (SELECT array_agg(server ORDER BY number) AS servers, array_agg(command ORDER BY number) AS commands FROM asked) call
  CROSS JOIN LATERAL pgmesh.ask_workers(call.servers, call.commands) AS answer
  JOIN asked USING (number)
  CROSS JOIN LATERAL jsonb_each_text(CASE WHEN answer.success THEN answer.result::jsonb ELSE '{}' END) e
$$;
REVOKE ALL ON FUNCTION pgmesh.placement_sizes FROM PUBLIC;

CREATE OR REPLACE FUNCTION pgmesh.table_size(relation regclass, measure text) RETURNS bigint
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = relation) THEN
    RAISE invalid_table_definition USING
      MESSAGE = 'cannot calculate the size because relation ' || quote_literal(
        (SELECT relname FROM pg_class WHERE oid = relation)) || ' is not distributed';
  END IF;
  RETURN (SELECT coalesce(sum(size), 0)::bigint FROM pgmesh.placement_sizes(measure, relation));
END
$$;
REVOKE ALL ON FUNCTION pgmesh.table_size FROM PUBLIC;

CREATE OR REPLACE FUNCTION @catalog@.citus_relation_size(logicalrelid regclass) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT pgmesh.table_size(logicalrelid, 'pg_relation_size')
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_table_size(logicalrelid regclass) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT pgmesh.table_size(logicalrelid, 'pg_table_size')
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_total_relation_size(
  logicalrelid regclass, fail_on_error boolean DEFAULT true)
RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT pgmesh.table_size(logicalrelid, 'pg_total_relation_size')
$$;

-- Total size of every placement, for the views.
CREATE OR REPLACE FUNCTION pgmesh.total_sizes()
RETURNS TABLE (shardid bigint, groupid integer, size bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM pgmesh.placement_sizes('pg_total_relation_size')
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_shard_sizes(OUT shard_id integer, OUT size bigint)
RETURNS SETOF record
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT shardid::integer, size FROM pgmesh.total_sizes()
$$;
