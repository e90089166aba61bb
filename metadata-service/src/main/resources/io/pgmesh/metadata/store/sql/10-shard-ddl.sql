-- The commands that make a shard: the table as it is here, save that values from sequences come
-- from this database. A null shard id makes a replica, which has no suffix.

CREATE OR REPLACE FUNCTION pgmesh.relation_name(name text, shard bigint) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN shard IS NULL THEN name ELSE pgmesh.shard_name(name, shard) END
$$;

CREATE OR REPLACE FUNCTION pgmesh.column_ddl(a pg_catalog.pg_attribute, shard bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT concat_ws(' ',
    quote_ident(a.attname),
    format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation
      THEN 'COLLATE ' || (SELECT format('%I.%I', n.nspname, c.collname) FROM pg_collation c
        JOIN pg_namespace n ON n.oid = c.collnamespace WHERE c.oid = a.attcollation) END,
    CASE
      WHEN a.attgenerated = 's' THEN 'GENERATED ALWAYS AS (' || e.sql || ') STORED'
      WHEN a.attgenerated <> '' THEN 'GENERATED ALWAYS AS (' || e.sql || ') VIRTUAL'
      WHEN e.sql IS NOT NULL
        AND pgmesh.column_fill(a.attidentity, a.attgenerated, d.oid, e.sql) = 'WORKER'
        THEN 'DEFAULT ' || e.sql END,
    CASE WHEN a.attnotnull THEN coalesce((
        SELECT format('CONSTRAINT %I ', pgmesh.relation_name(k.conname, shard)) FROM pg_constraint k
        WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum] LIMIT 1), '')
      || 'NOT NULL' END)
  FROM pg_type t
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN LATERAL (SELECT pg_get_expr(d.adbin, d.adrelid) AS sql) e ON true
  WHERE t.oid = a.atttypid
$$;

-- What CREATE TABLE cannot say about columns.
CREATE OR REPLACE FUNCTION pgmesh.column_options_ddl(relation oid, target text) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STORAGE %s', target, a.attname,
    CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attstorage <> t.typstorage
  UNION ALL
  SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', target, a.attname, a.attstattarget)
  FROM pg_attribute a
  WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attstattarget >= 0
$$;

-- Keys, checks and exclusions; foreign keys come later, when all tables are there.
CREATE OR REPLACE FUNCTION pgmesh.constraint_ddl(relation oid, shard bigint, target text)
RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', target,
    pgmesh.relation_name(k.conname, shard), pg_get_constraintdef(k.oid))
  FROM pg_constraint k
  WHERE k.conrelid = relation AND k.contype IN ('p', 'u', 'c', 'x')
  ORDER BY array_position('{p,u,x,c}'::text[], k.contype::text), k.conname
$$;

CREATE OR REPLACE FUNCTION pgmesh.index_ddl(relation oid, shard bigint, target text)
RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('CREATE %sINDEX %I ON %s %s',
    CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END,
    pgmesh.relation_name(c.relname, shard), target,
    -- what follows the table's name, wherever a quoted name before it ends
    substr(d.sql, length(format('CREATE %sINDEX %I ON %s ',
      CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, c.relname, pgmesh.qualified(relation))) + 1))
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  CROSS JOIN LATERAL (SELECT pg_get_indexdef(i.indexrelid) AS sql) d
  WHERE i.indrelid = relation AND i.indisvalid
    AND NOT EXISTS (SELECT FROM pg_constraint k
                    WHERE k.conindid = i.indexrelid AND k.conrelid = relation AND k.contype IN ('p', 'u', 'x'))
  ORDER BY c.relname
$$;

-- The relation that a foreign key of a shard points to: the colocated shard, or the replica.
CREATE OR REPLACE FUNCTION pgmesh.referenced_relation(referenced oid, shard bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = @catalog@, pg_catalog, pg_temp AS $$
  SELECT pgmesh.shard_relation(referenced, (
    SELECT other.shardid FROM pg_dist_shard own
    JOIN pg_dist_shard other ON other.logicalrelid = referenced
      AND other.shardminvalue IS NOT DISTINCT FROM own.shardminvalue
    JOIN pg_dist_partition p ON p.logicalrelid = other.logicalrelid AND p.repmodel <> 't'
    WHERE own.shardid = shard))
$$;

CREATE OR REPLACE FUNCTION pgmesh.foreign_key_ddl(relation oid, shard bigint, target text)
RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', target, pgmesh.relation_name(k.conname, shard),
    replace(pg_get_constraintdef(k.oid),
      ' REFERENCES ' || pgmesh.qualified(k.confrelid) || '(',
      ' REFERENCES ' || pgmesh.referenced_relation(k.confrelid, shard) || '('))
  FROM pg_constraint k
  WHERE k.conrelid = relation AND k.contype = 'f'
  ORDER BY k.conname
