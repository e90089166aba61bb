-- Back to local tables, and out of the catalog.

-- Commands that drop a table's shards or replicas, one a server.
CREATE OR REPLACE FUNCTION pgmesh.drop_shards(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  servers text[];
  commands text[];
BEGIN
  SELECT array_agg(w.server), array_agg(w.command) INTO servers, commands
  FROM (
    SELECT n.nodename || ':' || n.nodeport AS server,
      'DROP TABLE IF EXISTS ' || string_agg(pgmesh.shard_relation(relation,
        CASE WHEN t.repmodel <> 't' THEN s.shardid END), ', ' ORDER BY s.shardid) || ' CASCADE' AS command
    FROM pg_dist_shard s JOIN pg_dist_partition t USING (logicalrelid)
    JOIN pg_dist_placement p USING (shardid)
    JOIN pg_dist_node n ON n.groupid = p.groupid AND n.noderole = 'primary' AND n.groupid <> 0
    WHERE s.logicalrelid = relation
    GROUP BY n.nodename, n.nodeport) w;
  PERFORM pgmesh.call_workers(servers, commands, 'ddl');
END
$$;
REVOKE ALL ON FUNCTION pgmesh.drop_shards FROM PUBLIC;

-- Nobody changes a table's shards, or reads them, until the transaction ends.
CREATE OR REPLACE FUNCTION pgmesh.lock_shards(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  servers text[];
  commands text[];
BEGIN
  SELECT array_agg(w.server), array_agg(w.command) INTO servers, commands
  FROM (
    SELECT n.nodename || ':' || n.nodeport AS server,
      'LOCK TABLE ' || string_agg(pgmesh.shard_relation(relation, s.shardid), ', ' ORDER BY s.shardid)
        || ' IN ACCESS EXCLUSIVE MODE' AS command
    FROM pg_dist_shard s JOIN pg_dist_placement p USING (shardid)
    JOIN pg_dist_node n ON n.groupid = p.groupid AND n.noderole = 'primary' AND n.groupid <> 0
    WHERE s.logicalrelid = relation
    GROUP BY n.nodename, n.nodeport) w;
  PERFORM pgmesh.call_workers(servers, commands, 'ddl');
END
$$;
REVOKE ALL ON FUNCTION pgmesh.lock_shards FROM PUBLIC;

-- Tables of the mesh that a table is tied to by foreign keys that could not be local: distributed
-- ones on either side, and for a reference table those that point to it.
CREATE OR REPLACE FUNCTION pgmesh.tied_tables(relation regclass) RETURNS SETOF regclass
LANGUAGE sql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT DISTINCT other.logicalrelid
  FROM pg_dist_partition own
  JOIN pg_constraint k ON k.contype = 'f' AND own.logicalrelid IN (k.conrelid, k.confrelid)
  JOIN pg_dist_partition other ON other.logicalrelid IN (k.conrelid, k.confrelid)
    AND other.logicalrelid <> own.logicalrelid
  WHERE own.logicalrelid = relation
    AND (other.repmodel <> 't' OR own.repmodel = 't' AND k.conrelid = other.logicalrelid)
$$;

-- Makes one table local again, rows included. Tables that it points to must be local before.
CREATE OR REPLACE FUNCTION pgmesh.make_local(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  columns text := pgmesh.stored_columns(relation);
  child text := format('pgmesh_remote.%I', relation::oid::text);
BEGIN
  IF (SELECT repmodel FROM pg_dist_partition WHERE logicalrelid = relation) = 't' THEN
    PERFORM pgmesh.leave_replication(relation);
  ELSE
    RAISE NOTICE 'moving the data of %', pgmesh.qualified(relation);
    PERFORM pgmesh.require_newest_rows();
    PERFORM pgmesh.lock_shards(relation); -- before any row is read
    EXECUTE format('DROP TRIGGER IF EXISTS "!pgmesh_remove" ON %s', relation);
    EXECUTE format('DROP TRIGGER IF EXISTS "!pgmesh_send" ON %s', relation);
    EXECUTE format('ALTER FOREIGN TABLE %s NO INHERIT %s', child, relation);
    EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s', relation, columns, columns, child);
    PERFORM pgmesh.detach_shell(relation);
  END IF;
  PERFORM pgmesh.drop_shards(relation);
  PERFORM pgmesh.forget_tables(ARRAY[relation::oid]);
END
$$;
REVOKE ALL ON FUNCTION pgmesh.make_local FROM PUBLIC;

-- A reference table's changes are no longer recorded.
CREATE OR REPLACE FUNCTION pgmesh.leave_replication(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
BEGIN
  IF to_regprocedure('pgmesh.untrack_changes(regclass)') IS NOT NULL THEN
    PERFORM pgmesh.untrack_changes(relation);
    PERFORM pgmesh.unregister_replicas(relation);
  END IF;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.leave_replication FROM PUBLIC;

CREATE OR REPLACE FUNCTION @catalog@.undistribute_table(
  table_name regclass, cascade_via_foreign_keys boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $body$
DECLARE
  pending regclass[] := ARRAY[table_name];
  tied regclass[];
  next_table regclass;
BEGIN
  PERFORM pgmesh.require_owner(table_name);
  IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = table_name) THEN
    RAISE invalid_table_definition USING
      MESSAGE = 'cannot undistribute table because the table is not distributed';
  END IF;
  tied := ARRAY(SELECT pgmesh.tied_tables(table_name));
  IF tied <> '{}' AND NOT cascade_via_foreign_keys THEN
    RAISE object_not_in_prerequisite_state USING
      MESSAGE = format('cannot complete operation because table %s has a foreign key',
        (SELECT relname FROM pg_class WHERE oid = table_name)),
      HINT = format('Use cascade option to undistribute all the relations involved in a foreign key relationship with %s by executing SELECT undistribute_table($$%s$$, cascade_via_foreign_keys=>true)',
        pgmesh.qualified(table_name), pgmesh.qualified(table_name));
  END IF;
  WHILE tied <> '{}' LOOP
    pending := pending || tied;
    tied := ARRAY(SELECT DISTINCT t FROM unnest(tied) AS p, pgmesh.tied_tables(p) AS t WHERE t <> ALL (pending));
  END LOOP;
  WHILE pending <> '{}' LOOP
    -- one that points to no other of them; where they point in a circle, any
    SELECT p INTO next_table FROM unnest(pending) AS p
    ORDER BY EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = p
                       AND k.confrelid <> p AND k.confrelid = ANY (pending)), p
    LIMIT 1;
    PERFORM pgmesh.require_owner(next_table);
    PERFORM pgmesh.make_local(next_table);
    pending := array_remove(pending, next_table);
  END LOOP;
  PERFORM pgmesh.share_catalog();
END
$body$;

-- What must go before DROP TABLE can: the child of a shell, and the catalog's rows. The caller drops
-- the shards.
CREATE OR REPLACE FUNCTION pgmesh.before_drop(VARIADIC relations oid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  part pg_dist_partition;
BEGIN
  FOR part IN SELECT * FROM pg_dist_partition WHERE logicalrelid = ANY (relations) LOOP
    PERFORM pgmesh.require_owner(part.logicalrelid);
    IF part.repmodel = 't' THEN
      PERFORM pgmesh.leave_replication(part.logicalrelid);
    ELSE
      PERFORM pgmesh.detach_shell(part.logicalrelid);
    END IF;
    PERFORM pgmesh.forget_tables(ARRAY[part.logicalrelid::oid]);
  END LOOP;
END
$$;
