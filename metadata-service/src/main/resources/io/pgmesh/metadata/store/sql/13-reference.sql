-- create_reference_table.

-- Copies a reference table to workers; writers wait until the calling transaction has ended.
CREATE OR REPLACE FUNCTION pgmesh.seed_replicas(relation regclass, groups integer[], servers text[])
RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  command text := (SELECT pgmesh.schema_ddl(relnamespace) FROM pg_class WHERE oid = relation)
    || format(E';\nDROP TABLE IF EXISTS %s;\n', pgmesh.qualified(relation))
    || pgmesh.shard_ddl(relation)
    || format('COMMENT ON TABLE %s IS %L', pgmesh.qualified(relation), pgmesh.replica_mark());
  member integer;
BEGIN
  EXECUTE format('LOCK TABLE %s IN SHARE MODE', relation);
  INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid)
  SELECT s.shardid, 1, 0, place FROM pg_dist_shard s, unnest(groups) AS place
  WHERE s.logicalrelid = relation
  ON CONFLICT (shardid, groupid) DO NOTHING;
  PERFORM pgmesh.refuse_foreign_tables(ARRAY[relation], servers);
  PERFORM pgmesh.call_workers(servers, array_fill(command, ARRAY[cardinality(servers)]), 'ddl');
  PERFORM pgmesh.send_rows(relation, NULL, groups);
  IF to_regprocedure('pgmesh.register_replica(regclass, integer, bigint)') IS NOT NULL THEN
    FOREACH member IN ARRAY groups LOOP
      PERFORM pgmesh.register_replica(relation, member);
    END LOOP;
  END IF;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.seed_replicas FROM PUBLIC;

-- The one group of all reference tables.
CREATE OR REPLACE FUNCTION pgmesh.reference_colocation() RETURNS integer
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  id integer;
BEGIN
  LOCK TABLE pg_dist_colocation IN SHARE ROW EXCLUSIVE MODE;
  SELECT colocationid INTO id FROM pg_dist_colocation WHERE replicationfactor = -1 LIMIT 1;
  IF NOT FOUND THEN
    INSERT INTO pg_dist_colocation VALUES (nextval('pg_dist_colocationid_seq'), 1, -1, 0, 0)
    RETURNING colocationid INTO id;
  END IF;
  RETURN id;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.reference_colocation FROM PUBLIC;

-- propagation: 'log' sends committed changes to the workers; 'two_phase' makes every transaction that
-- changes the table carry its changes to them by two-phase commit.
CREATE OR REPLACE FUNCTION @catalog@.create_reference_table(
  table_name regclass, propagation text DEFAULT 'log')
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  shard bigint := nextval('pg_dist_shardid_seq');
  groups integer[];
  servers text[];
  filled boolean;
BEGIN
  IF table_name IS NULL OR propagation IS NULL THEN
    RAISE null_value_not_allowed USING MESSAGE = 'table_name and propagation must not be null';
  ELSIF propagation NOT IN ('log', 'two_phase') THEN
    RAISE invalid_parameter_value USING MESSAGE = format('unknown propagation %L', propagation),
      HINT = 'The values are ''log'' and ''two_phase''.';
  END IF;
  PERFORM pgmesh.check_relation(table_name);
  PERFORM pgmesh.check_column_types(table_name);
  PERFORM pgmesh.require_newest_rows();
  EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', table_name);
  PERFORM pgmesh.check_foreign_keys(table_name, 't', NULL, NULL);
  LOCK TABLE pg_dist_node IN ROW SHARE MODE;
  SELECT array_agg(groupid), array_agg(server) INTO groups, servers FROM pgmesh.workers();
  IF groups IS NULL THEN
    RAISE object_not_in_prerequisite_state USING
      MESSAGE = 'no worker nodes are available for placing shards', HINT = 'Add more worker nodes.';
  END IF;
  INSERT INTO pg_dist_partition VALUES (table_name, 'n', NULL, pgmesh.reference_colocation(), 't', false);
  INSERT INTO pg_dist_shard VALUES (table_name, shard, 't', NULL, NULL);
  INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid)
  SELECT shard, 1, 0, n.groupid FROM pg_dist_node n WHERE n.groupid = 0;
  filled := pgmesh.has_rows(table_name);
  IF filled THEN
    RAISE NOTICE 'Copying data from local table...';
  END IF;
  PERFORM pgmesh.seed_replicas(table_name, groups, servers);
  IF filled THEN
    RAISE NOTICE 'copying the data has completed';
  END IF;
  IF to_regprocedure('pgmesh.track_changes(regclass, text)') IS NOT NULL THEN
    PERFORM pgmesh.track_changes(table_name, propagation);
  END IF;
  PERFORM pgmesh.share_catalog();
END
$$;

-- Replicas follow by themselves; here for scripts that call it.
CREATE OR REPLACE FUNCTION @catalog@.replicate_reference_tables(
  shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto')
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  missing record;
BEGIN
  PERFORM pgmesh.require_administrator();
  FOR missing IN
    SELECT s.logicalrelid, array_agg(w.groupid) AS groups, array_agg(w.server) AS servers
    FROM pg_dist_partition t JOIN pg_dist_shard s USING (logicalrelid) CROSS JOIN pgmesh.workers() w
    WHERE t.repmodel = 't' AND NOT EXISTS (
      SELECT FROM pg_dist_placement p WHERE p.shardid = s.shardid AND p.groupid = w.groupid)
    GROUP BY s.logicalrelid ORDER BY s.logicalrelid
  LOOP
    PERFORM pgmesh.seed_replicas(missing.logicalrelid, missing.groups, missing.servers);
  END LOOP;
END
$$;
