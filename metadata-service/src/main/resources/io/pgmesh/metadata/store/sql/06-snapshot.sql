-- The catalog as the services read it. Property names are those of the records in
-- io.pgmesh.contracts.catalog.

-- Where an absent value of a column comes from: Column.Fill. Sequences live only in this database,
-- and a user's function may call one.
CREATE OR REPLACE FUNCTION pgmesh.column_fill(
  identity "char", generated "char", default_oid oid, default_sql text)
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN generated <> '' THEN 'GENERATED'
    WHEN identity <> '' THEN 'COORDINATOR'
    WHEN default_sql IS NULL THEN 'WORKER'
    WHEN default_sql ~* 'nextval|currval|lastval|setval' THEN 'COORDINATOR'
    WHEN EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_attrdef'::regclass AND d.objid = default_oid
        AND (d.refclassid = 'pg_class'::regclass AND d.refobjsubid = 0 AND EXISTS (
               SELECT FROM pg_class c WHERE c.oid = d.refobjid AND c.relkind = 'S')
             OR d.refclassid = 'pg_proc'::regclass AND d.refobjid >= 16384 AND NOT EXISTS (
               SELECT FROM pg_depend e
               WHERE e.classid = 'pg_proc'::regclass AND e.objid = d.refobjid AND e.deptype = 'e')))
      THEN 'COORDINATOR'
    ELSE 'WORKER'
  END
$$;

-- The expression that gives a column its value when it is COORDINATOR; identity columns have none
-- in PostgreSQL's catalog.
CREATE OR REPLACE FUNCTION pgmesh.fill_sql(relation oid, column_name name, identity "char", default_sql text)
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN identity = '' THEN coalesce(default_sql, '')
    ELSE format('nextval(%L::regclass)',
      pg_get_serial_sequence(pgmesh.qualified(relation), column_name)) END
$$;

-- Also of domains, and of domains over domains.
CREATE OR REPLACE FUNCTION pgmesh.is_composite(type_oid oid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE base (kind, below) AS (
    SELECT typtype, typbasetype FROM pg_type WHERE oid = type_oid
    UNION ALL
    SELECT t.typtype, t.typbasetype FROM base JOIN pg_type t ON t.oid = base.below)
  SELECT coalesce(bool_or(kind = 'c'), false) FROM base
$$;

CREATE OR REPLACE FUNCTION pgmesh.columns_json(relation oid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
      'name', a.attname,
      'number', a.attnum,
      'typeOid', a.atttypid::bigint,
      'type', format_type(a.atttypid, a.atttypmod),
      'notNull', a.attnotnull,
      'fill', pgmesh.column_fill(a.attidentity, a.attgenerated, d.oid, e.sql),
      'defaultSql', pgmesh.fill_sql(a.attrelid, a.attname, a.attidentity, e.sql),
      'composite', pgmesh.is_composite(a.atttypid))
    ORDER BY a.attnum), '[]')
  FROM pg_attribute a
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN LATERAL (SELECT pg_get_expr(d.adbin, d.adrelid) AS sql) e ON true
  WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
$$;

-- Names of a table's indexes, those of constraints included.
CREATE OR REPLACE FUNCTION pgmesh.indexes_json(relation oid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_agg(c.relname ORDER BY c.oid), '[]')
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = relation
$$;

CREATE OR REPLACE FUNCTION pgmesh.constraints_json(relation oid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
      'name', k.conname, 'kind', k.contype, 'references', k.confrelid::bigint,
      'columns', (SELECT coalesce(jsonb_agg(a.attname ORDER BY n.number), '[]')
                  FROM unnest(k.conkey) WITH ORDINALITY AS n (attnum, number)
                  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.attnum))
    ORDER BY k.oid), '[]')
  FROM pg_constraint k WHERE k.conrelid = relation AND k.contype IN ('c', 'f', 'p', 'u', 'x', 'n')
$$;

-- Groups of the workers whose replica of a reference table may be read. The replication service
-- keeps their state; before it is installed there is none.
CREATE OR REPLACE FUNCTION pgmesh.live_groups(table_oid oid) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF to_regclass('pgmesh.replica') IS NULL THEN
    RETURN '[]';
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(r.groupid ORDER BY r.groupid), '[]')
          FROM pgmesh.replica r WHERE r.relation = table_oid AND r.state = 'live');
END
$$;

CREATE OR REPLACE FUNCTION pgmesh.shards_json(relation oid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
      'shardId', s.shardid,
      'minHash', coalesce(s.shardminvalue::integer, -2147483648),
      'maxHash', coalesce(s.shardmaxvalue::integer, 2147483647),
      'groups', (SELECT coalesce(jsonb_agg(p.groupid ORDER BY p.placementid), '[]')
                 FROM pg_dist_placement p WHERE p.shardid = s.shardid AND p.shardstate = 1))
    ORDER BY s.shardminvalue::integer), '[]')
  FROM pg_dist_shard s WHERE s.logicalrelid = relation
