-- Schemas. @catalog@ is the schema of what clients see: pg_catalog where the installing role is a
-- superuser, else citus.

CREATE SCHEMA IF NOT EXISTS citus;
CREATE SCHEMA IF NOT EXISTS pgmesh;
CREATE SCHEMA IF NOT EXISTS pgmesh_remote;
COMMENT ON SCHEMA citus IS 'pgmesh: types and objects that clients see';
COMMENT ON SCHEMA pgmesh IS 'pgmesh: private objects of the mesh';
COMMENT ON SCHEMA pgmesh_remote IS 'pgmesh: how the coordinator database reads distributed tables';
GRANT USAGE ON SCHEMA citus, pgmesh, pgmesh_remote TO PUBLIC;

-- Grows with every change that routers and executors must hear of.
CREATE SEQUENCE IF NOT EXISTS pgmesh.epoch;
GRANT SELECT ON SEQUENCE pgmesh.epoch TO PUBLIC;

CREATE OR REPLACE FUNCTION pgmesh.catalog_schema() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT '@catalog@' $$;
COMMENT ON FUNCTION pgmesh.catalog_schema() IS 'schema of the catalog tables and API functions';

-- Without superuser rights the catalog is found through the search path.
DO $$
DECLARE
  path text := (SELECT split_part(setting, '=', 2)
                FROM pg_db_role_setting s, unnest(s.setconfig) AS setting
                WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND s.setrole = 0 AND setting LIKE 'search_path=%');
BEGIN
  IF '@catalog@' = 'pg_catalog' OR path ~ '\mcitus\M' THEN
    RETURN;
  END IF;
  EXECUTE format('ALTER DATABASE %I SET search_path = %s, citus', current_database(),
    coalesce(nullif(path, ''), '"$user", public'));
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'cannot add schema citus to the search path of database "%": add it by hand', current_database();
END
$$;

-- One row: which version of these files ran last.
CREATE TABLE IF NOT EXISTS pgmesh.installed (
  version text NOT NULL,
  installed_at timestamptz NOT NULL DEFAULT now()
);
