-- Commands that a client sends to servers by hand.

-- Every answer of pgmesh.call_workers as a row, in the order of the calls.
CREATE OR REPLACE FUNCTION pgmesh.ask_workers(servers text[], commands text[])
RETURNS TABLE (number bigint, success boolean, result text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT e.number, (e.answer ->> 'success')::boolean, coalesce(e.answer ->> 'result', '')
  FROM jsonb_array_elements(pgmesh.call_workers(servers, commands, 'report'))
    WITH ORDINALITY AS e (answer, number)
$$;

CREATE OR REPLACE FUNCTION @catalog@.run_command_on_workers(
  command text, parallel boolean DEFAULT true,
  OUT nodename text, OUT nodeport integer, OUT success boolean, OUT result text)
RETURNS SETOF record
LANGUAGE sql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  WITH worker AS (
    SELECT w.nodename, w.nodeport, w.server, row_number() OVER () AS number FROM pgmesh.workers() w),
  asked AS MATERIALIZED (
    SELECT array_agg(server ORDER BY number) AS servers,
      array_fill(command, ARRAY[count(*)::integer]) AS commands FROM worker)
  SELECT worker.nodename, worker.nodeport, answer.success, answer.result
  FROM asked, pgmesh.ask_workers(asked.servers, asked.commands) AS answer
  JOIN worker USING (number)
  ORDER BY number
$$;

-- Runs here, as the caller; the answer is the first column of the first row.
CREATE OR REPLACE FUNCTION pgmesh.run_here(command text, OUT success boolean, OUT result text)
LANGUAGE plpgsql AS $$
DECLARE
  answer record;
  field text;
BEGIN
  success := true;
  BEGIN
    FOR answer IN EXECUTE command LOOP
      SELECT value INTO field FROM pg_catalog.json_each_text(pg_catalog.row_to_json(answer)) LIMIT 1;
      result := coalesce(field, '');
      RETURN;
    END LOOP;
    result := '';
  EXCEPTION
    WHEN syntax_error OR invalid_cursor_definition OR feature_not_supported THEN
      EXECUTE command; -- a command without rows
      result := '';
  END;
EXCEPTION WHEN OTHERS THEN
  success := false;
  result := 'ERROR: ' || SQLERRM;
END
$$;

CREATE OR REPLACE FUNCTION @catalog@.run_command_on_coordinator(
  command text, give_warning_for_connection_errors boolean DEFAULT false,
  OUT nodeid integer, OUT success boolean, OUT result text)
RETURNS SETOF record
LANGUAGE sql AS $$
  SELECT @catalog@.citus_coordinator_nodeid(), here.success, here.result
  FROM pgmesh.run_here(command) AS here
$$;

CREATE OR REPLACE FUNCTION @catalog@.run_command_on_all_nodes(
  command text, parallel boolean DEFAULT true, give_warning_for_connection_errors boolean DEFAULT false,
  OUT nodeid integer, OUT success boolean, OUT result text)
RETURNS SETOF record
LANGUAGE sql AS $$
  SELECT here.nodeid, here.success, here.result
  FROM @catalog@.run_command_on_coordinator(command) AS here
  WHERE here.nodeid IS NOT NULL
  UNION ALL
  SELECT n.nodeid, w.success, w.result
  FROM @catalog@.run_command_on_workers(command, parallel) AS w
  JOIN @catalog@.pg_dist_node n ON n.nodename = w.nodename AND n.nodeport = w.nodeport
$$;

CREATE OR REPLACE FUNCTION @catalog@.run_command_on_placements(
  table_name regclass, command text, parallel boolean DEFAULT true,
  OUT nodename text, OUT nodeport integer, OUT shardid bigint, OUT success boolean, OUT result text)
RETURNS SETOF record
LANGUAGE sql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  WITH placement AS (
    SELECT w.nodename, w.nodeport, w.server, p.shardid,
      replace(command, '%s', pgmesh.shard_relation(p.logicalrelid,
        CASE WHEN p.repmodel = 't' THEN NULL ELSE p.shardid END)) AS command,
      row_number() OVER (ORDER BY p.shardid, w.nodeid) AS number
    FROM (SELECT * FROM pg_dist_placement JOIN pg_dist_shard USING (shardid)
          JOIN pg_dist_partition USING (logicalrelid)) p
    JOIN pgmesh.workers() w USING (groupid)
    WHERE p.logicalrelid = table_name),
  asked AS MATERIALIZED (
    SELECT array_agg(server ORDER BY number) AS servers,
      array_agg(placement.command ORDER BY number) AS commands FROM placement)
  SELECT placement.nodename, placement.nodeport, placement.shardid, answer.success, answer.result
  FROM asked, pgmesh.ask_workers(asked.servers, asked.commands) AS answer
  JOIN placement USING (number)
  ORDER BY number
$$;

CREATE OR REPLACE FUNCTION @catalog@.run_command_on_shards(
  table_name regclass, command text, parallel boolean DEFAULT true,
  OUT shardid bigint, OUT success boolean, OUT result text)
RETURNS SETOF record
LANGUAGE sql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT DISTINCT ON (p.shardid) p.shardid, p.success, p.result
  FROM run_command_on_placements(table_name, command, parallel) AS p
  ORDER BY p.shardid, p.success
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_check_cluster_node_health(
  OUT from_nodename text, OUT from_nodeport integer, OUT to_nodename text, OUT to_nodeport integer,
  OUT result boolean)
RETURNS SETOF record
LANGUAGE sql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT c.nodename, c.nodeport, w.nodename, w.nodeport, w.success
  FROM run_command_on_workers('SELECT 1') AS w
  LEFT JOIN pg_dist_node c ON c.groupid = 0
$$;

CREATE OR REPLACE FUNCTION @catalog@.citus_check_connection_to_node(
  nodename text, nodeport integer DEFAULT 5432)
RETURNS boolean
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.success FROM pgmesh.ask_workers(ARRAY[nodename || ':' || nodeport], ARRAY['SELECT 1']) AS a
$$;
