-- The change log of reference tables, in the coordinator database. Idempotent.
--
-- Row triggers on every reference table write changed rows into pgmesh.change_log, in the writer's
-- own transaction. A deferred trigger on the transaction's one row in pgmesh.change_transaction
-- numbers the transaction when it commits, after its last change: whoever has seen or waited for
-- another's changes has the higher position. Commits share a lock until they are visible, so that
-- many of them are made durable together; the relay takes it alone for a moment, and knows then that
-- nothing can come any more at the positions that were given out.

CREATE SCHEMA IF NOT EXISTS pgmesh;
GRANT USAGE ON SCHEMA pgmesh TO PUBLIC;

CREATE SEQUENCE IF NOT EXISTS pgmesh.change_position;

CREATE TABLE IF NOT EXISTS pgmesh.change_transaction (
  xid xid8 PRIMARY KEY,
  position bigint UNIQUE,
  committed_at timestamptz
);

-- A transaction may carry its changes to workers itself, by two-phase commit: the last row that it
-- has carried; when it commits, the workers' groups and the id in the names of their prepared parts.
ALTER TABLE pgmesh.change_transaction
  ADD COLUMN IF NOT EXISTS carried_id bigint NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS carried_groups integer[] NOT NULL DEFAULT '{}',
  ADD COLUMN IF NOT EXISTS carried_transaction text NOT NULL DEFAULT '';

CREATE TABLE IF NOT EXISTS pgmesh.change_log (
  id bigint GENERATED ALWAYS AS IDENTITY,
  xid xid8 NOT NULL,
  relation oid NOT NULL,
  schema_name text NOT NULL,
  table_name text NOT NULL,
  operation text NOT NULL CHECK (operation IN ('insert', 'update', 'delete', 'truncate')),
  columns text[] NOT NULL,
  old_row text,
  new_row text,
  PRIMARY KEY (xid, id)
);

-- Replicas of reference tables. A worker applies all of its tables' changes in one order, so the
-- rows of one group share their applied_position.
CREATE TABLE IF NOT EXISTS pgmesh.replica (
  relation oid NOT NULL,
  groupid integer NOT NULL,
  state text NOT NULL DEFAULT 'seeding' CHECK (state IN ('live', 'stale', 'seeding')),
  seed_position bigint NOT NULL,
  applied_position bigint NOT NULL,
  last_error text,
  registered_xid xid8 NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (relation, groupid)
);

-- One row: what the relay remembers.
CREATE TABLE IF NOT EXISTS pgmesh.replication (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  mesh uuid NOT NULL DEFAULT gen_random_uuid(),
  relayed_position bigint NOT NULL DEFAULT 0,
  trimmed_position bigint NOT NULL DEFAULT 0
);
INSERT INTO pgmesh.replication DEFAULT VALUES ON CONFLICT DO NOTHING;

-- All transactions with positions up to this one are visible or gone. Waits for commits under way.
CREATE OR REPLACE FUNCTION pgmesh.closed_change_position() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(1885826419, 1);
  RETURN pgmesh.current_change_position();
END
$$;
REVOKE ALL ON FUNCTION pgmesh.closed_change_position FROM PUBLIC;

-- The last position given out. Whoever holds a lock that keeps writers off a reference table may
-- take it as that table's: all of its earlier changes have positions up to here and are visible.
CREATE OR REPLACE FUNCTION pgmesh.current_change_position() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM pgmesh.change_position
$$;

-- Marks the current transaction as one that replicas have to reach, and tells the executor by the
-- transaction-local setting pgmesh.change_xid. Undone by ROLLBACK TO as a whole, setting included.
CREATE OR REPLACE FUNCTION pgmesh.begin_change() RETURNS xid8
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  current_xid xid8 := pg_current_xact_id();
BEGIN
  INSERT INTO pgmesh.change_transaction (xid) VALUES (current_xid) ON CONFLICT DO NOTHING;
  PERFORM set_config('pgmesh.change_xid', current_xid::text, true);
  RETURN current_xid;
END
$$;

