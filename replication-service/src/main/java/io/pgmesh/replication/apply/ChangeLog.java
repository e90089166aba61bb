package io.pgmesh.replication.apply;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;

/** The change log and the states of replicas, in the coordinator database. */
public final class ChangeLog {
  /** Transactions that one trim deletes, so that it stays short. */
  private static final int TRIM_TRANSACTIONS = 5000;

  private static final String ALL_AWAITED =
      """
      WITH live AS (
        SELECT g.groupid, coalesce(
          (SELECT max(t.position) FROM pgmesh.change_transaction t
           WHERE g.groupid <> ALL (t.carried_groups)), 0) AS position
        FROM (SELECT DISTINCT groupid FROM pgmesh.replica WHERE state = 'live') g
      )
      SELECT (SELECT coalesce(max(position), 0) FROM pgmesh.change_transaction),
        ARRAY(SELECT groupid FROM live ORDER BY groupid),
        ARRAY(SELECT position FROM live ORDER BY groupid), ARRAY[]::integer[]""";

  private static final String AWAITED =
      """
      SELECT coalesce(t.position, 0), live.groups,
        ARRAY(SELECT CASE WHEN g = ANY (t.carried_groups) THEN 0 ELSE coalesce(t.position, 0) END
              FROM unnest(live.groups) WITH ORDINALITY AS u (g, number) ORDER BY number),
        ARRAY(SELECT DISTINCT groupid FROM pgmesh.replica
              WHERE state = 'seeding' AND registered_xid = asked.xid::xid8)
      FROM unnest($1::text[]) WITH ORDINALITY AS asked (xid, number)
      CROSS JOIN (SELECT ARRAY(
        SELECT DISTINCT groupid FROM pgmesh.replica WHERE state = 'live') AS groups) AS live
      LEFT JOIN pgmesh.change_transaction t ON t.xid = asked.xid::xid8
      ORDER BY asked.number""";

  private final Pool pool;

  public ChangeLog(Pool pool) {
    this.pool = pool;
  }

  /**
   * @param mesh tells this mesh's appliers from another's on a worker
   * @param relayed all transactions up to this position are in Kafka
   */
  public record RelayState(UUID mesh, long relayed) {}

  /**
   * A table that a worker holds a copy of.
   *
   * @param seedPosition the copy contains all changes up to here
   */
  public record Registered(String schema, String name, long seedPosition) {}

  /**
   * What a commit has to wait for.
   *
   * @param position of the transaction, 0 when every replica is known to have it
   * @param live groups whose replicas queries read, and the position that each must reach; less
   *     than {@code position} where later changes were carried inside their transactions
   * @param seeding groups with a copy that the transaction made and that is not read yet
   */
  public record Awaited(long position, Map<Integer, Long> live, List<Integer> seeding) {}

  /** Makes or completes the log's tables and functions. */
  public Future<Void> install() {
    return script(
        "SELECT pg_advisory_xact_lock(1885826419, 3);\n" + SqlResource.read("change-log.sql"));
  }

  /** Makes the view for users; answers false while there is no catalog to join it with. */
  public Future<Boolean> installView() {
    return pool.query("SELECT to_regproc('pgmesh.catalog_schema') IS NOT NULL")
        .execute()
        .map(rows -> rows.iterator().next().getBoolean(0))
        .compose(
            there ->
                there
                    ? pool.query("SELECT pgmesh.catalog_schema()")
                        .execute()
                        .compose(rows -> installView(rows.iterator().next().getString(0)))
                        .map(true)
                    : Future.succeededFuture(false));
  }

  private Future<Void> installView(String catalogSchema) {
    var mayChangeSystem =
        catalogSchema.equals("pg_catalog") ? "SET LOCAL allow_system_table_mods = on;\n" : "";
    return script(
        mayChangeSystem
            + SqlResource.read("replicas-view.sql").replace("${catalog}", catalogSchema));
  }

  /** Runs statements in one transaction: one message is one. */
  private Future<Void> script(String sql) {
    return pool.query("SET LOCAL client_min_messages = warning;\n" + sql).execute().mapEmpty();
  }

  public Future<RelayState> relayState() {
    return pool.query("SELECT mesh, relayed_position FROM pgmesh.replication")
        .execute()
        .map(rows -> rows.iterator().next())
        .map(row -> new RelayState(row.getUUID(0), row.getLong(1)));
  }

  /** The tables that a worker has copies of, by oid. */
  public Future<Map<Long, Registered>> registered(int group) {
    return pool.preparedQuery(
            """
            SELECT r.relation::bigint, n.nspname::text, c.relname::text, r.seed_position
            FROM pgmesh.replica r
            JOIN pg_class c ON c.oid = r.relation JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE r.groupid = $1""")
        .execute(Tuple.of(group))
        .map(
            rows -> {
              Map<Long, Registered> tables = new HashMap<>();
              rows.forEach(
                  row ->
                      tables.put(
                          row.getLong(0),
                          new Registered(row.getString(1), row.getString(2), row.getLong(3))));
              return tables;
            });
  }

