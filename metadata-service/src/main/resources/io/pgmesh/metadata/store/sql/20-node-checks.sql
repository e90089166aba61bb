-- What is asked of a server before anything is changed there.

-- A question whose answer tells running databases apart, whatever name or port leads to them, and
-- whether the database holds the catalog of a mesh. pg_control_system() would not do: a server that
-- was made from another's files has the same identifier, and not every service lets everybody call it.
CREATE OR REPLACE FUNCTION pgmesh.identity_question() RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT $question$SELECT pg_catalog.jsonb_build_object(
    'database', pg_catalog.concat_ws(' ',
      pg_catalog.to_char(pg_catalog.timezone('UTC', pg_catalog.pg_postmaster_start_time()),
        'YYYY-MM-DD HH24:MI:SS.US'),
      pg_catalog.current_setting('port'), pg_catalog.current_database()),
    'has_catalog', pg_catalog.to_regproc('pgmesh.catalog_schema') IS NOT NULL)::text$question$
$$;

-- Fails unless the server can be a worker: neither the coordinator database nor the mesh itself nor
-- one of the other nodes. The answers come outside of the transaction, so that a server that is
-- refused takes no part in it. Nodes that cannot be reached cannot be compared.
CREATE OR REPLACE FUNCTION pgmesh.require_own_server(candidate text) RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  servers text[] := candidate || ARRAY(
    SELECT w.server FROM pgmesh.workers(active_only => false) w WHERE w.server <> candidate);
  answers jsonb := pgmesh.call_workers(servers,
    array_fill(pgmesh.identity_question(), ARRAY[cardinality(servers)]), 'report');
  found_identity jsonb;
  own_identity jsonb;
  twin text;
BEGIN
  IF NOT (answers -> 0 ->> 'success')::boolean THEN
    RAISE connection_failure USING
      MESSAGE = regexp_replace(answers -> 0 ->> 'result', '^ERROR:\s*', '');
  END IF;
  found_identity := (answers -> 0 ->> 'result')::jsonb;
  EXECUTE pgmesh.identity_question() INTO own_identity;
  IF found_identity = own_identity THEN
    RAISE invalid_parameter_value USING
      MESSAGE = format('%s leads to the coordinator database, which cannot be a worker', candidate),
      HINT = 'Give the address of another server: not the coordinator database''s, nor the one that clients of the mesh connect to.';
  ELSIF (found_identity ->> 'has_catalog')::boolean THEN
    RAISE invalid_parameter_value USING
      MESSAGE = format('%s leads to the coordinator database of another mesh, which cannot be a worker', candidate);
  END IF;
  SELECT a.answer ->> 'server' INTO twin
  FROM jsonb_array_elements(answers) WITH ORDINALITY AS a (answer, number)
  WHERE a.number > 1 AND (a.answer ->> 'success')::boolean
    AND (a.answer ->> 'result')::jsonb = found_identity
  LIMIT 1;
  IF twin IS NOT NULL THEN
    RAISE duplicate_object USING
      MESSAGE = format('%s is the same database as node %s', candidate, twin),
      HINT = 'citus_update_node changes the address of a node.';
  END IF;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.require_own_server FROM PUBLIC;

-- The comment on a replica: by it the mesh knows which tables it made and may drop.
CREATE OR REPLACE FUNCTION pgmesh.replica_mark() RETURNS text
LANGUAGE sql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT 'pgmesh: replica of a reference table, made by mesh ' || (metadata ->> 'server_id')
  FROM pg_dist_node_metadata
$$;

-- Fails if servers have relations of these names that this mesh did not make there.
CREATE OR REPLACE FUNCTION pgmesh.refuse_foreign_tables(relations regclass[], servers text[])
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  question text := format(
    'SELECT pg_catalog.string_agg(name, '', '') FROM pg_catalog.unnest(%L::pg_catalog.text[]) AS name
     WHERE pg_catalog.to_regclass(name) IS NOT NULL AND pg_catalog.obj_description(
       pg_catalog.to_regclass(name), ''pg_class'') IS DISTINCT FROM %L',
    ARRAY(SELECT pgmesh.qualified(r) FROM unnest(relations) AS r), pgmesh.replica_mark());
  answer jsonb;
BEGIN
  IF relations = '{}' THEN
    RETURN;
  END IF;
  FOR answer IN SELECT jsonb_array_elements(pgmesh.call_workers(
    servers, array_fill(question, ARRAY[cardinality(servers)]), 'ddl'))
  LOOP
    IF answer ->> 'result' <> '' THEN
      RAISE duplicate_table USING
        MESSAGE = format('%s exists on %s and was not made by this mesh', answer ->> 'result', answer ->> 'server'),
        DETAIL = 'A reference table of the mesh needs the name there for its replica.',
        HINT = 'Connect to that server, rename what is there or drop it, and try again.';
    END IF;
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.refuse_foreign_tables FROM PUBLIC;