-- Replicas empty one table after the other, those that refer to a table before it: TRUNCATE empties
-- them all, or PostgreSQL has refused it. What a table's own trigger records once more is harmless.
CREATE OR REPLACE FUNCTION pgmesh.record_truncation(truncated oid, current_xid xid8) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE referring (relation, depth) AS (
    SELECT truncated, 0
    UNION
    SELECT k.conrelid, r.depth + 1
    FROM referring r JOIN pg_constraint k ON k.confrelid = r.relation AND k.contype = 'f'
    WHERE k.conrelid <> k.confrelid AND r.depth < 100) -- they may refer to one another
  INSERT INTO pgmesh.change_log (xid, relation, schema_name, table_name, operation, columns)
  SELECT current_xid, c.oid, n.nspname, c.relname, 'truncate', ARRAY(
    SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum)
  FROM (SELECT relation, max(depth) AS depth FROM referring GROUP BY relation) r
  JOIN pg_class c ON c.oid = r.relation JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'PGMESH_truncate')
  ORDER BY r.depth DESC
$$;
REVOKE ALL ON FUNCTION pgmesh.record_truncation FROM PUBLIC;

-- Every setting that the text form of a value depends on is fixed, here and where it is read back.
CREATE OR REPLACE FUNCTION pgmesh.record_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'postgres'
SET timezone = 'UTC'
SET bytea_output = 'hex'
SET extra_float_digits = 3
SET lc_monetary = 'C'
SET quote_all_identifiers = off
AS $$
DECLARE
  current_xid xid8 := pg_current_xact_id();
  live_columns text[] := ARRAY(
    SELECT attname FROM pg_attribute
    WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped ORDER BY attnum);
  old_row text;
  new_row text;
BEGIN
  INSERT INTO pgmesh.change_transaction (xid) VALUES (current_xid) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN -- numbered already by SET CONSTRAINTS, or a deferred trigger changes this row
    UPDATE pgmesh.change_transaction SET position = nextval('pgmesh.change_position')
    WHERE xid = current_xid AND position IS NOT NULL;
  END IF;
  PERFORM set_config('pgmesh.change_xid', current_xid::text, true);
  IF TG_OP IN ('UPDATE', 'DELETE') THEN
    old_row := OLD::text;
  END IF;
  IF TG_OP IN ('INSERT', 'UPDATE') THEN
    new_row := NEW::text;
  END IF;
  IF TG_ARGV[0] = 'two_phase' THEN
    PERFORM set_config('pgmesh.change_two_phase', 'on', true);
  END IF;
  IF TG_OP = 'TRUNCATE' THEN
    IF EXISTS (SELECT FROM pgmesh.references_from_shells(TG_RELID)) THEN
      PERFORM set_config('pgmesh.change_carry', 'on', true);
    END IF;
    PERFORM pgmesh.record_truncation(TG_RELID, current_xid);
    RETURN NULL;
  END IF;
  INSERT INTO pgmesh.change_log
    (xid, relation, schema_name, table_name, operation, columns, old_row, new_row)
  VALUES
    (current_xid, TG_RELID, TG_TABLE_SCHEMA, TG_TABLE_NAME, lower(TG_OP), live_columns,
     old_row, new_row);
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION pgmesh.position_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(1885826419, 1); -- first: see closed_change_position
  UPDATE pgmesh.change_transaction
  SET position = nextval('pgmesh.change_position'), committed_at = clock_timestamp()
  WHERE xid = NEW.xid;
  RETURN NULL; -- no NOTIFY, which lets one transaction commit at a time
END
$$;

DO $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_trigger
    WHERE tgrelid = 'pgmesh.change_transaction'::regclass AND tgname = 'position_change')
  THEN
    CREATE CONSTRAINT TRIGGER position_change AFTER INSERT ON pgmesh.change_transaction
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pgmesh.position_change();
    ALTER TABLE pgmesh.change_transaction ENABLE ALWAYS TRIGGER position_change;
  END IF;
END
$$;

