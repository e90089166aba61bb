-- What the mesh keeps on a worker: how far its replicas are, and how a client's transaction changes
-- them. Idempotent.
SELECT pg_advisory_xact_lock(1885826419, 4);
CREATE SCHEMA IF NOT EXISTS pgmesh;
GRANT USAGE ON SCHEMA pgmesh TO PUBLIC;

CREATE TABLE IF NOT EXISTS pgmesh.applied (
  mesh uuid, groupid integer, position bigint NOT NULL, next_offset bigint NOT NULL,
  PRIMARY KEY (mesh, groupid)
);

-- Read by executors as the mesh's own role. No client can, so no client can make a token.
CREATE TABLE IF NOT EXISTS pgmesh.replica_secret (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  secret text NOT NULL DEFAULT gen_random_uuid()::text || gen_random_uuid()::text
);
INSERT INTO pgmesh.replica_secret DEFAULT VALUES ON CONFLICT DO NOTHING;

-- Repeats changes of a reference table inside a client's transaction, with the mesh's rights: the
-- client's own may be fewer than those of the triggers and functions that made them. Answers how many
-- rows it found. Settings as pgmesh.record_change has them.
CREATE OR REPLACE FUNCTION pgmesh.write_replica(
  token text, statement text, images text[], images_at_once integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'postgres'
SET timezone = 'UTC'
SET bytea_output = 'hex'
SET extra_float_digits = 3
SET lc_monetary = 'C'
SET array_nulls = on
SET xmloption = content
SET quote_all_identifiers = off
AS $$
DECLARE
  expected text := (
    SELECT encode(sha256(convert_to(concat_ws(E'\n',
      secret, pg_backend_pid(), statement, array_to_string(images, ',')), 'UTF8')), 'hex')
    FROM pgmesh.replica_secret);
  found_rows bigint := 0;
  count_rows bigint;
BEGIN
  IF token IS DISTINCT FROM expected THEN
    RAISE insufficient_privilege USING MESSAGE = 'only the mesh itself may write replicas';
  ELSIF images_at_once = 0 THEN
    EXECUTE statement USING images;
    GET DIAGNOSTICS found_rows = ROW_COUNT;
    RETURN found_rows;
  END IF;
  FOR i IN 1 .. cardinality(images) BY images_at_once LOOP
    EXECUTE statement USING images[i], CASE WHEN images_at_once > 1 THEN images[i + 1] END;
    GET DIAGNOSTICS count_rows = ROW_COUNT;
    found_rows := found_rows + count_rows;
  END LOOP;
  RETURN found_rows;
END
$$;
