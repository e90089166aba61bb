-- Reads all rows of the cursors that the transaction has declared, before it changes what they read. Where a
-- cursor stands stays as it was. Cursors that lock rows cannot scroll, and see rows as they are.
CREATE OR REPLACE FUNCTION pgmesh.read_cursors() RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  declared refcursor;
  on_row bigint;
  ahead bigint;
BEGIN
  FOR declared IN
    SELECT c.name FROM pg_cursors c
    WHERE c.is_scrollable AND c.creation_time >= transaction_timestamp()
  LOOP
    MOVE RELATIVE 0 FROM declared;
    GET DIAGNOSTICS on_row = ROW_COUNT;
    MOVE FORWARD ALL FROM declared;
    GET DIAGNOSTICS ahead = ROW_COUNT;
    IF on_row + ahead > 0 THEN -- else it stood behind the last row, as it does now
      MOVE BACKWARD (ahead + 1) FROM declared;
    END IF;
  END LOOP;
END $$;