-- Foreign keys of distributed tables that point to a reference table. PostgreSQL checks them against
-- the empty shell only; this looks through the shell's child, so at the shards, and does there what
-- the constraint says. Deferrable constraints are enforced at once.
CREATE OR REPLACE FUNCTION pgmesh.enforce_references() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  reference record;
  key_changes boolean := true;
  key_is_used boolean;
  action "char";
BEGIN
  IF NOT EXISTS ( -- what every foreign key leaves on the table it points to: quick to see
    SELECT FROM pg_trigger WHERE tgrelid = TG_RELID AND tgconstraint <> 0 AND tgtype & 8 <> 0)
  THEN
    RETURN NULL;
  END IF;
  FOR reference IN SELECT * FROM pgmesh.references_from_shells(TG_RELID) LOOP
    IF TG_OP = 'UPDATE' THEN
      EXECUTE 'SELECT ' || reference.key_changes INTO key_changes USING OLD, NEW;
    END IF;
    CONTINUE WHEN NOT key_changes;
    -- rows that others are inserting now are not seen here: the replicas' own constraints look at
    -- them when this transaction carries its change to the workers before it commits
    PERFORM set_config('pgmesh.change_carry', 'on', true);
    action := CASE TG_OP WHEN 'DELETE' THEN reference.on_delete ELSE reference.on_update END;
    IF NOT pgmesh.caller_may(reference.shell, CASE action WHEN 'c' THEN 'DELETE' ELSE 'SELECT' END)
      AND (action IN ('a', 'r') OR action = 'c' AND TG_OP = 'DELETE') THEN
      -- the loopback is the caller's: the workers' own constraints do it as PostgreSQL does, with the
      -- rights of the table's owner. Other actions could change the column that rows are sharded by.
      PERFORM pgmesh.carry_changes(ARRAY[TG_RELID]);
      CONTINUE;
    END IF;
    CASE action
      WHEN 'c' THEN
        IF TG_OP = 'DELETE' THEN
          EXECUTE format('DELETE FROM %s WHERE %s', reference.shell, reference.matches) USING OLD;
        ELSE
          EXECUTE format('UPDATE %s SET %s WHERE %s', reference.shell, reference.new_key,
            reference.matches) USING OLD, NEW;
        END IF;
      WHEN 'n' THEN
        EXECUTE format('UPDATE %s SET %s WHERE %s', reference.shell,
          replace(reference.emptied, '@', 'NULL'), reference.matches) USING OLD;
      WHEN 'd' THEN
        EXECUTE format('UPDATE %s SET %s WHERE %s', reference.shell,
          replace(reference.emptied, '@', 'DEFAULT'), reference.matches) USING OLD;
      ELSE
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %s)', reference.shell, reference.matches)
          INTO key_is_used USING OLD;
        IF key_is_used THEN
          PERFORM pgmesh.refuse_change(TG_RELID, reference.constraint_oid, to_jsonb(OLD));
        END IF;
    END CASE;
  END LOOP;
  RETURN NULL;
END
$$;

