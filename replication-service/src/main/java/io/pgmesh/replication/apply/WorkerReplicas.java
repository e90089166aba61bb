package io.pgmesh.replication.apply;

import io.pgmesh.contracts.replica.ReplicaStatement;
import io.pgmesh.contracts.replica.ReplicaTable;
import io.pgmesh.contracts.replica.ReplicaTable.Column;
import io.pgmesh.contracts.replica.RowChange;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a worker that applies changes. The position is saved by the transaction that
 * applies, and only if it is still the one that was read: a second applier that believes itself
 * active cannot apply anything twice.
 */
public final class WorkerReplicas {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerReplicas.class);

  /** The settings under which {@code pgmesh.record_change} wrote the images. */
  static final String SETTINGS =
      """
      SET search_path = pg_catalog;
      SET datestyle = 'ISO, YMD';
      SET intervalstyle = 'postgres';
      SET timezone = 'UTC';
      SET bytea_output = 'hex';
      SET extra_float_digits = 3;
      SET lc_monetary = 'C';
      SET array_nulls = on;
      SET xmloption = content;
      SET quote_all_identifiers = off;
      SET statement_timeout = 0;
      SET idle_in_transaction_session_timeout = 0;
      SET default_transaction_isolation = 'read committed';
      SET default_transaction_read_only = off;
      SET client_min_messages = warning""";

  private final PgConnection connection;
  private final UUID mesh;
  private final int group;
  private final boolean alone; // nothing but this connection changes replicas

  private WorkerReplicas(PgConnection connection, UUID mesh, int group, boolean alone) {
    this.connection = connection;
    this.mesh = mesh;
    this.group = group;
    this.alone = alone;
  }

  /**
   * How far a worker is.
   *
   * @param position of the last transaction applied
   * @param nextOffset in the topic, to go on from
   */
  public record Applied(long position, long nextOffset) {}

  /** An error unless the position is still where this applier left it. */
  private static final String MOVE =
      """
      WITH moved AS (
        UPDATE pgmesh.applied SET position = $1, next_offset = $2
        WHERE mesh = $3 AND groupid = $4 AND position = $5 RETURNING 1)
      SELECT 1 / count(*) FROM moved""";

  /** Makes a connection ready to apply. */
  public static Future<WorkerReplicas> open(PgConnection connection, UUID mesh, int group) {
    return connection
        .query(SETTINGS)
        .execute()
        .compose(set -> connection.query(SqlResource.read("worker.sql")).execute())
        .compose(made -> actAsReplica(connection, group))
        .map(alone -> new WorkerReplicas(connection, mesh, group, alone));
  }

  /**
   * As PostgreSQL's own appliers do: what cascaded on the primary copy arrives as changes and must
   * not cascade again. A role that may not ask for that still applies, but finds rows changed.
   */
  private static Future<Boolean> actAsReplica(PgConnection connection, int group) {
    return connection
        .query("SET session_replication_role = replica")
        .execute()
        .map(true)
        .otherwise(
            refused -> {
              LOG.warn(
                  "group {}: foreign keys and triggers act on replicas: {}",
                  group,
                  refused.getMessage());
              return false;
            });
  }

  public void closeHandler(Handler<Void> handler) {
    connection.exceptionHandler(failure -> LOG.debug("group {}: {}", group, failure.getMessage()));
    connection.closeHandler(handler);
  }

  /** The stored position, or what it begins with when there is none. */
  public Future<Applied> applied(long start) {
    return connection
        .preparedQuery("INSERT INTO pgmesh.applied VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING")
        .execute(Tuple.of(mesh, group, start))
        .compose(
            inserted ->
                connection
                    .preparedQuery(
                        "SELECT position, next_offset FROM pgmesh.applied WHERE mesh = $1 AND groupid = $2")
                    .execute(Tuple.of(mesh, group)))
        .map(rows -> rows.iterator().next())
        .map(row -> new Applied(row.getLong(0), row.getLong(1)));
  }

  /** Begins a transaction; constraints that may wait until its end do. */
  public Future<Void> begin() {
    return connection.query("BEGIN; SET CONSTRAINTS ALL DEFERRED").execute().mapEmpty();
  }

  public Future<Void> rollback() {
    return connection.query("ROLLBACK").execute().mapEmpty();
  }

  /**
   * Commits with the new position; fails when another applier was here in between. COMMIT is sent
   * without waiting: behind an error it rolls back.
   */
  public Future<Void> commit(Applied before, Applied after) {
    var moved =
        connection
            .preparedQuery(MOVE)
            .execute(
                Tuple.of(after.position(), after.nextOffset(), mesh, group, before.position()));
    var committed = connection.query("COMMIT").execute();
    return moved
        .recover(
            failure ->
                Future.failedFuture(
                    isDivision(failure)
                        ? "another applier has moved the position"
                        : failure.getMessage()))
        .compose(done -> committed)
        .mapEmpty();
  }

  private static boolean isDivision(Throwable failure) {
    return failure instanceof PgException refused && "22012".equals(refused.getSqlState());
  }

  /** The table as it is on the worker now. */
  public Future<ReplicaTable> table(String schema, String name) {
    return connection
        .preparedQuery(ReplicaTable.COLUMNS)
        .execute(Tuple.of(schema, name))
        .compose(
            rows ->
                rows.size() == 0
                    ? Future.failedFuture("there is no table " + schema + "." + name)
                    : Future.succeededFuture(table(schema, name, rows)));
  }

  private static ReplicaTable table(String schema, String name, RowSet<Row> rows) {
    var columns = new ArrayList<Column>();
    for (Row row : rows) {
      columns.add(
          Column.of(row.getString(0), row.getString(1), row.getString(2), row.getString(3)));
    }
    return new ReplicaTable(schema, name, columns);
  }

  /**
   * Repeats changes of one kind and shape. What is sent before the answer is there fails too if
   * this fails.
   *
   * @param changes consecutive changes that {@link ReplicaStatement#of} gives the same statement
   */
  public Future<Void> apply(ReplicaTable table, List<RowChange> changes) {
    var statement = ReplicaStatement.of(table, changes.getFirst());
    var rows = changes.stream().map(c -> ReplicaStatement.parameters(table, c)).toList();
    Future<?> applied =
        switch (statement.kind()) {
          case ROWS ->
              connection
                  .preparedQuery(checked(statement.sql(), "cardinality($1)"))
                  .execute(Tuple.of(rows.stream().map(List::getFirst).toArray(String[]::new)));
          case ONE_ROW ->
              connection
                  .preparedQuery(checked(statement.sql(), "1"))
                  .executeBatch(rows.stream().map(row -> Tuple.wrap(List.copyOf(row))).toList());
          case TABLE -> connection.query(statement.sql()).execute();
          case NOTHING -> Future.succeededFuture();
        };
    return applied.<Void>mapEmpty().recover(failure -> failed(changes, failure));
  }

  /** An error unless so many rows are found as were changed on the primary copy. */
  private String checked(String sql, String rows) {
    return alone
        ? """
        WITH found AS (%s RETURNING 1)
        SELECT CASE WHEN count(*) <> %s THEN ('found ' || count(*) || ' rows')::integer END FROM found"""
            .formatted(sql, rows)
        : sql;
  }

  private static Future<Void> failed(List<RowChange> changes, Throwable failure) {
    var first = changes.getFirst();
    return Future.failedFuture(
        "%s of %s.%s, %d rows, the first like %s: %s"
            .formatted(
                first.operation().name().toLowerCase(Locale.ROOT),
                first.schema(),
                first.table(),
                changes.size(),
                first.oldRow().isEmpty() ? first.newRow() : first.oldRow(),
                failure.getMessage()));
  }

  /** Whether a part of a transaction is prepared here and waits for its commit. */
  public Future<Boolean> prepared(String transaction) {
    return connection
        .preparedQuery(
            "SELECT EXISTS (SELECT FROM pg_prepared_xacts"
                + " WHERE starts_with(gid, 'pgmesh_' || $1::text || '_') AND database = current_database())")
        .execute(Tuple.of(transaction))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  public Future<Void> close() {
    return connection.close().otherwiseEmpty();
  }
}
