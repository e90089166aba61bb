-- create_distributed_table.

-- Foreign keys to the table itself and to reference tables apart, the table becomes an empty shell:
-- rows that are inserted into it go on to the shards through its child. They stay visible to the
-- statement (RETURNING, row counts); the row trigger takes each away again before foreign keys look
-- at it, hence its name.
CREATE OR REPLACE FUNCTION pgmesh.remove_inserted_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('DELETE FROM ONLY %I.%I WHERE ctid = $1', TG_TABLE_SCHEMA, TG_TABLE_NAME) USING NEW.ctid;
  RETURN NULL;
END
$$;

-- Rows of shards may point to rows of reference tables that this transaction has written: the
-- workers get those first.
CREATE OR REPLACE FUNCTION pgmesh.carry_before_write(relation oid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('pgmesh.change_xid', true) <> ''
    AND EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND contype = 'f')
  THEN
    PERFORM pgmesh.carry_changes();
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION pgmesh.before_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgmesh.carry_before_write(TG_RELID);
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION pgmesh.send_inserted_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  columns text := pgmesh.stored_columns(TG_RELID);
BEGIN
  IF EXISTS (SELECT FROM inserted) THEN
    PERFORM pgmesh.carry_before_write(TG_RELID);
    EXECUTE format('INSERT INTO pgmesh_remote.%I (%s) SELECT %s FROM inserted', TG_RELID::text, columns, columns);
  END IF;
  RETURN NULL;
END
$$;