$$;

-- Owner, grants on the table and on its columns, replica identity.
CREATE OR REPLACE FUNCTION pgmesh.rights_ddl(relation oid, shard bigint, target text)
RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('ALTER TABLE %s OWNER TO %I', target, pg_get_userbyid(c.relowner))
  FROM pg_class c WHERE c.oid = relation AND pg_get_userbyid(c.relowner) <> pgmesh.caller()
  UNION ALL
  SELECT format('GRANT %s ON %s TO %s%s', string_agg(g.privilege_type, ', '), target,
    CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
    CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g
  WHERE c.oid = relation AND g.grantee <> c.relowner
  GROUP BY g.grantee, g.is_grantable
  UNION ALL
  SELECT format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, a.attname, target,
    CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
    CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) g
  WHERE a.attrelid = relation AND NOT a.attisdropped
  UNION ALL
  SELECT format('ALTER TABLE %s REPLICA IDENTITY %s', target,
    CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'USING INDEX ' || quote_ident((
      SELECT pgmesh.relation_name(x.relname, shard) FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
      WHERE i.indrelid = relation AND i.indisreplident)) END)
  FROM pg_class c
  WHERE c.oid = relation AND (c.relreplident IN ('f', 'n') OR c.relreplident = 'i' AND EXISTS (
    SELECT FROM pg_index i WHERE i.indrelid = relation AND i.indisreplident))
$$;

CREATE OR REPLACE FUNCTION pgmesh.create_table_ddl(relation oid, shard bigint, target text)
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('CREATE %sTABLE %s (%s)%s',
    CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END, target,
    (SELECT string_agg(pgmesh.column_ddl(a, shard), ', ' ORDER BY a.attnum) FROM pg_attribute a
     WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped),
    CASE WHEN c.reloptions IS NULL THEN '' ELSE ' WITH (' || (
      SELECT string_agg(format('%s = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ')
      FROM unnest(c.reloptions) AS o) || ')' END)
  FROM pg_class c WHERE c.oid = relation
$$;

-- A schema as it is here, where a worker lacks it.
CREATE OR REPLACE FUNCTION pgmesh.schema_ddl(schema_oid oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('DO %L', format(
    'BEGIN IF to_regnamespace(%L) IS NULL THEN CREATE SCHEMA %I%s; END IF; END',
    quote_ident(n.nspname), n.nspname,
    CASE WHEN pg_get_userbyid(n.nspowner) = pgmesh.caller() THEN ''
      ELSE format(' AUTHORIZATION %I', pg_get_userbyid(n.nspowner)) END))
  FROM pg_namespace n WHERE n.oid = schema_oid
$$;

-- All commands for one shard or replica, separated by semicolons.
CREATE OR REPLACE FUNCTION pgmesh.shard_ddl(relation regclass, shard bigint DEFAULT NULL) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT string_agg(command, E';\n' ORDER BY step, number) || E';\n'
  FROM (SELECT pgmesh.shard_relation(relation, shard) AS target) t
  CROSS JOIN LATERAL (
    SELECT 1 AS step, 1::bigint AS number, pgmesh.create_table_ddl(relation, shard, target) AS command
    UNION ALL SELECT 2, n, c FROM pgmesh.column_options_ddl(relation, target) WITH ORDINALITY AS x (c, n)
    UNION ALL SELECT 3, n, c FROM pgmesh.constraint_ddl(relation, shard, target) WITH ORDINALITY AS x (c, n)
    UNION ALL SELECT 4, n, c FROM pgmesh.index_ddl(relation, shard, target) WITH ORDINALITY AS x (c, n)
    UNION ALL SELECT 5, n, c FROM pgmesh.foreign_key_ddl(relation, shard, target) WITH ORDINALITY AS x (c, n)
    UNION ALL SELECT 6, n, c FROM pgmesh.rights_ddl(relation, shard, target) WITH ORDINALITY AS x (c, n)
  ) commands
$$;