  /** Where a worker begins that has no position of its own: before what its copies lack. */
  public Future<Long> startOf(int group) {
    return pool.preparedQuery(
            """
            SELECT coalesce(
              (SELECT min(seed_position) FROM pgmesh.replica WHERE groupid = $1),
              pgmesh.current_change_position())""")
        .execute(Tuple.of(group))
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /** The last position that the log no longer has. */
  public Future<Long> trimmed() {
    return pool.query("SELECT trimmed_position FROM pgmesh.replication")
        .execute()
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /** For everything that is committed. */
  public Future<Awaited> awaitedByAll() {
    return pool.preparedQuery(ALL_AWAITED).execute().map(rows -> awaited(rows.iterator().next()));
  }

  /**
   * @param xids of committed transactions; the answers are in the same order
   */
  public Future<List<Awaited>> awaited(List<String> xids) {
    return pool.preparedQuery(AWAITED)
        .execute(Tuple.of(xids.toArray(String[]::new)))
        .map(
            rows ->
                StreamSupport.stream(rows.spliterator(), false).map(ChangeLog::awaited).toList());
  }

  private static Awaited awaited(Row row) {
    return new Awaited(row.getLong(0), positions(row), integers(row, 3));
  }

  private static Map<Integer, Long> positions(Row row) {
    Map<Integer, Long> positions = new HashMap<>();
    for (int i = 0; i < row.getArrayOfIntegers(1).length; i++) {
      positions.put(row.getArrayOfIntegers(1)[i], row.getArrayOfLongs(2)[i]);
    }
    return positions;
  }

  /** Groups with a replica that no query reads. */
  public Future<List<Integer>> behind() {
    return pool.query("SELECT DISTINCT groupid FROM pgmesh.replica WHERE state <> 'live'")
        .execute()
        .map(ChangeLog::groups);
  }

  /** Fences the live replicas of these groups; answers those that had any. */
  public Future<List<Integer>> fence(List<Integer> groups, String reason) {
    return pool.preparedQuery("SELECT pgmesh.fence_replicas($1, $2)")
        .execute(Tuple.of(groups.toArray(Integer[]::new), reason))
        .map(rows -> integers(rows.iterator().next(), 0));
  }

  /** Fences whoever lacks a transaction that was committed so long ago. */
  public Future<List<Integer>> fenceLagging(long olderThanMillis) {
    return pool.preparedQuery(
            """
            UPDATE pgmesh.replica r
            SET state = 'stale', changed_at = now(),
                last_error = coalesce(last_error, format('not applied within %s ms', $1::bigint))
            WHERE state = 'live' AND EXISTS (
              SELECT FROM pgmesh.change_transaction t
              WHERE t.position > r.applied_position AND r.groupid <> ALL (t.carried_groups)
                AND t.committed_at < clock_timestamp() - $1::bigint * interval '1 ms')
            RETURNING groupid""")
        .execute(Tuple.of(olderThanMillis))
        .map(ChangeLog::groups);
  }

  /** Makes a group's replicas live; answers false when it lacks something. */
  public Future<Boolean> promote(int group, long applied) {
    return pool.preparedQuery("SELECT pgmesh.promote_replicas($1, $2)")
        .execute(Tuple.of(group, applied))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  /**
   * Tells users how far each group is. A worker that is behind where it was has lost changes (it
   * was restored from a backup, say) and is fenced until it has them again.
   */
  public Future<Void> saveApplied(Map<Integer, Long> positions) {
    return pool.preparedQuery(
            """
            UPDATE pgmesh.replica r
            SET applied_position = now.position,
                state = CASE WHEN lost AND state = 'live' THEN 'stale' ELSE state END,
                last_error = CASE WHEN lost THEN 'the worker has lost changes' ELSE last_error END
            FROM (
              SELECT relation, groupid, greatest(position, seed_position) AS position,
                     position < applied_position AND applied_position > seed_position AS lost
              FROM pgmesh.replica
              JOIN unnest($1::int[], $2::bigint[]) AS a (groupid, position) USING (groupid)) AS now,
              (SELECT set_config('synchronous_commit', 'off', true)) AS may_be_lost
            WHERE r.relation = now.relation AND r.groupid = now.groupid
              AND r.applied_position <> now.position""")
        .execute(
            Tuple.tuple()
                .addArrayOfInteger(positions.keySet().toArray(Integer[]::new))
                .addArrayOfLong(positions.values().toArray(Long[]::new)))
        .mapEmpty();
  }

  /** Tells users why a group does not get on. */
  public Future<Void> saveError(int group, String error) {
    return pool.preparedQuery(
            "UPDATE pgmesh.replica SET last_error = $2 WHERE groupid = $1 AND last_error IS DISTINCT FROM $2")
        .execute(Tuple.of(group, error))
        .mapEmpty();
  }

  /** Forgets replicas of tables that are gone, then transactions that every replica has. */
  public Future<Void> trim() {
    return pool.query(
            """
            DELETE FROM pgmesh.replica r
            WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = r.relation)""")
        .execute()
        .compose(
            forgotten ->
                pool.preparedQuery(
                        """
                        WITH bound AS (
                          SELECT least(relayed_position,
                            (SELECT min(applied_position) FROM pgmesh.replica)) AS position
                          FROM pgmesh.replication
                        ), gone AS (
                          DELETE FROM pgmesh.change_transaction WHERE xid IN (
                            SELECT t.xid FROM pgmesh.change_transaction t, bound
                            WHERE t.position <= bound.position ORDER BY t.position LIMIT $1)
                          RETURNING xid, position
                        ), rows_gone AS (
                          DELETE FROM pgmesh.change_log l USING gone WHERE l.xid = gone.xid
                        )
                        UPDATE pgmesh.replication
                        SET trimmed_position = (SELECT max(position) FROM gone)
                        WHERE EXISTS (SELECT FROM gone)""")
                    .execute(Tuple.of(TRIM_TRANSACTIONS)))
        .mapEmpty();
  }

  private static List<Integer> integers(Row row, int column) {
    return Arrays.asList(row.getArrayOfIntegers(column));
  }

  private static List<Integer> groups(RowSet<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> row.getInteger(0))
        .distinct()
        .toList();
  }
}
