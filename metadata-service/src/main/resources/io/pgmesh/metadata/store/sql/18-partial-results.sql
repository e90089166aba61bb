-- The last step of aggregates whose parts were computed on workers: sums of sums keep the type of the
-- parts, which pg_catalog.sum() of bigint does not.

CREATE OR REPLACE AGGREGATE pgmesh.sum_of(bigint) (SFUNC = pg_catalog.int8pl, STYPE = bigint, PARALLEL = SAFE);
CREATE OR REPLACE AGGREGATE pgmesh.sum_of(numeric) (SFUNC = pg_catalog.numeric_add, STYPE = numeric, PARALLEL = SAFE);
CREATE OR REPLACE AGGREGATE pgmesh.sum_of(real) (SFUNC = pg_catalog.float4pl, STYPE = real, PARALLEL = SAFE);
CREATE OR REPLACE AGGREGATE pgmesh.sum_of(double precision) (SFUNC = pg_catalog.float8pl, STYPE = double precision, PARALLEL = SAFE);
CREATE OR REPLACE AGGREGATE pgmesh.sum_of(interval) (SFUNC = pg_catalog.interval_pl, STYPE = interval, PARALLEL = SAFE);
CREATE OR REPLACE AGGREGATE pgmesh.sum_of(money) (SFUNC = pg_catalog.cash_pl, STYPE = money, PARALLEL = SAFE);

-- avg() of the values whose sum and count are given.
CREATE OR REPLACE FUNCTION pgmesh.average(total bigint, count bigint) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT total::numeric / NULLIF(count, 0)::numeric $$;
CREATE OR REPLACE FUNCTION pgmesh.average(total numeric, count bigint) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT total / NULLIF(count, 0)::numeric $$;
CREATE OR REPLACE FUNCTION pgmesh.average(total double precision, count bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT total / NULLIF(count, 0)::double precision $$;
CREATE OR REPLACE FUNCTION pgmesh.average(total interval, count bigint) RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT total / NULLIF(count, 0)::double precision $$;

-- The part of all rows that TABLESAMPLE takes. It has no search_path of its own: its callers have, and it
-- runs for every row.
CREATE OR REPLACE FUNCTION pgmesh.sampled_part(percentage real) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF percentage IS NULL THEN
    RAISE EXCEPTION 'TABLESAMPLE parameter cannot be null' USING ERRCODE = '2202H';
  END IF;
  IF NOT percentage BETWEEN 0 AND 100 THEN
    RAISE EXCEPTION 'sample percentage must be between 0 and 100' USING ERRCODE = '2202H';
  END IF;
  RETURN percentage / 100;
END $$;

-- Whether TABLESAMPLE takes a row that the coordinator database reads from a worker.
CREATE OR REPLACE FUNCTION pgmesh.is_sampled(percentage real) RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN random() < pgmesh.sampled_part(percentage);
END $$;

-- The same row and seed give the same answer.
CREATE OR REPLACE FUNCTION pgmesh.is_sampled(percentage real, seed double precision, sampled text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  steps CONSTANT double precision := 4294967296;
BEGIN
  IF seed IS NULL THEN
    RAISE EXCEPTION 'TABLESAMPLE REPEATABLE parameter cannot be null' USING ERRCODE = '2202G';
  END IF;
  RETURN mod(hashtextextended(sampled, hashfloat8(seed)), 2147483648) + 2147483648
    < pgmesh.sampled_part(percentage) * steps;
END $$;

-- The table of a row that a function reads: of a distributed table's rows it is the shell. Functions call it
-- in place of tableoid, whatever tables their names mean by then.
CREATE OR REPLACE FUNCTION pgmesh.tableoid(relation oid) RETURNS oid
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce((
    SELECT i.inhparent FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.inhrelid
    WHERE i.inhrelid OPERATOR(pg_catalog.=) relation
      AND c.relnamespace OPERATOR(pg_catalog.=) 'pgmesh_remote'::pg_catalog.regnamespace), relation)
$$;
