-- What may become a distributed or a reference table.

-- A transaction that sees rows as they were when it began would not move those committed since.
CREATE OR REPLACE FUNCTION pgmesh.require_newest_rows() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RAISE feature_not_supported USING
      MESSAGE = format('rows cannot be moved in isolation level %s', current_setting('transaction_isolation')),
      HINT = 'Use READ COMMITTED.';
  END IF;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.require_newest_rows FROM PUBLIC;

-- Refuses relations that cannot leave the coordinator database.
CREATE OR REPLACE FUNCTION pgmesh.check_relation(relation regclass) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  class pg_class;
  schema_name name;
  reason text;
BEGIN
  SELECT * INTO class FROM pg_class WHERE oid = relation;
  schema_name := (SELECT nspname FROM pg_namespace WHERE oid = class.relnamespace);
  PERFORM pgmesh.require_owner(relation);
  IF class.relkind NOT IN ('r', 'f', 'p') THEN
    RAISE wrong_object_type USING
      MESSAGE = format('%s is not a regular, foreign or partitioned table', class.relname);
  ELSIF class.relpersistence = 't' THEN
    RAISE feature_not_supported USING MESSAGE = 'cannot distribute a temporary table';
  ELSIF schema_name IN ('pg_catalog', 'information_schema', 'citus', 'pgmesh', 'pgmesh_remote', 'pg_toast') THEN
    RAISE feature_not_supported USING MESSAGE = format('cannot distribute system table "%s"', class.relname);
  ELSIF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = relation) THEN
    RAISE invalid_table_definition USING
      MESSAGE = format('table "%s" is already distributed', class.relname);
  END IF;
  reason := CASE
    WHEN class.relkind = 'f' THEN 'it is a foreign table'
    WHEN class.relkind = 'p' OR class.relispartition THEN 'it is partitioned or a partition'
    WHEN class.relrowsecurity THEN 'it has row level security enabled'
    WHEN EXISTS (SELECT FROM pg_inherits WHERE relation IN (inhrelid, inhparent))
      THEN 'it takes part in inheritance'
    WHEN EXISTS (SELECT FROM pg_rewrite WHERE ev_class = relation) THEN 'it has rules'
  END;
  IF reason IS NOT NULL THEN
    RAISE feature_not_supported USING
      MESSAGE = format('cannot distribute "%s" because %s', class.relname, reason),
      DETAIL = 'This is not supported yet.';
  ELSIF EXISTS (
    SELECT FROM pg_trigger WHERE tgrelid = relation AND NOT tgisinternal AND tgname <> '!pgmesh_waits') THEN
    RAISE feature_not_supported USING
      MESSAGE = format('cannot distribute "%s" because it has triggers', class.relname),
      HINT = format('Consider dropping all the triggers on "%s" and retry.', class.relname);
  END IF;
END
$$;

-- Refuses a table with a column of another table's row type, in whatever types it is wrapped: rows of shards
-- have types of their own, which are not that one. Replicas of reference tables have theirs.
CREATE OR REPLACE FUNCTION pgmesh.check_column_types(relation regclass) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  owner regclass;
BEGIN
  WITH RECURSIVE used (oid) AS (
    SELECT atttypid FROM pg_attribute WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped
    UNION
    SELECT part.oid FROM used JOIN pg_type t ON t.oid = used.oid CROSS JOIN LATERAL (
      SELECT t.typelem UNION ALL SELECT t.typbasetype
      UNION ALL SELECT rngsubtype FROM pg_range WHERE t.oid IN (rngtypid, rngmultitypid)
      UNION ALL SELECT atttypid FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        WHERE c.oid = t.typrelid AND c.relkind = 'c' AND attnum > 0 AND NOT attisdropped) part (oid)
    WHERE part.oid <> 0)
  SELECT c.oid INTO owner
  FROM used JOIN pg_type t ON t.oid = used.oid JOIN pg_class c ON c.oid = t.typrelid
  WHERE c.relkind <> 'c' AND c.oid >= 16384
    AND NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = c.oid AND repmodel = 't')
  ORDER BY c.oid LIMIT 1;
  IF FOUND THEN
    RAISE feature_not_supported USING
      MESSAGE = format('cannot distribute "%s" because it has a column of the row type of %s',
        (SELECT relname FROM pg_class WHERE oid = relation), owner),
      HINT = 'Make the column of a type that CREATE TYPE made.';
  END IF;