-- Whether the role that a trigger of the mesh works for may read all of a table, and more.
CREATE OR REPLACE FUNCTION pgmesh.caller_may(relation oid, privilege text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT has_table_privilege(r.oid, relation, 'SELECT') AND has_table_privilege(r.oid, relation, privilege)
    AND has_schema_privilege(r.oid, (SELECT relnamespace FROM pg_class WHERE oid = relation), 'USAGE')
  FROM pg_roles r WHERE r.rolname = coalesce(nullif(current_setting('role'), 'none'), session_user)
$$;

-- The foreign keys of shells that point to a table, as pieces of SQL over $1, its old row, and $2,
-- its new one.
CREATE OR REPLACE FUNCTION pgmesh.references_from_shells(referenced oid) RETURNS TABLE (
  constraint_oid oid, shell regclass, on_delete "char", on_update "char",
  matches text, key_changes text, new_key text, emptied text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.oid, k.conrelid::regclass, k.confdeltype, k.confupdtype,
    string_agg(format('%I = ($1).%I', own.attname, theirs.attname), ' AND '),
    string_agg(format('($1).%1$I IS DISTINCT FROM ($2).%1$I', theirs.attname), ' OR '),
    string_agg(format('%I = ($2).%I', own.attname, theirs.attname), ', '),
    string_agg(format('%I = @', own.attname), ', ')
      FILTER (WHERE k.confdelsetcols IS NULL OR own.attnum = ANY (k.confdelsetcols))
  FROM pg_trigger t
  JOIN pg_constraint k ON k.oid = t.tgconstraint AND k.contype = 'f' AND k.confrelid = referenced
  CROSS JOIN unnest(k.conkey, k.confkey) AS pair (own_number, their_number)
  JOIN pg_attribute own ON own.attrelid = k.conrelid AND own.attnum = pair.own_number
  JOIN pg_attribute theirs ON theirs.attrelid = referenced AND theirs.attnum = pair.their_number
  WHERE t.tgrelid = referenced AND t.tgtype & 8 <> 0 -- one of its two triggers: on DELETE
    AND EXISTS (
      SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = k.conrelid AND c.relnamespace = to_regnamespace('pgmesh_remote'))
  GROUP BY k.oid
$$;

-- The error that PostgreSQL itself raises.
CREATE OR REPLACE FUNCTION pgmesh.refuse_change(referenced oid, constraint_oid oid, old_row jsonb)
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  k pg_constraint := (SELECT k FROM pg_constraint k WHERE k.oid = constraint_oid);
  own pg_class := (SELECT c FROM pg_class c WHERE c.oid = k.conrelid);
  own_name text := own.relname;
  their_name text := (SELECT relname FROM pg_class WHERE oid = referenced);
  restricted boolean := k.confdeltype = 'r' AND current_setting('server_version_num')::int >= 180000;
  key_names text;
  key_values text;
BEGIN
  SELECT string_agg(a.attname, ', ' ORDER BY n), string_agg(old_row ->> a.attname, ', ' ORDER BY n)
  INTO key_names, key_values
  FROM unnest(k.confkey) WITH ORDINALITY AS key (number, n)
  JOIN pg_attribute a ON a.attrelid = referenced AND a.attnum = key.number;
  RAISE EXCEPTION USING
    ERRCODE = CASE WHEN restricted THEN 'restrict_violation' ELSE 'foreign_key_violation' END,
    MESSAGE = format('update or delete on table "%s" violates %sforeign key constraint "%s" on table "%s"',
      their_name, CASE WHEN restricted THEN 'RESTRICT setting of ' END, k.conname, own_name),
    DETAIL = format('Key (%s)=(%s) is %sreferenced from table "%s".',
      key_names, key_values, CASE WHEN NOT restricted THEN 'still ' END, own_name),
    SCHEMA = (SELECT nspname FROM pg_namespace WHERE oid = own.relnamespace),
    TABLE = own_name, CONSTRAINT = k.conname;
END
$$;

-- Carries the changes of this transaction that it has not carried yet to all live replicas, inside
-- the transaction: through the loopback to the executor, which makes the workers take part. Settings
-- tell the executor when: pgmesh.change_carry after each statement, since shards may object,
-- pgmesh.change_two_phase before the commit. Of the tables in enforced no replica may be left out.
CREATE OR REPLACE FUNCTION pgmesh.carry_changes(enforced oid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  current_xid xid8 := pg_current_xact_id_if_assigned();
  carried bigint := (SELECT carried_id FROM pgmesh.change_transaction WHERE xid = current_xid);
  last_id bigint;
  batch jsonb;
  copies jsonb;
BEGIN
  LOOP
    SELECT max(c.id), jsonb_agg(jsonb_build_object(
        'relation', c.relation::bigint, 'schema', c.schema_name, 'table', c.table_name,
        'operation', c.operation, 'columns', c.columns,
        'old', coalesce(c.old_row, ''), 'new', coalesce(c.new_row, '')) ORDER BY c.id)
    INTO last_id, batch
    FROM (
      SELECT l.*, sum(octet_length(concat(l.old_row, l.new_row))) OVER (ORDER BY l.id) AS bytes,
        row_number() OVER (ORDER BY l.id) AS number
      FROM (SELECT * FROM pgmesh.change_log WHERE xid = current_xid AND id > carried
            ORDER BY id LIMIT 500) l) c
    WHERE c.number = 1 OR c.bytes <= 1048576;
    EXIT WHEN last_id IS NULL;
    -- undone by ROLLBACK TO exactly where the workers' changes are
    UPDATE pgmesh.change_transaction SET carried_id = last_id WHERE xid = current_xid;
    carried := last_id;
    copies := (SELECT jsonb_agg(jsonb_build_object('relation', r.relation::bigint, 'group', r.groupid))
               FROM pgmesh.replica r);
    PERFORM pgmesh.call_workers(ARRAY['carry'], ARRAY[jsonb_build_object(
      'changes', batch, 'copies', coalesce(copies, '[]'),
      'enforced', to_jsonb(enforced::bigint[]))::text], 'carry');
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.carry_changes(oid[]) FROM PUBLIC;

CREATE OR REPLACE FUNCTION pgmesh.carry_changes() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT pgmesh.carry_changes('{}'::oid[])
$$;

-- Tells with the commit which workers have got this transaction's changes inside it, all of them.
CREATE OR REPLACE FUNCTION pgmesh.record_carried(groups integer[], transaction_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  current_xid xid8 := pg_current_xact_id();
BEGIN
  IF EXISTS (
    SELECT FROM pgmesh.change_log l JOIN pgmesh.change_transaction t USING (xid)
    WHERE l.xid = current_xid AND l.id > t.carried_id)
  THEN
    RAISE object_not_in_prerequisite_state USING
      MESSAGE = 'changes of reference tables were not carried to the workers';
  END IF;
  UPDATE pgmesh.change_transaction
  SET carried_groups = groups, carried_transaction = transaction_id
  WHERE xid = current_xid;
END
$$;

-- Where live replicas are, for the mesh itself, who asks outside of the transaction that carries:
-- one row a worker. behind tells that it lacks something that is committed.
CREATE OR REPLACE FUNCTION pgmesh.carriers()
RETURNS TABLE (groupid integer, live boolean, behind boolean, relations bigint[])
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.groupid, bool_or(r.state = 'live') AND bool_and(r.state <> 'stale'),
    EXISTS (SELECT FROM pgmesh.change_transaction t
            WHERE t.position > min(r.applied_position) AND r.groupid <> ALL (t.carried_groups)),
    array_agg(r.relation::bigint)
  FROM pgmesh.replica r GROUP BY r.groupid
$$;
REVOKE ALL ON FUNCTION pgmesh.carriers FROM PUBLIC;

-- Makes a table's changes go to the log. The names sort before PostgreSQL's own RI_… triggers, so
-- that a change comes before those that foreign keys cascade from it. For the table's owner.
-- With propagation 'two_phase' every transaction carries them, with 'log' only one that has to.
CREATE OR REPLACE FUNCTION pgmesh.track_changes(relation regclass, propagation text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
BEGIN
  PERFORM pgmesh.untrack_changes(relation);
  EXECUTE format(
    'CREATE TRIGGER "PGMESH_change" AFTER INSERT OR UPDATE OR DELETE ON %s'
    ' FOR EACH ROW EXECUTE FUNCTION pgmesh.record_change(%L)', relation, propagation);
  EXECUTE format(
    'CREATE TRIGGER "PGMESH_truncate" AFTER TRUNCATE ON %s'
    ' FOR EACH STATEMENT EXECUTE FUNCTION pgmesh.record_change(%L)', relation, propagation);
  EXECUTE format(
    'CREATE TRIGGER "PGMESH_references" AFTER UPDATE OR DELETE ON %s'
    ' FOR EACH ROW EXECUTE FUNCTION pgmesh.enforce_references()', relation);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER "PGMESH_change"', relation);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER "PGMESH_truncate"', relation);
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    -- as the triggers of constraints are: \d and pg_dump leave them out
    UPDATE pg_trigger SET tgisinternal = true
    WHERE tgrelid = relation AND tgname IN ('PGMESH_change', 'PGMESH_truncate', 'PGMESH_references');
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION pgmesh.track_changes(relation regclass) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT pgmesh.track_changes(relation, 'log')
$$;

CREATE OR REPLACE FUNCTION pgmesh.untrack_changes(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
BEGIN
  EXECUTE format('DROP TRIGGER IF EXISTS "PGMESH_change" ON %s', relation);
  EXECUTE format('DROP TRIGGER IF EXISTS "PGMESH_truncate" ON %s', relation);
  EXECUTE format('DROP TRIGGER IF EXISTS "PGMESH_references" ON %s', relation);
END
$$;

-- The role that called a SECURITY DEFINER function must own the table (or be a superuser).
CREATE OR REPLACE FUNCTION pgmesh.check_owner(table_oid oid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  caller name := coalesce(nullif(current_setting('role'), 'none'), session_user);
BEGIN
  IF EXISTS (
    SELECT FROM pg_class WHERE oid = table_oid AND NOT pg_has_role(caller, relowner, 'USAGE'))
  THEN
    RAISE insufficient_privilege USING MESSAGE = format('must be owner of table %s',
      table_oid::regclass);
  END IF;
END
$$;

-- Tells that a worker holds a copy of a table as it was at a position; call it in the transaction
-- that makes the copy, under a lock (SHARE) that keeps writers off the table, for the current
-- position. The replication service turns the state from seeding to live as soon as the worker has
-- the copy and everything after it; the commit of the calling session waits for that.
CREATE OR REPLACE FUNCTION pgmesh.register_replica(
  relation regclass, groupid integer, seed_position bigint DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  seeded bigint := coalesce(seed_position, pgmesh.current_change_position());
BEGIN
  PERFORM pgmesh.check_owner(relation);
  INSERT INTO pgmesh.replica (relation, groupid, seed_position, applied_position, registered_xid)
  VALUES (relation, groupid, seeded, seeded, pgmesh.begin_change())
  ON CONFLICT ON CONSTRAINT replica_pkey DO UPDATE
  SET state = 'seeding', seed_position = seeded, applied_position = seeded, last_error = NULL,
      registered_xid = excluded.registered_xid, changed_at = now();
END
$$;

-- Forgets all replicas of a table.
CREATE OR REPLACE FUNCTION pgmesh.unregister_replicas(relation regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgmesh.check_owner(relation);
  DELETE FROM pgmesh.replica r WHERE r.relation = unregister_replicas.relation;
END
$$;

-- Forgets all replicas on a worker. For the mesh itself.
CREATE OR REPLACE FUNCTION pgmesh.unregister_worker(worker_group integer) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM pgmesh.replica WHERE groupid = worker_group
$$;
REVOKE ALL ON FUNCTION pgmesh.unregister_worker FROM PUBLIC;

-- No query may read the replicas of these workers (null: of all) until they have caught up.
-- Answers the groups that were live.
CREATE OR REPLACE FUNCTION pgmesh.fence_replicas(worker_groups integer[], reason text)
RETURNS integer[]
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  WITH fenced AS (
    UPDATE pgmesh.replica SET state = 'stale', last_error = reason, changed_at = now()
    WHERE state = 'live' AND (worker_groups IS NULL OR groupid = ANY (worker_groups))
    RETURNING groupid)
  SELECT coalesce(array_agg(DISTINCT groupid ORDER BY groupid), '{}') FROM fenced
$$;
REVOKE ALL ON FUNCTION pgmesh.fence_replicas FROM PUBLIC;

-- Makes a worker's replicas live when it has applied all that is committed. The commit lock keeps
-- out the commits that would come between the look and the change: whoever commits later waits for
-- this worker too.
CREATE OR REPLACE FUNCTION pgmesh.promote_replicas(worker_group integer, applied bigint)
RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(1885826419, 1);
  IF EXISTS (SELECT FROM pgmesh.change_transaction WHERE position > applied) THEN
    RETURN false;
  END IF;
  UPDATE pgmesh.replica SET state = 'live', last_error = NULL, changed_at = now()
  WHERE groupid = worker_group AND state <> 'live';
  RETURN true;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.promote_replicas FROM PUBLIC;
