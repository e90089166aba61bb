-- Nodes: the coordinator database is group 0, every worker has a group of its own.

-- The workers of a mesh that sets itself up, by their positions in its configuration.
CREATE TABLE IF NOT EXISTS pgmesh.first_worker (
  "position" integer PRIMARY KEY,
  groupid integer NOT NULL
);

-- For a mesh that sets itself up: enters the coordinator, changes the addresses of the workers that
-- were added before, and answers the positions of the others.
CREATE OR REPLACE FUNCTION pgmesh.place_nodes(
  coordinator_host text, coordinator_port integer, hosts text[], ports integer[])
RETURNS SETOF integer
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
BEGIN
  PERFORM citus_set_coordinator_host(coordinator_host, coordinator_port);
  UPDATE pg_dist_node n SET nodename = hosts[f."position"], nodeport = ports[f."position"]
  FROM pgmesh.first_worker f
  WHERE n.groupid = f.groupid AND f."position" <= cardinality(hosts)
    AND (n.nodename, n.nodeport) IS DISTINCT FROM (hosts[f."position"], ports[f."position"]);
  RETURN QUERY
    SELECT i FROM generate_series(1, cardinality(hosts)) AS i
    WHERE NOT EXISTS (SELECT FROM pgmesh.first_worker f WHERE f."position" = i) ORDER BY i;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.place_nodes FROM PUBLIC;

CREATE OR REPLACE FUNCTION pgmesh.add_first_worker(worker_position integer, host text, port integer)
RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  node integer := citus_add_node(host, port);
BEGIN
  INSERT INTO pgmesh.first_worker
  SELECT worker_position, n.groupid FROM pg_dist_node n WHERE n.nodeid = node
  ON CONFLICT DO NOTHING; -- a service that was active before may be at it still
END
$$;
REVOKE ALL ON FUNCTION pgmesh.add_first_worker FROM PUBLIC;

CREATE OR REPLACE FUNCTION @catalog@.citus_set_coordinator_host(
  host text, port integer DEFAULT current_setting('port')::integer,
  node_role @catalog@.noderole DEFAULT 'primary', node_cluster name DEFAULT 'default')
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgmesh.require_administrator();
  UPDATE pg_dist_node SET nodename = host, nodeport = port
  WHERE groupid = 0 AND (nodename, nodeport) IS DISTINCT FROM (host, port);
  IF NOT EXISTS (SELECT FROM pg_dist_node WHERE groupid = 0) THEN
    INSERT INTO pg_dist_node
      (groupid, nodename, nodeport, hasmetadata, metadatasynced, noderole, nodecluster, shouldhaveshards)
    VALUES (0, host, port, true, true, node_role, node_cluster, false);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_add_node(
  nodename text, nodeport integer, groupid integer DEFAULT -1,
  noderole @catalog@.noderole DEFAULT 'primary', nodecluster name DEFAULT 'default')
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  node pg_dist_node;
BEGIN
  PERFORM pgmesh.require_administrator();
  IF citus_add_node.noderole <> 'primary' THEN
    RAISE feature_not_supported USING MESSAGE = 'nodes that are not primary are not supported yet';
  END IF;
  LOCK TABLE pg_dist_node IN SHARE ROW EXCLUSIVE MODE;
  SELECT * INTO node FROM pg_dist_node n
  WHERE n.nodename = citus_add_node.nodename AND n.nodeport = citus_add_node.nodeport;
  IF FOUND AND node.isactive THEN
    RETURN node.nodeid;
  ELSIF FOUND THEN
    RETURN citus_activate_node(node.nodename, node.nodeport);
  END IF;
  IF citus_add_node.groupid = 0 THEN
    PERFORM citus_set_coordinator_host(citus_add_node.nodename, citus_add_node.nodeport);
    RETURN (SELECT n.nodeid FROM pg_dist_node n WHERE n.groupid = 0);
  END IF;
  INSERT INTO pg_dist_node AS n (groupid, nodename, nodeport, hasmetadata, metadatasynced, nodecluster)
  VALUES (
    CASE WHEN citus_add_node.groupid > 0 THEN citus_add_node.groupid ELSE nextval('pg_dist_groupid_seq') END,
    citus_add_node.nodename, citus_add_node.nodeport, true, true, citus_add_node.nodecluster)
  RETURNING * INTO node;
  PERFORM pgmesh.furnish_node(node.groupid, node.nodename || ':' || node.nodeport);
  RETURN node.nodeid;