END
$$;

-- A table and the views that read it, also through other views.
CREATE OR REPLACE FUNCTION pgmesh.readers(relation regclass) RETURNS SETOF regclass
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE read (oid) AS (
    SELECT relation::oid
    UNION
    SELECT r.ev_class
    FROM read JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = read.oid
      JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid)
  SELECT oid::regclass FROM read
$$;

-- Refuses a table that a view reads with words that mean something else for rows in shards: the text of a
-- view is rewritten when it is made, not later. Also views of views: their words hold for the table's rows.
CREATE OR REPLACE FUNCTION pgmesh.check_views(relation regclass) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  -- what the router makes of tableoid, where the table was distributed before
  written_before CONSTANT text := format(
    '\mCASE\s+WHEN\s+\(?[^\s()]*tableoid IS NOT NULL\)?\s+THEN\s+[(\x27]?%s[)\x27]?::oid\s+ELSE\s+NULL::oid\s+END(\)?\s+AS tableoid\M)?',
    relation::oid);
  reader regclass;
BEGIN
  SELECT oid INTO reader FROM pgmesh.readers(relation) read (oid)
  WHERE oid <> relation
    AND (regexp_replace(pg_get_viewdef(oid), written_before, '', 'g') ~* '\m(tableoid|tablesample|nowait|skip locked)\M'
      OR strpos(pg_get_viewdef(oid), 'ONLY ' || relation) > 0)
  ORDER BY oid LIMIT 1;
  IF FOUND THEN
    RAISE feature_not_supported USING
      MESSAGE = format('cannot distribute "%s" because the view %s asks for tableoid, TABLESAMPLE, ONLY, NOWAIT or SKIP LOCKED',
        (SELECT relname FROM pg_class WHERE oid = relation), reader),
      HINT = 'Drop the view.';
  END IF;
END
$$;

-- A function's text without comments and strings; with the strings where it may execute them.
CREATE OR REPLACE FUNCTION pgmesh.body_words(body text, language name) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  identifier CONSTANT text := '("(?:[^"]|"")*"(?!"))';
  string CONSTANT text := '\m[eE]\x27(?:\x27\x27|\\.|[^\x27\\])*\x27(?!\x27)|\x27(?:\x27\x27|[^\x27])*\x27(?!\x27)|\$(\w*)\$.*?\$\2\$';
  comment CONSTANT text := '--[^\n]*(?=\n|$)|/\*.*?\*/';
  -- the shortest stretches, each behind the one before
  words text := regexp_replace(body, format('(?:%s|%s|%s){1,1}?', identifier, string, comment), '\1 ', 'g');
BEGIN
  RETURN CASE WHEN language NOT IN ('sql', 'plpgsql') OR words ~* '\mexecute\M'
    THEN regexp_replace(body, '\x27', ' ', 'g')
    ELSE words END;
END
$$;

-- The words of a function's text without what the router has made of them.
CREATE OR REPLACE FUNCTION pgmesh.asking_words(body text, language name) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT regexp_replace(pgmesh.body_words(body, language),
    '\mpgmesh\.tableoid\([^()]*\)(\s+AS tableoid\M)?', '', 'g')
$$;

-- What finds the name of a table or view in a text.
CREATE OR REPLACE FUNCTION pgmesh.name_pattern(relation regclass) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  -- behind a dot it is a column or another schema's table
  SELECT format('(?:(?<![\w.$"])|(?<![\w$"])"?%s"?\s*\.\s*)"?%s"?(?![\w$"])',
    regexp_replace(c.relnamespace::regnamespace::text, '\W', '\\\&', 'g'), regexp_replace(c.relname, '\W', '\\\&', 'g'))
  FROM pg_class c WHERE c.oid = relation
$$;

