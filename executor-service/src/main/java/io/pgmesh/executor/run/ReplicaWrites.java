package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.replica.ReplicaStatement;
import io.pgmesh.contracts.replica.ReplicaTable;
import io.pgmesh.contracts.replica.ReplicaTable.Column;
import io.pgmesh.contracts.replica.RowChange;
import io.pgmesh.executor.tx.Carriers;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.worker.RowReader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Writes row changes to one worker's replicas inside the client's transaction. */
final class ReplicaWrites {
  private static final long PREPARED_POLL_MILLIS = 20;
  private static final long PREPARED_MAX_MILLIS = 5_000;
  private static final String PREPARED =
      "SELECT gid FROM pg_catalog.pg_prepared_xacts"
          + " WHERE gid LIKE 'pgmesh\\_%' AND database = pg_catalog.current_database()";

  private static final String WRITE =
      "SELECT pgmesh.write_replica($1::text, $2::text, $3::text[], $4::integer)";

  /** A row may be gone because a constraint of the replica has done its part already. */
  private static final String MAY_CASCADE =
      """
      SELECT pg_catalog.current_setting('transaction_isolation') = 'read committed' AND EXISTS (
        SELECT FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = $2 AND k.contype = 'f'
          AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd')))""";

  private final Vertx vertx;
  private final Participant worker;
  private final Carriers carriers;
  private final Map<Long, ReplicaTable> tables = new HashMap<>();

  ReplicaWrites(Vertx vertx, Participant worker, Carriers carriers) {
    this.vertx = vertx;
    this.worker = worker;
    this.carriers = carriers;
  }

  Future<Void> apply(List<RowChange> changes) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PREPARED_MAX_MILLIS);
    Future<Void> applied = noneUnfinished(deadline);
    for (List<RowChange> run : runs(changes)) {
      applied = applied.compose(before -> table(run.getFirst())).compose(t -> apply(t, run));
    }
    return applied.recover(cause -> Future.failedFuture(ErrorMapping.ofReplica(cause)));
  }

  /**
   * A transaction that carried its changes too is committed by its decision, before this worker's
   * part is: until then its rows are not seen here.
   */
  private Future<Void> noneUnfinished(long deadline) {
    return RowReader.simple(worker.connection(), PREPARED)
        .map(rows -> rows.stream().map(List::getFirst).toList())
        .compose(carriers::anyDecided)
        .compose(
            waits -> {
              if (!waits) {
                return Future.succeededFuture();
              }
              return System.nanoTime() > deadline
                  ? Future.failedFuture(unfinished())
                  : vertx
                      .timer(PREPARED_POLL_MILLIS, TimeUnit.MILLISECONDS)
                      .compose(again -> noneUnfinished(deadline));
            });
  }

  private SqlError unfinished() {
    return new SqlError(
        SqlState.SERIALIZATION_FAILURE,
        "an earlier change of a reference table is not finished on server " + worker.address());
  }

  /** Consecutive changes of one table, operation and shape. */
  private static List<List<RowChange>> runs(List<RowChange> changes) {
    var runs = new ArrayList<List<RowChange>>();
    for (RowChange change : changes) {
      if (runs.isEmpty() || !runs.getLast().getFirst().alike(change)) {
        runs.add(new ArrayList<>());
      }
      runs.getLast().add(change);
    }
    return runs;
  }

  private Future<ReplicaTable> table(RowChange change) {
    var known = tables.get(change.relation());
    return known != null
        ? Future.succeededFuture(known)
        : RowReader.query(
                worker.connection(), ReplicaTable.COLUMNS, change.schema(), change.table())
            .map(rows -> table(change, rows))
            .onSuccess(found -> tables.put(change.relation(), found));
  }

  private ReplicaTable table(RowChange change, List<List<String>> rows) {
    if (rows.isEmpty()) {
      throw new SqlError(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "server %s has no replica of \"%s\"".formatted(worker.address(), change.table()));
    }
    var columns =
        rows.stream()
            .map(row -> Column.of(row.get(0), row.get(1), row.get(2), row.get(3)))
            .toList();
    return new ReplicaTable(change.schema(), change.table(), columns);
  }

  private Future<Void> apply(ReplicaTable table, List<RowChange> run) {
    var statement = ReplicaStatement.of(table, run.getFirst());
    if (statement.kind() == ReplicaStatement.Kind.NOTHING) {
      return Future.succeededFuture();
    }
    var images =
        run.stream()
            .flatMap(change -> ReplicaStatement.parameters(table, change).stream())
            .toList();
    int atOnce =
        switch (statement.kind()) {
          case ROWS, TABLE, NOTHING -> 0;
          case ONE_ROW -> images.size() / run.size();
        };
    return carriers
        .token(worker.connection(), statement.sql(), images)
        .compose(
            token ->
                RowReader.query(
                    worker.connection(),
                    WRITE,
                    token,
                    statement.sql(),
                    array(images),
                    String.valueOf(atOnce)))
        .onFailure(this::forgetSecret)
        .compose(
            found ->
                statement.kind() == ReplicaStatement.Kind.TABLE
                        || Long.parseLong(found.getFirst().getFirst()) == run.size()
                    ? Future.succeededFuture()
                    : missed(table));
  }

  private void forgetSecret(Throwable cause) {
    if (SqlError.from(cause).code().equals(SqlState.INSUFFICIENT_PRIVILEGE.code())) {
      carriers.forget(worker.address());
    }
  }

  private Future<Void> missed(ReplicaTable table) {
    return RowReader.query(worker.connection(), MAY_CASCADE, table.schema(), table.name())
        .compose(
            rows ->
                rows.getFirst().getFirst().equals("t")
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new SqlError(
                            SqlState.SERIALIZATION_FAILURE,
                            "could not serialize access: the replica of \"%s\" on server %s is not as the transaction sees the table"
                                .formatted(table.name(), worker.address()))));
  }

  /** A text array as PostgreSQL reads it. */
  private static String array(List<String> texts) {
    return texts.stream()
        .map(text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(Collectors.joining(",", "{", "}"));
  }
}
