-- How functions of this database speak to the mesh: its own Postgres-wire endpoint as a server.

CREATE EXTENSION IF NOT EXISTS postgres_fdw;

-- Makes the server, or moves it to where the endpoint listens now.
CREATE OR REPLACE FUNCTION pgmesh.configure_loopback(endpoint_host text, endpoint_port integer, secret text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
DECLARE
  wanted text[] := ARRAY['host', endpoint_host, 'port', endpoint_port::text,
    'dbname', current_database()::text, 'application_name', 'pgmesh:%p', 'gssencmode', 'disable',
    'connect_timeout', '10', 'fetch_size', '1000', 'batch_size', '500',
    -- the mesh answers that a scan in order is not to be had, so that no order is asked of it
    'use_remote_estimate', 'true'];
  mapping text[] := ARRAY['user', 'pgmesh_loopback', 'password', secret];
  present text[];
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    mapping := mapping || ARRAY['password_required', 'false'];
  END IF;
  IF NOT EXISTS (SELECT FROM pg_foreign_server WHERE srvname = 'pgmesh') THEN
    EXECUTE 'CREATE SERVER pgmesh FOREIGN DATA WRAPPER postgres_fdw';
  END IF;
  present := (SELECT srvoptions FROM pg_foreign_server WHERE srvname = 'pgmesh');
  PERFORM pgmesh.set_options('ALTER SERVER pgmesh', present, wanted);
  IF NOT EXISTS (SELECT FROM pg_user_mappings WHERE srvname = 'pgmesh' AND umuser = 0) THEN
    EXECUTE 'CREATE USER MAPPING FOR PUBLIC SERVER pgmesh';
  END IF;
  present := (SELECT umoptions FROM pg_user_mappings WHERE srvname = 'pgmesh' AND umuser = 0);
  PERFORM pgmesh.set_options('ALTER USER MAPPING FOR PUBLIC SERVER pgmesh', present, mapping);
  CREATE FOREIGN TABLE IF NOT EXISTS pgmesh.worker_call (
    servers text[], commands text[], mode text, result text
  ) SERVER pgmesh OPTIONS (schema_name 'pgmesh', table_name 'worker_call');
END
$$;
REVOKE ALL ON FUNCTION pgmesh.configure_loopback FROM PUBLIC;

-- Sets the options that differ: every ALTER makes sessions connect anew.
CREATE OR REPLACE FUNCTION pgmesh.set_options(command text, present text[], wanted text[])
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  changes text[] := '{}';
BEGIN
  FOR i IN 1 .. cardinality(wanted) BY 2 LOOP
    IF (wanted[i] || '=' || wanted[i + 1]) = ANY (present) THEN
      CONTINUE;
    END IF;
    changes := changes || format('%s %I %L',
      CASE WHEN EXISTS (SELECT FROM unnest(present) o WHERE starts_with(o, wanted[i] || '='))
        THEN 'SET' ELSE 'ADD' END, wanted[i], wanted[i + 1]);
  END LOOP;
  IF changes <> '{}' THEN
    EXECUTE command || ' OPTIONS (' || array_to_string(changes, ', ') || ')';
  END IF;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.set_options FROM PUBLIC;

-- Runs commands[i] on servers[i] ('host:port'). Modes: 'ddl', 'replicas' (which first waits for the
-- replicas of reference tables to catch up) and 'write' belong to the calling transaction, 'report' does
-- not and tells errors in the answer.
CREATE OR REPLACE FUNCTION pgmesh.call_workers(servers text[], commands text[], mode text)
RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  answer text;
BEGIN
  IF coalesce(cardinality(servers), 0) = 0 THEN
    RETURN '[]';
  END IF;
  INSERT INTO pgmesh.worker_call AS w (servers, commands, mode)
  VALUES (call_workers.servers, call_workers.commands, call_workers.mode)
  RETURNING w.result INTO answer;
  RETURN answer::jsonb;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.call_workers FROM PUBLIC;
