-- How far the replicas of reference tables are. ${catalog} is the schema of pg_dist_node.
CREATE OR REPLACE VIEW ${catalog}.pgmesh_replicas AS
SELECT
  r.relation::regclass AS "table",
  format('%s:%s', n.nodename, n.nodeport) AS worker,
  r.state,
  r.applied_position,
  (SELECT count(*)
   FROM pgmesh.change_transaction t JOIN pgmesh.change_log l USING (xid)
   WHERE t.position > r.applied_position AND l.relation = r.relation) AS lag_rows,
  (SELECT coalesce(ceil(1000 * extract(epoch FROM clock_timestamp() - min(t.committed_at))), 0)::bigint
   FROM pgmesh.change_transaction t
   WHERE t.position > r.applied_position
     AND EXISTS (SELECT FROM pgmesh.change_log l WHERE l.xid = t.xid AND l.relation = r.relation)
  ) AS lag_ms,
  r.last_error
FROM pgmesh.replica r
JOIN ${catalog}.pg_dist_node n ON n.groupid = r.groupid AND n.noderole = 'primary'
JOIN pg_catalog.pg_class c ON c.oid = r.relation
ORDER BY 1, 2;
GRANT SELECT ON ${catalog}.pgmesh_replicas TO PUBLIC;