-- Refuses a table that a function reads with such words, or locks without waiting, maybe through a view:
-- nobody rewrites the texts of functions later. What was a name in a text is one when the function runs, so
-- any of the table's name counts.
CREATE OR REPLACE FUNCTION pgmesh.check_functions(relation regclass) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  table_name CONSTANT text := pgmesh.name_pattern(relation);
  any_name CONSTANT text := (
    SELECT string_agg(pgmesh.name_pattern(reader), '|') FROM pgmesh.readers(relation) reader);
  reader regprocedure;
BEGIN
  SELECT p.oid INTO reader
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    CROSS JOIN LATERAL (SELECT coalesce(pg_get_function_sqlbody(p.oid), p.prosrc)) b (body)
    CROSS JOIN LATERAL (SELECT pgmesh.asking_words(b.body, l.lanname)) w (words)
  WHERE p.oid >= 16384 AND l.lanname NOT IN ('internal', 'c')
    AND p.pronamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pgmesh', '@catalog@', 'information_schema'))
    AND b.body ~* '\m(tableoid|tablesample|only|nowait|locked)\M' AND b.body ~* any_name
    AND (w.words ~* '\m(tableoid|tablesample)\M' AND w.words ~* table_name
      OR w.words ~* '\mfor\s.*\m(nowait|skip\s+locked)\M' AND w.words ~* any_name
      OR w.words ~* ('\monly\s*(?:\(\s*)?' || table_name))
  ORDER BY p.oid LIMIT 1;
  IF FOUND THEN
    RAISE feature_not_supported USING
      MESSAGE = format('cannot distribute "%s" because the function %s asks for tableoid, TABLESAMPLE, ONLY, NOWAIT or SKIP LOCKED',
        (SELECT relname FROM pg_class WHERE oid = relation), reader),
      HINT = 'Drop the function, and create it again when the table is distributed.';
  END IF;
END
$$;

-- Answers the number of a column that rows can be distributed by.
CREATE OR REPLACE FUNCTION pgmesh.check_key(relation regclass, column_name text) RETURNS smallint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  key pg_attribute;
BEGIN
  SELECT * INTO key FROM pg_attribute
  WHERE attrelid = relation AND attname = column_name AND attnum > 0 AND NOT attisdropped;
  IF NOT FOUND THEN
    RAISE undefined_column USING MESSAGE = format('column "%s" of relation "%s" does not exist',
      column_name, (SELECT relname FROM pg_class WHERE oid = relation));
  ELSIF key.attgenerated <> '' THEN
    RAISE feature_not_supported USING
      MESSAGE = format('cannot distribute relation: %s', (SELECT relname FROM pg_class WHERE oid = relation)),
      DETAIL = 'Distribution column must not use GENERATED ALWAYS AS (...) STORED.';
  ELSIF pgmesh.hash_expression(key.atttypid) IS NULL THEN
    RAISE undefined_function USING
      MESSAGE = format('could not identify a hash function for type %s', format_type(key.atttypid, NULL)),
      DETAIL = 'Partition column types must have a hash function defined to use hash partitioning.';
  ELSIF NOT (SELECT collisdeterministic FROM pg_collation WHERE oid = key.attcollation) THEN
    RAISE feature_not_supported USING
      MESSAGE = 'Hash distributed partition columns may not use a non deterministic collation';
  END IF;
  RETURN key.attnum;
END
$$;

