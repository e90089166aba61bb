-- The catalog tables: columns, indexes and sequences as users of Citus query them.

CREATE SEQUENCE IF NOT EXISTS @catalog@.pg_dist_node_nodeid_seq MAXVALUE 4294967294;
CREATE SEQUENCE IF NOT EXISTS @catalog@.pg_dist_groupid_seq MAXVALUE 4294967296;
CREATE SEQUENCE IF NOT EXISTS @catalog@.pg_dist_colocationid_seq MAXVALUE 4294967296;
CREATE SEQUENCE IF NOT EXISTS @catalog@.pg_dist_shardid_seq START 102008;
CREATE SEQUENCE IF NOT EXISTS @catalog@.pg_dist_placement_placementid_seq;
CREATE SEQUENCE IF NOT EXISTS @catalog@.pg_dist_operationid_seq;
CREATE SEQUENCE IF NOT EXISTS @catalog@.pg_dist_cleanup_recordid_seq;
CREATE SEQUENCE IF NOT EXISTS @catalog@.pg_dist_background_job_job_id_seq;
CREATE SEQUENCE IF NOT EXISTS @catalog@.pg_dist_background_task_task_id_seq;

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_node (
  nodeid integer NOT NULL DEFAULT nextval('@catalog@.pg_dist_node_nodeid_seq') CONSTRAINT pg_dist_node_pkey PRIMARY KEY,
  groupid integer NOT NULL DEFAULT nextval('@catalog@.pg_dist_groupid_seq'),
  nodename text NOT NULL,
  nodeport integer NOT NULL DEFAULT 5432,
  noderack text NOT NULL DEFAULT 'default',
  hasmetadata boolean NOT NULL DEFAULT false,
  isactive boolean NOT NULL DEFAULT true,
  noderole @catalog@.noderole NOT NULL DEFAULT 'primary',
  nodecluster name NOT NULL DEFAULT 'default',
  metadatasynced boolean DEFAULT false,
  shouldhaveshards boolean NOT NULL DEFAULT true,
  nodeisclone boolean NOT NULL DEFAULT false,
  nodeprimarynodeid integer NOT NULL DEFAULT 0,
  CONSTRAINT pg_dist_node_nodename_nodeport_key UNIQUE (nodename, nodeport)
);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_partition (
  logicalrelid regclass NOT NULL,
  partmethod "char" NOT NULL,
  partkey text,
  colocationid integer NOT NULL DEFAULT 0,
  repmodel "char" NOT NULL DEFAULT 'c',
  autoconverted boolean DEFAULT false
);
CREATE UNIQUE INDEX IF NOT EXISTS pg_dist_partition_logical_relid_index
  ON @catalog@.pg_dist_partition (logicalrelid);
