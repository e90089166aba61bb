-- Types of the catalog and of the API's arguments.
DO $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN
    SELECT * FROM (VALUES
      ('citus', 'distribution_type', ARRAY['hash', 'range', 'append']),
      ('citus', 'shard_transfer_mode', ARRAY['auto', 'force_logical', 'block_writes']),
      ('@catalog@', 'citus_copy_format', ARRAY['csv', 'binary', 'text']),
      ('@catalog@', 'citus_job_status', ARRAY['scheduled', 'running', 'finished', 'cancelling',
        'cancelled', 'failing', 'failed']),
      ('@catalog@', 'citus_task_status', ARRAY['blocked', 'runnable', 'running', 'done',
        'cancelling', 'error', 'unscheduled', 'cancelled']),
      ('@catalog@', 'noderole', ARRAY['primary', 'secondary', 'unavailable'])
    ) AS types (schema_name, type_name, labels)
  LOOP
    IF NOT EXISTS (SELECT FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                   WHERE n.nspname = wanted.schema_name AND t.typname = wanted.type_name) THEN
      EXECUTE format('CREATE TYPE %I.%I AS ENUM (%s)', wanted.schema_name, wanted.type_name,
        (SELECT string_agg(quote_literal(label), ', ' ORDER BY position)
         FROM unnest(wanted.labels) WITH ORDINALITY AS l (label, position)));
    END IF;
  END LOOP;
END
$$;
