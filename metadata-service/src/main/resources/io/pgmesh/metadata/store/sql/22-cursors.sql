-- Names are qualified in all of these: the cursors' queries run under the session's own search path.

-- Cursors that the transaction has declared over shards.
CREATE OR REPLACE FUNCTION pgmesh.kept_cursors() RETURNS TABLE (name text, is_holdable boolean)
LANGUAGE sql VOLATILE AS $$
  SELECT c.name, c.is_holdable FROM pg_catalog.pg_cursors c
  WHERE pg_catalog.strpos(c.statement, 'WITH pgmesh_rows AS MATERIALIZED') OPERATOR(pg_catalog.>) 0
    AND c.creation_time OPERATOR(pg_catalog.>=) pg_catalog.transaction_timestamp()
$$;

-- Begins to read cursors over shards that have just been declared: what they see is what is there now.
CREATE OR REPLACE FUNCTION pgmesh.start_cursors() RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  declared pg_catalog.refcursor;
  moved bigint;
BEGIN
  FOR declared IN
    SELECT c.name FROM pgmesh.kept_cursors() c
  LOOP
    MOVE RELATIVE 0 FROM declared;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved OPERATOR(pg_catalog.=) 0 THEN -- before the first row or behind the last
      MOVE FORWARD 1 FROM declared;
      GET DIAGNOSTICS moved = ROW_COUNT;
      IF moved OPERATOR(pg_catalog.=) 1 THEN
        MOVE BACKWARD 1 FROM declared;
      END IF;
    END IF;
  END LOOP;
END $$;

-- Reads all rows of the cursors that the transaction has declared over shards, before it changes what they
-- read. Where a cursor stands stays as it was.
CREATE OR REPLACE FUNCTION pgmesh.read_cursors(held_only boolean) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  declared pg_catalog.refcursor;
  on_row bigint;
  ahead bigint;
BEGIN
  FOR declared IN
    SELECT c.name FROM pgmesh.kept_cursors() c WHERE c.is_holdable OR NOT held_only
  LOOP
    MOVE RELATIVE 0 FROM declared;
    GET DIAGNOSTICS on_row = ROW_COUNT;
    MOVE FORWARD ALL FROM declared;
    GET DIAGNOSTICS ahead = ROW_COUNT;
    IF on_row OPERATOR(pg_catalog.+) ahead OPERATOR(pg_catalog.>) 0 THEN -- else it stood behind the last row, as it does now
      MOVE BACKWARD (ahead OPERATOR(pg_catalog.+) 1) FROM declared;
    END IF;
  END LOOP;
END $$;