END
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_add_inactive_node(
  nodename text, nodeport integer, groupid integer DEFAULT -1,
  noderole @catalog@.noderole DEFAULT 'primary', nodecluster name DEFAULT 'default')
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  id integer;
BEGIN
  PERFORM pgmesh.require_administrator();
  INSERT INTO pg_dist_node AS n (groupid, nodename, nodeport, isactive, nodecluster)
  VALUES (
    CASE WHEN citus_add_inactive_node.groupid > 0 THEN citus_add_inactive_node.groupid
      ELSE nextval('pg_dist_groupid_seq') END,
    citus_add_inactive_node.nodename, citus_add_inactive_node.nodeport, false,
    citus_add_inactive_node.nodecluster)
  RETURNING n.nodeid INTO id;
  RETURN id;
END
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_activate_node(nodename text, nodeport integer)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  node pg_dist_node := pgmesh.node_at(nodename, nodeport);
BEGIN
  PERFORM pgmesh.require_administrator();
  IF NOT node.isactive THEN
    UPDATE pg_dist_node n SET isactive = true, hasmetadata = true, metadatasynced = true
    WHERE n.nodeid = node.nodeid;
    PERFORM pgmesh.furnish_node(node.groupid, node.nodename || ':' || node.nodeport);
  END IF;
  RETURN node.nodeid;
END
$$;

-- Makes a worker able to take shards: global objects, then replicas of the reference tables, those
-- that others point to first. Replicas that an earlier membership left behind are dropped, other
-- tables are not.
CREATE OR REPLACE FUNCTION pgmesh.furnish_node(group_id integer, server text) RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  pending regclass[] := ARRAY(
    SELECT p.logicalrelid FROM pg_dist_partition p
    WHERE p.repmodel = 't' AND EXISTS (SELECT FROM pg_class c WHERE c.oid = p.logicalrelid));
  leftovers text := (SELECT string_agg(pgmesh.qualified(p), ', ') FROM unnest(pending) AS p);
  next_table regclass;
BEGIN
  PERFORM pgmesh.require_own_server(server);
  PERFORM pgmesh.refuse_foreign_tables(pending, ARRAY[server]);
  PERFORM pgmesh.call_workers(ARRAY[server], ARRAY[
    pgmesh.global_objects_ddl() || coalesce(E';\nDROP TABLE IF EXISTS ' || leftovers, '')], 'ddl');
  WHILE pending <> '{}' LOOP
    SELECT p INTO next_table FROM unnest(pending) AS p
    ORDER BY EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = p
                       AND k.confrelid <> p AND k.confrelid = ANY (pending)), p
    LIMIT 1;
    PERFORM pgmesh.seed_replicas(next_table, ARRAY[group_id], ARRAY[server]);
    pending := array_remove(pending, next_table);
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.furnish_node FROM PUBLIC;

CREATE OR REPLACE FUNCTION pgmesh.node_at(host text, port integer) RETURNS @catalog@.pg_dist_node
LANGUAGE plpgsql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  node pg_dist_node;
BEGIN
  SELECT * INTO node FROM pg_dist_node n WHERE n.nodename = host AND n.nodeport = port;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING MESSAGE = format('node at "%s:%s" does not exist', host, port);
  END IF;
  RETURN node;
