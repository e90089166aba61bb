-- Views of the catalog.

CREATE OR REPLACE FUNCTION @catalog@.shard_name(
  object_name regclass, shard_id bigint, skip_qualify_public boolean DEFAULT true)
RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT CASE WHEN skip_qualify_public AND n.nspname = 'public' THEN '' ELSE quote_ident(n.nspname) || '.' END
    || quote_ident(CASE WHEN EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = object_name AND p.repmodel = 't')
         THEN c.relname ELSE pgmesh.shard_name(c.relname, shard_id) END)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = object_name
$$;

CREATE OR REPLACE FUNCTION pgmesh.table_type(partmethod "char", repmodel "char") RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE repmodel WHEN 't' THEN 'reference' WHEN 's' THEN 'distributed' ELSE 'local' END
$$;

CREATE OR REPLACE VIEW @catalog@.citus_nodes AS
SELECT nodename, nodeport,
  CASE WHEN groupid = 0 THEN 'coordinator' ELSE 'worker' END AS role, isactive AS active
FROM @catalog@.pg_dist_node;

CREATE OR REPLACE VIEW @catalog@.pg_dist_shard_placement AS
SELECT p.shardid, p.shardstate, p.shardlength, n.nodename, n.nodeport, p.placementid
FROM @catalog@.pg_dist_placement p
JOIN @catalog@.pg_dist_node n ON n.groupid = p.groupid AND n.noderole = 'primary';

CREATE OR REPLACE VIEW @catalog@.citus_shards AS
SELECT s.logicalrelid AS table_name, s.shardid,
  @catalog@.shard_name(s.logicalrelid, s.shardid) AS shard_name,
  pgmesh.table_type(t.partmethod, t.repmodel) AS citus_table_type,
  t.colocationid AS colocation_id, n.nodename, n.nodeport,
  CASE WHEN n.groupid = 0 THEN pg_total_relation_size(s.logicalrelid) ELSE z.size END AS shard_size
FROM @catalog@.pg_dist_shard s
JOIN @catalog@.pg_dist_placement p USING (shardid)
JOIN @catalog@.pg_dist_node n ON n.groupid = p.groupid AND n.noderole = 'primary'
JOIN @catalog@.pg_dist_partition t USING (logicalrelid)
JOIN pg_class c ON c.oid = s.logicalrelid
LEFT JOIN pgmesh.total_sizes() z ON z.shardid = s.shardid AND z.groupid = p.groupid
ORDER BY s.logicalrelid::text, s.shardid;

CREATE OR REPLACE VIEW @catalog@.citus_tables AS
SELECT t.logicalrelid AS table_name,
  pgmesh.table_type(t.partmethod, t.repmodel) AS citus_table_type,
  coalesce(@catalog@.column_to_column_name(t.logicalrelid, t.partkey), '<none>') AS distribution_column,
  t.colocationid AS colocation_id,
  pg_size_pretty(coalesce(z.size, 0)) AS table_size,
  (SELECT count(*) FROM @catalog@.pg_dist_shard s WHERE s.logicalrelid = t.logicalrelid) AS shard_count,
  pg_get_userbyid(c.relowner) AS table_owner,
  a.amname AS access_method
FROM @catalog@.pg_dist_partition t
JOIN pg_class c ON c.oid = t.logicalrelid
LEFT JOIN pg_am a ON a.oid = c.relam
LEFT JOIN (
  SELECT s.logicalrelid, sum(z.size)::bigint AS size
  FROM pgmesh.total_sizes() z JOIN @catalog@.pg_dist_shard s USING (shardid)
  GROUP BY s.logicalrelid) z ON z.logicalrelid = t.logicalrelid
ORDER BY t.logicalrelid::text;

CREATE OR REPLACE VIEW @catalog@.citus_schemas AS
SELECT schemaid::regnamespace AS schema_name, colocationid AS colocation_id,
  NULL::text AS schema_size, pg_get_userbyid(n.nspowner) AS schema_owner
FROM @catalog@.pg_dist_schema s JOIN pg_namespace n ON n.oid = s.schemaid;

GRANT SELECT ON @catalog@.citus_nodes, @catalog@.pg_dist_shard_placement, @catalog@.citus_shards,
  @catalog@.citus_tables, @catalog@.citus_schemas TO PUBLIC;