-- Names of the columns that rows carry, separated by commas.
CREATE OR REPLACE FUNCTION pgmesh.stored_columns(relation oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
  WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
$$;

-- An SQL expression over alias t that prints a row as it stands in VALUES.
CREATE OR REPLACE FUNCTION pgmesh.row_literal(relation oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  -- a call of format takes less than a hundred arguments
  SELECT '''('' || ' || string_agg(part, ' || '', '' || ' ORDER BY slice) || ' || '')'''
  FROM (
    SELECT (number - 1) / 50 AS slice, format('format(%L, %s)', string_agg('%L', ', '),
      string_agg(format('t.%I', attname), ', ' ORDER BY number)) AS part
    FROM (SELECT attname, row_number() OVER (ORDER BY attnum) AS number FROM pg_attribute
          WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND attgenerated = '') a
    GROUP BY (number - 1) / 50) slices
$$;

-- Lets the children go with their shells, as partitions do: DROP TABLE of a shell needs no CASCADE then,
-- also where nobody detaches the child before. For a superuser.
CREATE OR REPLACE FUNCTION pgmesh.own_children() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  UPDATE pg_depend d SET deptype = 'a'
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE c.relnamespace = 'pgmesh_remote'::regnamespace AND d.deptype = 'n'
    AND d.classid = 'pg_class'::regclass AND d.objid = i.inhrelid AND d.objsubid = 0
    AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.inhparent AND d.refobjsubid = 0
$$;
REVOKE ALL ON FUNCTION pgmesh.own_children FROM PUBLIC;

-- Empties the shards when the shell is emptied. Its child is not enough: a TRUNCATE that cascades to the
-- shell by a foreign key does not go on to the shell's children. CASCADE is for the shards of the tables
-- that it goes on to, whose triggers have not run yet.
CREATE OR REPLACE FUNCTION pgmesh.truncate_shards() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  servers text[];
  commands text[];
BEGIN
  SELECT array_agg(w.server), array_agg(w.command) INTO servers, commands
  FROM (
    SELECT n.nodename || ':' || n.nodeport AS server, 'TRUNCATE TABLE '
      || string_agg(pgmesh.shard_relation(s.logicalrelid, s.shardid), ', ' ORDER BY s.shardid) || ' CASCADE' AS command
    FROM pg_dist_shard s JOIN pg_dist_placement p USING (shardid)
    JOIN pg_dist_node n ON n.groupid = p.groupid AND n.noderole = 'primary'
    WHERE s.logicalrelid = TG_RELID
    GROUP BY n.nodename, n.nodeport) w;
  PERFORM pgmesh.call_workers(servers, commands, 'write');
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION pgmesh.add_truncate_trigger(shell regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER "!pgmesh_truncate" AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION pgmesh.truncate_shards()', shell);
END
$$;
REVOKE ALL ON FUNCTION pgmesh.add_truncate_trigger FROM PUBLIC;

-- As the triggers of constraints are: \d and pg_dump leave them out.
CREATE OR REPLACE FUNCTION pgmesh.hide_triggers(shell regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    UPDATE pg_trigger SET tgisinternal = true
    WHERE tgrelid = shell AND tgname IN ('!pgmesh_remove', '!pgmesh_send', '!pgmesh_carry', '!pgmesh_truncate');
  END IF;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.hide_triggers FROM PUBLIC;

-- The foreign table by which the coordinator database reads the shards.
CREATE OR REPLACE FUNCTION pgmesh.create_child(relation regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  child text := format('pgmesh_remote.%I', relation::oid::text);
BEGIN
  PERFORM pgmesh.require_owner(relation);
  EXECUTE format('CREATE FOREIGN TABLE %s () INHERITS (%s) SERVER pgmesh OPTIONS (schema_name ''pgmesh_shell'', table_name %L)',
    child, relation, relation::oid::text);
  EXECUTE format('ALTER FOREIGN TABLE %s OWNER TO %I', child,
    (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = relation));
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    PERFORM pgmesh.own_children();
  END IF;
END
$$;

-- Takes it away for what PostgreSQL does not do with a foreign table (ALTER COLUMN … TYPE … USING).
CREATE OR REPLACE FUNCTION pgmesh.drop_child(relation regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgmesh.require_owner(relation);
  EXECUTE format('DROP FOREIGN TABLE pgmesh_remote.%I', relation::oid::text);
END
$$;

-- Attaches what makes a table a shell.
CREATE OR REPLACE FUNCTION pgmesh.attach_shell(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgmesh.create_child(relation);
  EXECUTE format('CREATE TRIGGER "!pgmesh_remove" AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION pgmesh.remove_inserted_row()', relation);
  EXECUTE format('CREATE TRIGGER "!pgmesh_send" AFTER INSERT ON %s REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION pgmesh.send_inserted_rows()', relation);
  EXECUTE format('CREATE TRIGGER "!pgmesh_carry" BEFORE UPDATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION pgmesh.before_update()', relation);
  PERFORM pgmesh.add_truncate_trigger(relation);
  PERFORM pgmesh.hide_triggers(relation);
END
$$;
REVOKE ALL ON FUNCTION pgmesh.attach_shell FROM PUBLIC;

-- Shells of earlier versions.
DO $$
DECLARE
  shell regclass;
BEGIN
  FOR shell IN
    SELECT i.inhparent FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE c.relnamespace = 'pgmesh_remote'::regnamespace
  LOOP
    IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = shell AND t.tgname = '!pgmesh_carry') THEN
      EXECUTE format('CREATE TRIGGER "!pgmesh_carry" BEFORE UPDATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION pgmesh.before_update()', shell);
      PERFORM pgmesh.hide_triggers(shell);
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = shell AND t.tgname = '!pgmesh_truncate') THEN
      PERFORM pgmesh.add_truncate_trigger(shell);
      PERFORM pgmesh.hide_triggers(shell);
    END IF;
  END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION pgmesh.detach_shell(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
BEGIN
  EXECUTE format('DROP FOREIGN TABLE IF EXISTS pgmesh_remote.%I', relation::oid::text);
  EXECUTE format('DROP TRIGGER IF EXISTS "!pgmesh_remove" ON %s', relation);
  EXECUTE format('DROP TRIGGER IF EXISTS "!pgmesh_send" ON %s', relation);
  EXECUTE format('DROP TRIGGER IF EXISTS "!pgmesh_carry" ON %s', relation);
  EXECUTE format('DROP TRIGGER IF EXISTS "!pgmesh_truncate" ON %s', relation);
END
$$;
REVOKE ALL ON FUNCTION pgmesh.detach_shell FROM PUBLIC;

-- A number that the session has set, or its default. No extension has checked it at SET.
CREATE OR REPLACE FUNCTION pgmesh.number_setting(name text, usual integer, largest integer) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  given text := nullif(current_setting(name, true), '');
BEGIN
  IF given IS NULL THEN
    RETURN usual;
  ELSIF given !~ '^-?[0-9]{1,18}$' THEN
    RAISE invalid_parameter_value USING MESSAGE = format('invalid value for parameter "%s": "%s"', name, given);
  ELSIF given::bigint NOT BETWEEN 1 AND largest THEN
    RAISE invalid_parameter_value USING
      MESSAGE = format('%s is outside the valid range for parameter "%s" (1 .. %s)', given, name, largest);
  END IF;
  RETURN given::integer;
END
$$;

-- One placement a shard is all there is yet.
CREATE OR REPLACE FUNCTION pgmesh.check_replication_factor() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  factor integer := pgmesh.number_setting('citus.shard_replication_factor', 1, 100);
BEGIN
  IF factor > 1 THEN
    RAISE feature_not_supported USING
      MESSAGE = format('a shard replication factor of %s is not supported', factor),
      DETAIL = 'Each shard has one placement.',
      HINT = 'Set citus.shard_replication_factor to 1, and replicate the workers'' PostgreSQL servers themselves.';
  END IF;
END
$$;

-- The colocation group of a new table; made when there is none.
CREATE OR REPLACE FUNCTION pgmesh.choose_colocation(
  relation regclass, key smallint, colocate_with text, shard_count integer)
RETURNS integer
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  wanted_count integer := CASE WHEN key IS NULL THEN 1 ELSE
    coalesce(shard_count, pgmesh.number_setting('citus.shard_count', 32, 64000)) END;
  key_type oid := 0;
  key_collation oid := 0;
  chosen integer;
BEGIN
  IF key IS NOT NULL THEN
    SELECT atttypid, attcollation INTO key_type, key_collation FROM pg_attribute
    WHERE attrelid = relation AND attnum = key;
  END IF;
  IF lower(colocate_with) NOT IN ('default', 'none') THEN
    RETURN pgmesh.colocation_of(relation, colocate_with::regclass, key_type, key_collation);
  END IF;
  IF wanted_count NOT BETWEEN 1 AND 64000 THEN
    RAISE invalid_parameter_value USING
      MESSAGE = format('%s is outside the valid range for parameter "shard_count" (1 .. 64000)', wanted_count);
  END IF;
  LOCK TABLE pg_dist_colocation IN SHARE ROW EXCLUSIVE MODE;
  IF lower(colocate_with) = 'default' THEN
    SELECT c.colocationid INTO chosen
    FROM pg_dist_colocation c JOIN pgmesh.default_colocation USING (colocationid)
    WHERE c.distributioncolumntype = key_type AND c.shardcount = wanted_count
      AND c.replicationfactor = 1 AND c.distributioncolumncollation = key_collation
    ORDER BY c.colocationid LIMIT 1;
  END IF;
  IF chosen IS NULL THEN
    chosen := nextval('pg_dist_colocationid_seq');
    INSERT INTO pg_dist_colocation VALUES (chosen, wanted_count, 1, key_type, key_collation);
    IF lower(colocate_with) = 'default' THEN
      INSERT INTO pgmesh.default_colocation VALUES (chosen);
    END IF;
  END IF;
  RETURN chosen;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.choose_colocation FROM PUBLIC;

-- The group of the table to join.
CREATE OR REPLACE FUNCTION pgmesh.colocation_of(
  relation regclass, other regclass, key_type oid, key_collation oid)
RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  part pg_dist_partition;
  colocation pg_dist_colocation;
BEGIN
  SELECT * INTO part FROM pg_dist_partition WHERE logicalrelid = other;
  IF NOT FOUND THEN
    RAISE invalid_table_definition USING
      MESSAGE = format('relation %s is not distributed', (SELECT relname FROM pg_class WHERE oid = other));
  END IF;
  SELECT * INTO colocation FROM pg_dist_colocation c WHERE c.colocationid = part.colocationid;
  IF part.repmodel = 't' THEN
    RAISE invalid_table_definition USING
      MESSAGE = format('cannot colocate tables %s and %s', (SELECT relname FROM pg_class WHERE oid = other),
        (SELECT relname FROM pg_class WHERE oid = relation)),
      DETAIL = 'Distribution column types don''t match.';
  ELSIF colocation.distributioncolumntype <> key_type
    OR colocation.distributioncolumncollation <> key_collation THEN
    RAISE invalid_table_definition USING
      MESSAGE = format('cannot colocate tables %s and %s', (SELECT relname FROM pg_class WHERE oid = other),
        (SELECT relname FROM pg_class WHERE oid = relation)),
      DETAIL = format('Distribution column %s don''t match for %s and %s.',
        CASE WHEN colocation.distributioncolumntype <> key_type THEN 'types' ELSE 'collations' END,
        (SELECT relname FROM pg_class WHERE oid = other), (SELECT relname FROM pg_class WHERE oid = relation));
  END IF;
  RETURN part.colocationid;
END
$$;

-- Enters a table's shards: where those of its group are, else round robin over the workers.
CREATE OR REPLACE FUNCTION pgmesh.place_shards(relation regclass, colocation integer) RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  other regclass := (SELECT logicalrelid FROM pg_dist_partition
    WHERE colocationid = colocation AND logicalrelid <> relation ORDER BY logicalrelid LIMIT 1);
  groups integer[] := (SELECT array_agg(groupid) FROM pgmesh.workers() WHERE shouldhaveshards);
  piece record;
  id bigint;
BEGIN
  IF groups IS NULL AND other IS NULL THEN
    RAISE object_not_in_prerequisite_state USING
      MESSAGE = 'no worker nodes are available for placing shards',
      HINT = 'Add more worker nodes.';
  END IF;
  FOR piece IN
    SELECT CASE WHEN c.distributioncolumntype <> 0 THEN r.low END AS low,
      CASE WHEN c.distributioncolumntype <> 0 THEN r.high END AS high,
      ARRAY[groups[1 + CASE WHEN c.distributioncolumntype <> 0 THEN r.number ELSE colocation END
        % cardinality(groups)]] AS places, r.number
    FROM pg_dist_colocation c, pgmesh.hash_ranges(c.shardcount) r
    WHERE c.colocationid = colocation AND other IS NULL
    UNION ALL
    SELECT s.shardminvalue::integer, s.shardmaxvalue::integer,
      (SELECT array_agg(p.groupid ORDER BY p.placementid) FROM pg_dist_placement p WHERE p.shardid = s.shardid),
      row_number() OVER (ORDER BY s.shardminvalue::integer)
    FROM pg_dist_shard s WHERE s.logicalrelid = other
    ORDER BY number
  LOOP
    INSERT INTO pg_dist_shard
    VALUES (relation, nextval('pg_dist_shardid_seq'), 't', piece.low::text, piece.high::text)
    RETURNING shardid INTO id;
    INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid)
    SELECT id, 1, 0, place FROM unnest(piece.places) AS place;
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.place_shards FROM PUBLIC;

-- Makes all shards of a table on their workers, in one round.
CREATE OR REPLACE FUNCTION pgmesh.create_shards(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  servers text[];
  commands text[];
  schema_command text := (SELECT pgmesh.schema_ddl(relnamespace) FROM pg_class WHERE oid = relation);
BEGIN
  SELECT array_agg(w.server), array_agg(w.text) INTO servers, commands
  FROM (
    SELECT n.nodename || ':' || n.nodeport AS server,
      schema_command || E';\n' || string_agg(pgmesh.shard_ddl(relation, s.shardid), '' ORDER BY s.shardid) AS text
    FROM pg_dist_shard s JOIN pg_dist_placement p USING (shardid)
    JOIN pg_dist_node n ON n.groupid = p.groupid AND n.noderole = 'primary'
    WHERE s.logicalrelid = relation
    GROUP BY n.nodename, n.nodeport) w;
  PERFORM pgmesh.call_workers(servers, commands, 'ddl');
END
$$;
REVOKE ALL ON FUNCTION pgmesh.create_shards FROM PUBLIC;

-- Sends a table's own rows to its shards (or, without a key, to the replicas on some workers), in
-- pieces of bounded size. Answers how many pieces there were.
CREATE OR REPLACE FUNCTION pgmesh.send_rows(relation regclass, key smallint, only_groups integer[] DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = @catalog@, pg_catalog, pg_temp
SET datestyle = iso SET intervalstyle = postgres SET extra_float_digits = 3 SET bytea_output = hex AS $$
DECLARE
  piece record;
  servers text[] := '{}';
  commands text[] := '{}';
  held bigint := 0;
  pieces integer := 0;
BEGIN
  FOR piece IN EXECUTE pgmesh.pieces_query(relation, key) LOOP
    SELECT servers || array_agg(n.nodename || ':' || n.nodeport), commands || array_agg(format(
        'INSERT INTO %s (%s) VALUES %s', pgmesh.shard_relation(relation, CASE WHEN t.repmodel <> 't' THEN s.shardid END),
        pgmesh.stored_columns(relation), piece.rows_text)), held + count(*) * length(piece.rows_text)
    INTO servers, commands, held
    FROM pg_dist_shard s JOIN pg_dist_partition t USING (logicalrelid)
    JOIN pg_dist_placement p USING (shardid)
    JOIN pg_dist_node n ON n.groupid = p.groupid AND n.noderole = 'primary' AND n.groupid <> 0
    WHERE s.logicalrelid = relation AND (key IS NULL OR s.shardid = piece.shardid)
      AND (only_groups IS NULL OR n.groupid = ANY (only_groups));
    IF held > 4000000 THEN
      PERFORM pgmesh.call_workers(servers, commands, 'write');
      servers := '{}';
      commands := '{}';
      held := 0;
    END IF;
    pieces := pieces + 1;
  END LOOP;
  PERFORM pgmesh.call_workers(servers, commands, 'write');
  RETURN pieces;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.send_rows FROM PUBLIC;

-- A query that gives (shardid, rows_text): some rows of one shard as they stand in VALUES.
CREATE OR REPLACE FUNCTION pgmesh.pieces_query(relation regclass, key smallint) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  ids text;
  lows text;
  shard text := '1';
  key_column record;
BEGIN
  SELECT '''{' || string_agg(shardid::text, ',' ORDER BY shardminvalue::integer) || '}''::bigint[]',
    '''{' || string_agg(shardminvalue, ',' ORDER BY shardminvalue::integer) || '}''::integer[]'
  INTO ids, lows FROM pg_dist_shard WHERE logicalrelid = relation;
  IF key IS NOT NULL THEN
    SELECT attname, atttypid INTO key_column FROM pg_attribute WHERE attrelid = relation AND attnum = key;
    shard := format('width_bucket(%s, %s)',
      format(pgmesh.hash_expression(key_column.atttypid), format('t.%I', key_column.attname)), lows);
  END IF;
  RETURN format(
    'SELECT (%s)[shard] AS shardid, string_agg(r, %L) AS rows_text FROM ('
    '  SELECT shard, r, sum(length(r)) OVER (PARTITION BY shard ROWS UNBOUNDED PRECEDING) / 262144 AS piece FROM ('
    '    SELECT %s AS shard, %s AS r FROM ONLY %s AS t) numbered) cut'
    ' GROUP BY shard, piece ORDER BY piece, shard',
    ids, ', ', shard, pgmesh.row_literal(relation), relation);
END
$$;

CREATE OR REPLACE FUNCTION pgmesh.has_rows(relation regclass) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found_any boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s)', relation) INTO found_any;
  RETURN found_any;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.has_rows FROM PUBLIC;

-- Removes rows that have moved. Local tables may point to them until they are distributed too, so
-- their foreign keys must not look.
CREATE OR REPLACE FUNCTION pgmesh.empty_shell(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  referencing name := (SELECT c.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.confrelid = relation AND k.contype = 'f' AND k.conrelid <> relation ORDER BY c.relname LIMIT 1);
BEGIN
  IF referencing IS NULL THEN
    EXECUTE format('TRUNCATE ONLY %s', relation);
    RETURN;
  END IF;
  PERFORM set_config('session_replication_role', 'replica', true);
  EXECUTE format('DELETE FROM ONLY %s', relation);
  PERFORM set_config('session_replication_role', 'origin', true);
EXCEPTION WHEN insufficient_privilege THEN
  RAISE object_not_in_prerequisite_state USING
    MESSAGE = format('cannot move the rows of "%s" while "%s" has a foreign key to it',
      (SELECT relname FROM pg_class WHERE oid = relation), referencing),
    HINT = 'Drop the foreign key, distribute both tables, then create it again.';
END
$$;
REVOKE ALL ON FUNCTION pgmesh.empty_shell FROM PUBLIC;

CREATE OR REPLACE FUNCTION pgmesh.move_rows_in(relation regclass, key smallint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  key_name name := (SELECT attname FROM pg_attribute WHERE attrelid = relation AND attnum = key);
  has_null boolean;
BEGIN
  IF NOT pgmesh.has_rows(relation) THEN
    RETURN;
  END IF;
  IF key IS NOT NULL THEN
    EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s WHERE %I IS NULL)', relation, key_name) INTO has_null;
  END IF;
  IF has_null THEN
    RAISE null_value_not_allowed USING MESSAGE = format('the partition column of table %s cannot be NULL',
      pgmesh.qualified(relation));
  END IF;
  RAISE NOTICE 'Copying data from local table...';
  PERFORM pgmesh.send_rows(relation, key);
  PERFORM pgmesh.empty_shell(relation);
  RAISE NOTICE 'copying the data has completed';
END
$$;
REVOKE ALL ON FUNCTION pgmesh.move_rows_in FROM PUBLIC;

-- Trigger of a local table that points to a distributed one: PostgreSQL would look for the keys of its
-- rows in the empty shell, and nobody for its rows when keys are deleted.
CREATE OR REPLACE FUNCTION pgmesh.refuse_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  referenced name := (
    SELECT c.relname FROM pg_constraint k JOIN pg_dist_partition p ON p.logicalrelid = k.confrelid AND p.repmodel <> 't'
    JOIN pg_class c ON c.oid = k.confrelid
    WHERE k.conrelid = TG_RELID AND k.contype = 'f' ORDER BY c.relname LIMIT 1);
BEGIN
  IF referenced IS NOT NULL THEN
    RAISE feature_not_supported USING
      MESSAGE = format('cannot write to local table "%s": its foreign key points to distributed table "%s"',
        TG_TABLE_NAME, referenced),
      HINT = format('Distribute "%s" too, or drop its foreign key.', TG_TABLE_NAME);
  END IF;
  RETURN NULL;
END
$$;

-- The work of create_distributed_table; colocate_with is 'default', 'none' or a qualified name.
CREATE OR REPLACE FUNCTION pgmesh.distribute_table(
  table_name regclass, distribution_column text, colocate_with text, shard_count integer)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  key smallint;
  colocation integer;
  follower regclass;
BEGIN
  PERFORM pgmesh.check_relation(table_name);
  PERFORM pgmesh.check_column_types(table_name);
  PERFORM pgmesh.check_replication_factor();
  PERFORM pgmesh.require_newest_rows();
  EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', table_name);
  PERFORM pgmesh.check_views(table_name); -- behind the lock, which whoever makes a view waits for
  PERFORM pgmesh.check_functions(table_name);
  IF distribution_column IS NULL AND shard_count <> 1 THEN
    RAISE invalid_parameter_value USING
      MESSAGE = 'shard_count cannot be given for a table without distribution column, which has one shard';
  ELSIF distribution_column IS NOT NULL THEN
    key := pgmesh.check_key(table_name, distribution_column);
    PERFORM pgmesh.check_unique(table_name, key);
  ELSIF pgmesh.key_column(table_name, NULL) IS NULL THEN
    RAISE feature_not_supported USING
      MESSAGE = 'a table without a distribution column must have a column that is NOT NULL and whose type can be hashed';
  END IF;
  colocation := pgmesh.choose_colocation(table_name, key, colocate_with, shard_count);
  PERFORM pgmesh.check_foreign_keys(table_name, 's', key, colocation);
  FOREACH follower IN ARRAY pgmesh.check_referencing(table_name, key) LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER "!pgmesh_waits" BEFORE INSERT OR UPDATE ON %s'
      ' FOR EACH STATEMENT EXECUTE FUNCTION pgmesh.refuse_rows()', follower);
  END LOOP;
  IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = table_name AND tgname = '!pgmesh_waits') THEN
    EXECUTE format('DROP TRIGGER "!pgmesh_waits" ON %s', table_name); -- it has followed
  END IF;
  INSERT INTO pg_dist_partition
  VALUES (table_name, CASE WHEN key IS NULL THEN 'n' ELSE 'h' END, pgmesh.column_var(table_name, key),
    colocation, 's', false);
  PERFORM pgmesh.place_shards(table_name, colocation);
  PERFORM pgmesh.create_shards(table_name);
  PERFORM pgmesh.move_rows_in(table_name, key);
  PERFORM pgmesh.attach_shell(table_name);
  PERFORM pgmesh.share_catalog();
END
$$;

-- Keeps the caller's search path, which colocate_with is looked up in.
CREATE OR REPLACE FUNCTION @catalog@.create_distributed_table(
  table_name regclass, distribution_column text,
  distribution_type citus.distribution_type DEFAULT 'hash',
  colocate_with text DEFAULT 'default', shard_count integer DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  group_mate text := pg_catalog.lower(colocate_with);
BEGIN
  IF table_name IS NULL OR distribution_type IS NULL OR colocate_with IS NULL THEN
    RAISE null_value_not_allowed USING
      MESSAGE = 'table_name, distribution_type and colocate_with must not be null';
  ELSIF distribution_type <> 'hash' THEN
    RAISE feature_not_supported USING
      MESSAGE = pg_catalog.format('distribution by %s is not supported: use hash', distribution_type);
  END IF;
  IF group_mate NOT IN ('default', 'none') THEN
    IF shard_count IS NOT NULL THEN
      RAISE invalid_parameter_value USING
        MESSAGE = 'Cannot use colocate_with with a table and shard_count at the same time';
    END IF;
    group_mate := pgmesh.qualified(colocate_with::pg_catalog.regclass);
  END IF;
  PERFORM pgmesh.distribute_table(table_name, distribution_column, group_mate, shard_count);
END
$$;

-- The rows that were here are gone already: create_distributed_table moves them.
CREATE OR REPLACE FUNCTION @catalog@.truncate_local_data_after_distributing_table(function_name regclass)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgmesh.require_owner(function_name);
  RAISE NOTICE 'table % has no local data: it was moved when the table was distributed', function_name;
END
$$;