END
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_remove_node(nodename text, nodeport integer)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  node pg_dist_node := pgmesh.node_at(nodename, nodeport);
BEGIN
  PERFORM pgmesh.require_administrator();
  IF EXISTS (SELECT FROM pg_dist_placement p JOIN pg_dist_shard s USING (shardid)
             JOIN pg_dist_partition t USING (logicalrelid)
             WHERE p.groupid = node.groupid AND t.repmodel <> 't') THEN
    RAISE object_not_in_prerequisite_state USING
      MESSAGE = 'cannot remove or disable the node ' || nodename || ':' || nodeport ||
        ' because because it contains the only shard placement for shard ' || (
        SELECT min(p.shardid) FROM pg_dist_placement p JOIN pg_dist_shard s USING (shardid)
        JOIN pg_dist_partition t USING (logicalrelid)
        WHERE p.groupid = node.groupid AND t.repmodel <> 't'),
      HINT = 'To proceed, either drop the distributed tables or use undistribute_table() function to convert them to local tables';
  END IF;
  DELETE FROM pg_dist_placement p WHERE p.groupid = node.groupid;
  DELETE FROM pg_dist_node n WHERE n.nodeid = node.nodeid;
  IF to_regprocedure('pgmesh.unregister_worker(integer)') IS NOT NULL THEN
    PERFORM pgmesh.unregister_worker(node.groupid);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_disable_node(
  nodename text, nodeport integer, synchronous boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  node pg_dist_node := pgmesh.node_at(nodename, nodeport);
BEGIN
  PERFORM pgmesh.require_administrator();
  DELETE FROM pg_dist_placement p USING pg_dist_shard s, pg_dist_partition t
  WHERE p.groupid = node.groupid AND s.shardid = p.shardid AND t.logicalrelid = s.logicalrelid
    AND t.repmodel = 't';
  UPDATE pg_dist_node n SET isactive = false, hasmetadata = false, metadatasynced = false
  WHERE n.nodeid = node.nodeid;
  IF to_regprocedure('pgmesh.unregister_worker(integer)') IS NOT NULL THEN
    PERFORM pgmesh.unregister_worker(node.groupid);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_update_node(
  node_id integer, new_node_name text, new_node_port integer,
  force boolean DEFAULT false, lock_cooldown integer DEFAULT 10000)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgmesh.require_administrator();
  UPDATE pg_dist_node SET nodename = new_node_name, nodeport = new_node_port WHERE nodeid = node_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING MESSAGE = format('could not find valid entry for node "%s:%s"', new_node_name, new_node_port);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_set_node_property(
  nodename text, nodeport integer, property text, value boolean)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  node pg_dist_node := pgmesh.node_at(nodename, nodeport);
BEGIN
  PERFORM pgmesh.require_administrator();
  IF property <> 'shouldhaveshards' THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value',
      MESSAGE = 'only the ''shouldhaveshards'' property can be set using this function';
  END IF;
  IF node.groupid = 0 AND value THEN
    RAISE feature_not_supported USING MESSAGE = 'the coordinator database cannot have shards';
  END IF;
  UPDATE pg_dist_node n SET shouldhaveshards = value WHERE n.nodeid = node.nodeid;
END
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_get_active_worker_nodes(OUT node_name text, OUT node_port bigint)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT nodename, nodeport::bigint FROM pgmesh.workers()
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_is_coordinator() RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT true $$;

CREATE OR REPLACE FUNCTION @catalog@.citus_is_primary_node() RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT NOT pg_catalog.pg_is_in_recovery() $$;

CREATE OR REPLACE FUNCTION @catalog@.citus_coordinator_nodeid() RETURNS integer
LANGUAGE sql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT nodeid FROM pg_dist_node WHERE groupid = 0
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_nodename_for_nodeid(nodeid integer) RETURNS text
LANGUAGE sql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT n.nodename FROM pg_dist_node n WHERE n.nodeid = $1
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_nodeport_for_nodeid(nodeid integer) RETURNS integer
LANGUAGE sql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT n.nodeport FROM pg_dist_node n WHERE n.nodeid = $1
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_version() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'pgmesh 0.1.0 (Citus 13.2.2 SQL API) on ' || version()
$$;

-- Names that older clients use.
CREATE OR REPLACE FUNCTION @catalog@.master_add_node(
  nodename text, nodeport integer, groupid integer DEFAULT -1,
  noderole @catalog@.noderole DEFAULT 'primary', nodecluster name DEFAULT 'default')
RETURNS integer
LANGUAGE sql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT citus_add_node($1, $2, $3, $4, $5)
$$;

CREATE OR REPLACE FUNCTION @catalog@.master_remove_node(nodename text, nodeport integer)
RETURNS void
LANGUAGE sql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT citus_remove_node($1, $2)
$$;

CREATE OR REPLACE FUNCTION @catalog@.master_get_active_worker_nodes(OUT node_name text, OUT node_port bigint)
RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT nodename, nodeport::bigint FROM pgmesh.workers()
$$;