CREATE INDEX IF NOT EXISTS pg_dist_partition_colocationid_index
  ON @catalog@.pg_dist_partition (colocationid);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_shard (
  logicalrelid regclass NOT NULL,
  shardid bigint NOT NULL,
  shardstorage "char" NOT NULL,
  shardminvalue text,
  shardmaxvalue text
);
CREATE UNIQUE INDEX IF NOT EXISTS pg_dist_shard_shardid_index ON @catalog@.pg_dist_shard (shardid);
CREATE INDEX IF NOT EXISTS pg_dist_shard_logical_relid_index
  ON @catalog@.pg_dist_shard (logicalrelid);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_placement (
  placementid bigint NOT NULL DEFAULT nextval('@catalog@.pg_dist_placement_placementid_seq'),
  shardid bigint NOT NULL,
  shardstate integer NOT NULL,
  shardlength bigint NOT NULL,
  groupid integer NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS pg_dist_placement_placementid_index
  ON @catalog@.pg_dist_placement (placementid);
CREATE UNIQUE INDEX IF NOT EXISTS pg_dist_placement_shardid_groupid_unique_index
  ON @catalog@.pg_dist_placement (shardid, groupid);
CREATE INDEX IF NOT EXISTS pg_dist_placement_shardid_index ON @catalog@.pg_dist_placement (shardid);
CREATE INDEX IF NOT EXISTS pg_dist_placement_groupid_index ON @catalog@.pg_dist_placement (groupid);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_colocation (
  colocationid integer NOT NULL CONSTRAINT pg_dist_colocation_pkey PRIMARY KEY,
  shardcount integer NOT NULL,
  replicationfactor integer NOT NULL,
  distributioncolumntype oid NOT NULL,
  distributioncolumncollation oid NOT NULL
);
CREATE INDEX IF NOT EXISTS pg_dist_colocation_configuration_index
  ON @catalog@.pg_dist_colocation
  (distributioncolumntype, shardcount, replicationfactor, distributioncolumncollation);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_local_group (
  groupid integer NOT NULL CONSTRAINT pg_dist_local_groupid PRIMARY KEY
);
INSERT INTO @catalog@.pg_dist_local_group
SELECT 0 WHERE NOT EXISTS (SELECT FROM @catalog@.pg_dist_local_group);

-- One row for each prepared transaction of a worker whose commit is decided.
CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_transaction (
  groupid integer NOT NULL,
  gid text NOT NULL,
  outer_xid xid8,
  CONSTRAINT pg_dist_transaction_unique_constraint UNIQUE (groupid, gid)
);
CREATE INDEX IF NOT EXISTS pg_dist_transaction_group_index
  ON @catalog@.pg_dist_transaction (groupid);

-- Written by any client's transaction, in its own name: the rows count when it commits.
CREATE OR REPLACE FUNCTION pgmesh.record_decisions(gids text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO @catalog@.pg_dist_transaction (groupid, gid) SELECT 0, unnest(gids)
$$;

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_object (
  classid oid NOT NULL,
  objid oid NOT NULL,
  objsubid integer NOT NULL,
  type text,
  object_names text[],
  object_args text[],
  distribution_argument_index integer,
  colocationid integer,
  force_delegation boolean,
  CONSTRAINT pg_dist_object_pkey PRIMARY KEY (classid, objid, objsubid)
);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_authinfo (
  nodeid integer NOT NULL,
  rolename name NOT NULL,
  authinfo text NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS pg_dist_authinfo_identification_index
  ON @catalog@.pg_dist_authinfo (rolename, nodeid DESC);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_poolinfo (
  nodeid integer NOT NULL CONSTRAINT pg_dist_poolinfo_pkey PRIMARY KEY,
  poolinfo text NOT NULL
);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_node_metadata (
  metadata jsonb NOT NULL
);
INSERT INTO @catalog@.pg_dist_node_metadata
SELECT jsonb_build_object('server_id', gen_random_uuid())
WHERE NOT EXISTS (SELECT FROM @catalog@.pg_dist_node_metadata);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_schema (
  schemaid oid NOT NULL CONSTRAINT pg_dist_schema_pkey PRIMARY KEY,
  colocationid integer NOT NULL CONSTRAINT pg_dist_schema_unique_colocationid_index UNIQUE
);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_rebalance_strategy (
  name name NOT NULL,
  default_strategy boolean NOT NULL DEFAULT false,
  shard_cost_function regproc NOT NULL,
  node_capacity_function regproc NOT NULL,
  shard_allowed_on_node_function regproc NOT NULL,
  default_threshold real NOT NULL,
  minimum_threshold real NOT NULL DEFAULT 0,
  improvement_threshold real NOT NULL DEFAULT 0,
  CONSTRAINT pg_dist_rebalance_strategy_name_key UNIQUE (name)
);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_cleanup (
  record_id bigint NOT NULL DEFAULT nextval('@catalog@.pg_dist_cleanup_recordid_seq') CONSTRAINT pg_dist_cleanup_pkey PRIMARY KEY,
  operation_id bigint NOT NULL,
  object_type integer NOT NULL,
  object_name text NOT NULL,
  node_group_id integer NOT NULL,
  policy_type integer NOT NULL
);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_background_job (
  job_id bigint NOT NULL DEFAULT nextval('@catalog@.pg_dist_background_job_job_id_seq') CONSTRAINT pg_dist_background_job_pkey PRIMARY KEY,
  state @catalog@.citus_job_status NOT NULL DEFAULT 'scheduled',
  job_type name NOT NULL,
  description text NOT NULL,
  started_at timestamptz,
  finished_at timestamptz
);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_background_task (
  job_id bigint NOT NULL REFERENCES @catalog@.pg_dist_background_job (job_id),
  task_id bigint NOT NULL DEFAULT nextval('@catalog@.pg_dist_background_task_task_id_seq') CONSTRAINT pg_dist_background_task_pkey PRIMARY KEY,
  owner regrole NOT NULL DEFAULT CURRENT_USER::regrole,
  pid integer,
  status @catalog@.citus_task_status NOT NULL DEFAULT 'runnable',
  command text NOT NULL,
  retry_count integer,
  not_before timestamptz,
  message text NOT NULL DEFAULT '',
  nodes_involved integer[],
  CONSTRAINT pg_dist_background_task_job_id_task_id UNIQUE (job_id, task_id)
);
CREATE INDEX IF NOT EXISTS pg_dist_background_task_status_task_id_index
  ON @catalog@.pg_dist_background_task (status, task_id);

CREATE TABLE IF NOT EXISTS @catalog@.pg_dist_background_task_depend (
  job_id bigint NOT NULL REFERENCES @catalog@.pg_dist_background_job (job_id) ON DELETE CASCADE,
  task_id bigint NOT NULL,
  depends_on bigint NOT NULL,
  CONSTRAINT pg_dist_background_task_depend_pkey PRIMARY KEY (job_id, task_id, depends_on),
  FOREIGN KEY (job_id, task_id)
    REFERENCES @catalog@.pg_dist_background_task (job_id, task_id) ON DELETE CASCADE,
  FOREIGN KEY (job_id, depends_on)
    REFERENCES @catalog@.pg_dist_background_task (job_id, task_id) ON DELETE CASCADE
);

-- Everybody reads the catalog, save for passwords; only the API's functions write it.
DO $$
DECLARE
  relation regclass;
BEGIN
  FOR relation IN
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = '@catalog@' AND c.relname LIKE 'pg\_dist\_%' AND c.relkind IN ('r', 'S')
      AND c.relname <> 'pg_dist_authinfo'
  LOOP
    EXECUTE format('GRANT SELECT ON %s TO PUBLIC', relation);
  END LOOP;
END
$$;

-- Colocation groups that tables join unless they say otherwise.
CREATE TABLE IF NOT EXISTS pgmesh.default_colocation (
  colocationid integer PRIMARY KEY REFERENCES @catalog@.pg_dist_colocation ON DELETE CASCADE
);

-- Whoever changes the catalog, the metadata service hears of it when that is committed.
CREATE OR REPLACE FUNCTION pgmesh.announce_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NOTIFY pgmesh_catalog;
  RETURN NULL;
END
$$;
DO $$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['pg_dist_node', 'pg_dist_partition', 'pg_dist_shard', 'pg_dist_placement']
  LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER announce_change
      AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON @catalog@.%I
      FOR EACH STATEMENT EXECUTE FUNCTION pgmesh.announce_change()', relation);
  END LOOP;
END
$$;