$$;

-- The column that rows are placed by. A table of one shard has none in the catalog; since all hashes
-- lead to its shard, any column that is never null serves.
CREATE OR REPLACE FUNCTION pgmesh.key_column(relation oid, partkey text) RETURNS name
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.attname FROM pg_attribute a
  WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
    AND CASE WHEN partkey IS NULL
      THEN a.attnotnull AND a.attgenerated = '' AND pgmesh.hash_expression(a.atttypid) IS NOT NULL
      ELSE a.attnum = pgmesh.var_number(partkey) END
  ORDER BY EXISTS (SELECT FROM pg_constraint k
                   WHERE k.conrelid = relation AND k.contype = 'p' AND a.attnum = ANY (k.conkey)) DESC, a.attnum
  LIMIT 1
$$;

CREATE OR REPLACE FUNCTION pgmesh.table_json(partition @catalog@.pg_dist_partition) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
      'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname,
      'columns', pgmesh.columns_json(c.oid), 'indexes', pgmesh.indexes_json(c.oid),
      'constraints', pgmesh.constraints_json(c.oid))
    || CASE WHEN partition.repmodel = 't'
      THEN jsonb_build_object(
        'kind', 'reference',
        'shardId', (SELECT s.shardid FROM pg_dist_shard s WHERE s.logicalrelid = partition.logicalrelid),
        'liveGroups', pgmesh.live_groups(c.oid))
      ELSE jsonb_build_object(
        'kind', 'distributed',
        'distributionColumn', pgmesh.key_column(c.oid, partition.partkey),
        'colocationId', partition.colocationid,
        'shards', pgmesh.shards_json(c.oid))
    END
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = partition.logicalrelid
$$;

CREATE OR REPLACE FUNCTION pgmesh.catalog_snapshot() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
    'epoch', (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM pgmesh.epoch),
    'nodes', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
          'nodeId', nodeid, 'groupId', groupid, 'host', nodename, 'port', nodeport,
          'active', isactive, 'shouldHaveShards', shouldhaveshards) ORDER BY nodeid), '[]')
      FROM pg_dist_node WHERE noderole = 'primary'),
    'tables', (
      SELECT coalesce(jsonb_agg(pgmesh.table_json(p) ORDER BY p.logicalrelid), '[]')
      FROM pg_dist_partition p
      WHERE EXISTS (SELECT FROM pg_class c WHERE c.oid = p.logicalrelid)
        AND p.repmodel IN ('t', 's')))
$$;

-- Tells the mesh how this transaction sees the catalog, so that what it changed can be used by later
-- statements of the same transaction, also inside one function.
CREATE OR REPLACE FUNCTION pgmesh.share_catalog() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgmesh.call_workers(ARRAY['catalog'], ARRAY[pgmesh.catalog_snapshot()::text], 'catalog');
END
$$;

-- Forgets relations that were dropped without the mesh (DROP SCHEMA … CASCADE). Tells whether
-- there were any.
CREATE OR REPLACE FUNCTION pgmesh.forget_dropped() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  gone oid[] := (SELECT array_agg(p.logicalrelid::oid) FROM pg_dist_partition p
                 WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = p.logicalrelid));
BEGIN
  IF gone IS NULL THEN
    RETURN false;
  END IF;
  PERFORM pgmesh.forget_tables(gone);
  RETURN true;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.forget_dropped FROM PUBLIC;

-- Removes tables from the catalog, and colocation groups that nothing uses any more.
CREATE OR REPLACE FUNCTION pgmesh.forget_tables(relations oid[]) RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  colocations integer[] := (SELECT array_agg(DISTINCT colocationid) FROM pg_dist_partition
                            WHERE logicalrelid = ANY (relations));
BEGIN
  DELETE FROM pg_dist_placement p USING pg_dist_shard s
  WHERE p.shardid = s.shardid AND s.logicalrelid = ANY (relations);
  DELETE FROM pg_dist_shard WHERE logicalrelid = ANY (relations);
  DELETE FROM pg_dist_partition WHERE logicalrelid = ANY (relations);
  DELETE FROM pg_dist_colocation c
  WHERE c.colocationid = ANY (colocations) AND c.replicationfactor <> -1
    AND NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.colocationid = c.colocationid);
END
$$;
REVOKE ALL ON FUNCTION pgmesh.forget_tables FROM PUBLIC;