-- Refuses keys that shards cannot hold unique by themselves. Also for constraints and indexes that
-- are added to a distributed table later.
CREATE OR REPLACE FUNCTION pgmesh.check_unique(relation regclass, key smallint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  index_without_key name := (
    SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = relation AND (i.indisunique OR i.indisexclusion)
      AND NOT key = ANY (i.indkey[0 : i.indnkeyatts - 1])
    ORDER BY c.relname LIMIT 1);
BEGIN
  IF index_without_key IS NOT NULL THEN
    RAISE feature_not_supported USING
      MESSAGE = format('cannot create constraint on "%s"', (SELECT relname FROM pg_class WHERE oid = relation)),
      DETAIL = 'Distributed relations cannot have UNIQUE, EXCLUDE, or PRIMARY KEY constraints that do not include'
        ' the partition column (with an equality operator if EXCLUDE).';
  END IF;
  IF EXISTS (
    SELECT FROM pg_constraint k, unnest(k.conkey, k.conexclop) AS part (number, operator)
    JOIN pg_operator o ON o.oid = part.operator
    WHERE k.conrelid = relation AND k.contype = 'x' AND part.number = key AND o.oprname <> '=') THEN
    RAISE feature_not_supported USING
      MESSAGE = format('cannot create constraint on "%s"', (SELECT relname FROM pg_class WHERE oid = relation)),
      DETAIL = 'Distributed relations cannot have UNIQUE, EXCLUDE, or PRIMARY KEY constraints that do not include'
        ' the partition column (with an equality operator if EXCLUDE).';
  END IF;
END
$$;

-- Refuses foreign keys that one worker alone cannot check. The table and its colocation id may not
-- be in the catalog yet. replication is pg_dist_partition.repmodel; key is null for a reference
-- table and for a table of one shard.
CREATE OR REPLACE FUNCTION pgmesh.check_foreign_keys(
  relation regclass, replication "char", key smallint, colocation integer)
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  link record;
BEGIN
  FOR link IN
    SELECT k.*, p.repmodel, p.colocationid, pgmesh.var_number(p.partkey) AS referenced_key,
      p.logicalrelid IS NULL AS local
    FROM pg_constraint k LEFT JOIN pg_dist_partition p ON p.logicalrelid = k.confrelid
    WHERE k.conrelid = relation AND k.contype = 'f'
    ORDER BY k.conname
  LOOP
    IF link.confrelid <> relation AND link.local THEN
      RAISE invalid_table_definition USING
        MESSAGE = format('referenced table "%s" must be a distributed table or a reference table',
          (SELECT relname FROM pg_class WHERE oid = link.confrelid)),
        DETAIL = 'To enforce foreign keys, the referencing and referenced rows need to be stored on the same node.',
        HINT = format('You could use SELECT create_reference_table(''%s'') to replicate the referenced table to all nodes or consider dropping the foreign key',
          (SELECT relname FROM pg_class WHERE oid = link.confrelid));
    ELSIF replication = 't' AND link.confrelid <> relation AND link.repmodel <> 't' THEN
      RAISE feature_not_supported USING
        MESSAGE = 'cannot create foreign key constraint since foreign keys from reference tables and local tables to distributed tables are not supported',
        DETAIL = 'Reference tables and local tables can only have foreign keys to reference tables and local tables';
    ELSIF replication = 't' OR link.repmodel = 't' THEN
      CONTINUE;
    END IF;
    PERFORM pgmesh.check_colocated_key(link.conkey, link.confkey, key,
      CASE WHEN link.confrelid = relation THEN key ELSE link.referenced_key END,
      link.confrelid = relation OR link.colocationid = colocation,
      link.confdeltype IN ('n', 'd'), link.confupdtype IN ('n', 'd'));
  END LOOP;
END
$$;

-- CASCADE on update is safe: nobody changes the referenced table's distribution column, which
-- stands where this one's does.
CREATE OR REPLACE FUNCTION pgmesh.check_colocated_key(
  columns smallint[], referenced_columns smallint[], key smallint, referenced_key smallint,
  colocated boolean, sets_on_delete boolean, sets_on_update boolean)
RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT colocated THEN
    RAISE feature_not_supported USING
      MESSAGE = 'cannot create foreign key constraint since relations are not colocated or not referencing a reference table',
      DETAIL = 'A distributed table can only have foreign keys if it is referencing another colocated hash distributed table or a reference table';
  ELSIF key IS NULL THEN
    RETURN; -- one shard each, side by side
  ELSIF array_position(columns, key) IS NULL
    OR referenced_columns[array_position(columns, key)] <> referenced_key THEN
    RAISE feature_not_supported USING
      MESSAGE = 'cannot create foreign key constraint',
      DETAIL = 'Foreign keys are supported in two cases, either in between two colocated tables including partition column in the same ordinal in the both tables or from distributed to reference tables';
  ELSIF sets_on_delete THEN
    RAISE feature_not_supported USING
      MESSAGE = 'cannot create foreign key constraint',
      DETAIL = 'SET NULL or SET DEFAULT is not supported in ON DELETE operation when distribution key is included in the foreign key constraint';
  ELSIF sets_on_update THEN
    RAISE feature_not_supported USING
      MESSAGE = 'cannot create foreign key constraint',
      DETAIL = 'SET NULL or SET DEFAULT is not supported in ON UPDATE operation when distribution key is included in the foreign key constraint';
  END IF;
END
$$;

-- A local table that points to one that is being distributed: it may follow, and until then has no
-- rows, so that no key is left to look after. See pgmesh.refuse_rows.
CREATE OR REPLACE FUNCTION pgmesh.may_follow(link pg_constraint, key smallint) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own_key smallint := link.conkey[array_position(link.confkey, key)];
BEGIN
  IF key IS NOT NULL THEN
    PERFORM pgmesh.check_colocated_key(link.conkey, link.confkey, own_key, key, own_key IS NOT NULL,
      link.confdeltype IN ('n', 'd'), link.confupdtype IN ('n', 'd'));
    PERFORM pgmesh.check_unique(link.conrelid, own_key);
  END IF;
  RETURN NOT pgmesh.has_rows(link.conrelid)
    AND (SELECT relkind = 'r' AND NOT relispartition FROM pg_class WHERE oid = link.conrelid)
    AND (key IS NULL
      OR (SELECT atttypid FROM pg_attribute WHERE attrelid = link.conrelid AND attnum = own_key)
        = (SELECT atttypid FROM pg_attribute WHERE attrelid = link.confrelid AND attnum = key));
EXCEPTION WHEN feature_not_supported THEN
  RETURN false;
END
$$;
REVOKE ALL ON FUNCTION pgmesh.may_follow FROM PUBLIC;

-- Refuses to distribute a table that others point to from where its rows cannot be seen; answers the
-- local tables that may follow it.
CREATE OR REPLACE FUNCTION pgmesh.check_referencing(relation regclass, key smallint) RETURNS regclass[]
LANGUAGE plpgsql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  link pg_constraint;
  name_of_other name;
BEGIN
  FOR link IN
    SELECT k.* FROM pg_constraint k
    WHERE k.confrelid = relation AND k.contype = 'f' AND k.conrelid <> relation ORDER BY k.conname
  LOOP
    name_of_other := (SELECT relname FROM pg_class WHERE oid = link.conrelid);
    IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = link.conrelid)
      OR NOT pgmesh.may_follow(link, key) THEN
      RAISE feature_not_supported USING
        MESSAGE = 'cannot create foreign key constraint since foreign keys from reference tables and local tables to distributed tables are not supported',
        DETAIL = format('Table "%s" has the foreign key "%s" to "%s". Only a table without rows that can be colocated with it may have one.',
          name_of_other, link.conname, (SELECT relname FROM pg_class WHERE oid = relation)),
        HINT = format('Drop the constraint "%s"; where both tables are then distributed by the columns of the key, create it again.',
          link.conname);
    END IF;
  END LOOP;
  RETURN ARRAY(SELECT DISTINCT conrelid::regclass FROM pg_constraint
    WHERE confrelid = relation AND contype = 'f' AND conrelid <> relation);
END
$$;
REVOKE ALL ON FUNCTION pgmesh.check_referencing FROM PUBLIC;

-- For a table of the catalog whose constraints or indexes have changed.
CREATE OR REPLACE FUNCTION pgmesh.check_constraints(relation regclass) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  part pg_dist_partition;
BEGIN
  SELECT * INTO part FROM pg_dist_partition WHERE logicalrelid = relation;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF part.partmethod = 'h' THEN
    PERFORM pgmesh.check_unique(relation, pgmesh.var_number(part.partkey));
  END IF;
  PERFORM pgmesh.check_foreign_keys(
    relation, part.repmodel, pgmesh.var_number(part.partkey), part.colocationid);
END
$$;
