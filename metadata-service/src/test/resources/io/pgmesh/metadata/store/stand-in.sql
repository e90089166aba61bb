-- Stands in for the mesh's wire endpoint: a server whose pgmesh.worker_call runs the commands over
-- dblink. Unlike the mesh it commits each at once.
CREATE EXTENSION IF NOT EXISTS dblink;
CREATE SCHEMA IF NOT EXISTS pgmesh;
CREATE TABLE IF NOT EXISTS pgmesh.worker_call (servers text[], commands text[], mode text, result text);
CREATE OR REPLACE FUNCTION pgmesh.run_calls() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $f$
DECLARE answers jsonb := '[]'; i int; r text; conn text; ok boolean;
BEGIN
  IF NEW.mode = 'catalog' THEN
    NEW.result := '[]';
    RETURN NEW;
  END IF;
  FOR i IN 1 .. cardinality(NEW.servers) LOOP
    conn := format('host=%s port=%s dbname=postgres user=postgres', split_part(NEW.servers[i], ':', 1), split_part(NEW.servers[i], ':', 2));
    BEGIN
      r := NULL; ok := true;
      PERFORM dblink_connect('w', conn);
      BEGIN
        IF NEW.commands[i] ~* '^\s*(select|with)' THEN
          SELECT * INTO r FROM dblink('w', format('select (json_each_text(row_to_json(q))).value from (%s) q limit 1', rtrim(NEW.commands[i], '; '))) AS t(v text);
        ELSE
          r := dblink_exec('w', NEW.commands[i]);
        END IF;
        PERFORM dblink_disconnect('w');
      EXCEPTION WHEN OTHERS THEN
        PERFORM dblink_disconnect('w');
        RAISE;
      END;
    EXCEPTION WHEN OTHERS THEN
      IF NEW.mode <> 'report' THEN RAISE; END IF;
      ok := false; r := 'ERROR: ' || SQLERRM;
    END;
    answers := answers || jsonb_build_object('server', NEW.servers[i], 'success', ok, 'result', r);
  END LOOP;
  NEW.result := answers::text;
  RETURN NEW;
END $f$;
DROP TRIGGER IF EXISTS run ON pgmesh.worker_call;
CREATE TRIGGER run BEFORE INSERT ON pgmesh.worker_call FOR EACH ROW EXECUTE FUNCTION pgmesh.run_calls();
DO $$ BEGIN CREATE ROLE pgmesh_loopback LOGIN SUPERUSER PASSWORD 'x'; EXCEPTION WHEN duplicate_object THEN END $$;
