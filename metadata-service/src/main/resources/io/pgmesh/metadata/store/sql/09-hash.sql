-- PostgreSQL's own hash of a value decides which shard a row belongs to.

-- The function of a type's default hash operator class and the type that it takes, as
-- "function($1::type)" with % for $1; null when the type has none. Before PostgreSQL 18 some classes
-- name a function that takes another type (timestamp_hash for timestamptz) or that SQL may not call
-- (hashvarlena): the hash of a row of one column is that column's own.
CREATE OR REPLACE FUNCTION pgmesh.hash_expression(type_oid oid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  base oid := type_oid;
  found record;
BEGIN
  WHILE (SELECT typtype FROM pg_type WHERE oid = base) = 'd' LOOP
    base := (SELECT typbasetype FROM pg_type WHERE oid = base);
  END LOOP;
  SELECT p.amproc AS function, c.opcintype, f.proargtypes[0] = c.opcintype AS callable INTO found
  FROM pg_opclass c
  JOIN pg_am m ON m.oid = c.opcmethod AND m.amname = 'hash'
  JOIN pg_amproc p ON p.amprocfamily = c.opcfamily AND p.amprocnum = 1
    AND p.amproclefttype = c.opcintype AND p.amprocrighttype = c.opcintype
  JOIN pg_proc f ON f.oid = p.amproc
  WHERE c.opcdefault AND (
    c.opcintype = base
    OR EXISTS (SELECT FROM pg_cast k WHERE k.castsource = base AND k.casttarget = c.opcintype
                 AND k.castmethod = 'b' AND k.castcontext = 'i')
    OR c.opcintype = 'anyarray'::regtype AND EXISTS (
         SELECT FROM pg_type t WHERE t.oid = base AND t.typcategory = 'A' AND t.typelem <> 0)
    OR c.opcintype = CASE (SELECT typtype FROM pg_type WHERE oid = base)
         WHEN 'e' THEN 'anyenum'::regtype WHEN 'r' THEN 'anyrange'::regtype
         WHEN 'm' THEN to_regtype('anymultirange') WHEN 'c' THEN 'record'::regtype END)
  ORDER BY c.opcintype = base DESC,
    (SELECT typispreferred FROM pg_type WHERE oid = c.opcintype) DESC, c.oid
  LIMIT 1;
  RETURN CASE WHEN found.function IS NULL THEN NULL
    WHEN NOT found.callable THEN format('hash_record(ROW((%%s)::%s))', format_type(found.opcintype, NULL))
    WHEN (SELECT typtype FROM pg_type WHERE oid = found.opcintype) = 'p'
      THEN format('%s((%%s)::%s)', found.function, format_type(base, NULL))
    ELSE format('%s((%%s)::%s)', found.function, format_type(found.opcintype, NULL)) END;
END
$$;

-- Hash of a value given as text, by the rules of a type.
CREATE OR REPLACE FUNCTION pgmesh.hash_text(value text, type_oid oid) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET datestyle = iso SET intervalstyle = postgres AS $$
DECLARE
  expression text := pgmesh.hash_expression(type_oid);
  hash integer;
BEGIN
  IF expression IS NULL THEN
    RAISE undefined_function USING
      MESSAGE = format('could not identify a hash function for type %s', format_type(type_oid, NULL));
  END IF;
  EXECUTE 'SELECT ' || format(expression, '$1::' || format_type(type_oid, NULL)) INTO hash USING value;
  RETURN hash;
END
$$;

CREATE OR REPLACE FUNCTION @catalog@.worker_hash(value anyelement) RETURNS integer
LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  expression text := pgmesh.hash_expression(pg_typeof(value));
  hash integer;
BEGIN
  IF expression IS NULL THEN
    RAISE undefined_function USING
      MESSAGE = format('could not identify a hash function for type %s', pg_typeof(value));
  END IF;
  EXECUTE 'SELECT ' || format(expression, '$1') INTO hash USING value;
  RETURN hash;
END
$$;

CREATE OR REPLACE FUNCTION @catalog@.worker_hash(value text) RETURNS integer
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$ SELECT hashtext(value) $$;

-- The shard of a value given as text.
CREATE OR REPLACE FUNCTION pgmesh.shard_of(relation regclass, value text) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
DECLARE
  part pg_dist_partition;
  key_hash integer;
BEGIN
  SELECT * INTO part FROM pg_dist_partition WHERE logicalrelid = relation;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_table_definition',
      MESSAGE = 'relation is not distributed';
  END IF;
  IF part.partmethod = 'n' THEN
    RETURN (SELECT min(shardid) FROM pg_dist_shard WHERE logicalrelid = relation);
  END IF;
  IF value IS NULL THEN
    RAISE null_value_not_allowed USING
      MESSAGE = 'distribution value cannot be NULL for tables other than reference tables.';
  END IF;
  key_hash := pgmesh.hash_text(value, (SELECT atttypid FROM pg_attribute
    WHERE attrelid = relation AND attnum = pgmesh.var_number(part.partkey)));
  RETURN (SELECT shardid FROM pg_dist_shard
    WHERE logicalrelid = relation
      AND key_hash BETWEEN shardminvalue::integer AND shardmaxvalue::integer);
END
$$;

-- Citus declares the value as "any", which only C functions can take: a literal becomes text, any
-- other value keeps its type.
CREATE OR REPLACE FUNCTION @catalog@.get_shard_id_for_distribution_column(
  table_name regclass, distribution_value anyelement)
RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
SET datestyle = iso SET intervalstyle = postgres SET extra_float_digits = 1 AS $$
  SELECT pgmesh.shard_of(table_name, distribution_value::text)
$$;

CREATE OR REPLACE FUNCTION @catalog@.get_shard_id_for_distribution_column(
  table_name regclass, distribution_value text DEFAULT NULL)
RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT pgmesh.shard_of(table_name, distribution_value)
$$;

-- Equal cuts of the signed 32-bit space; the last takes what is left.
CREATE OR REPLACE FUNCTION pgmesh.hash_ranges(shard_count integer)
RETURNS TABLE (number integer, low integer, high integer)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT i, (-2147483648 + i * step)::integer,
    CASE WHEN i = shard_count - 1 THEN 2147483647
      ELSE (-2147483648 + (i + 1) * step - 1)::integer END
  FROM (SELECT 4294967296 / shard_count AS step) s, generate_series(0, shard_count - 1) AS i
$$;
