package io.pgmesh.replication.apply;

import io.pgmesh.contracts.replica.RowChange;
import io.pgmesh.contracts.replica.RowChange.Operation;
import io.pgmesh.replication.change.Carried;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads committed transactions out of the change log, a bounded number of rows at a time. */
public final class ChangeReader {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeReader.class);
  private static final int ROWS = 500;

  private static final String COMMITTED =
      """
      SELECT t.position, t.carried_groups, t.carried_transaction, l.relation::bigint, l.schema_name, l.table_name, l.operation, l.columns,
             l.old_row, l.new_row
      FROM pgmesh.change_transaction t LEFT JOIN pgmesh.change_log l USING (xid)
      WHERE t.position > $1 AND t.position <= $2 ORDER BY t.position, l.id""";

  private final PgConnection connection;

  public ChangeReader(PgConnection connection) {
    this.connection = connection;
    connection.exceptionHandler(failure -> LOG.debug("change reader: {}", failure.getMessage()));
  }

  /**
   * A row of a transaction.
   *
   * @param change empty when the transaction has no rows
   */
  public record Committed(long position, Carried carried, Optional<RowChange> change) {}

  /**
   * Positions.
   *
   * @param after exclusive
   * @param upTo inclusive
   */
  public record Range(long after, long upTo) {}

  /** A position up to which nothing can come any more that is not there. */
  public Future<Long> closed() {
    return connection
        .preparedQuery("SELECT pgmesh.closed_change_position()")
        .execute()
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /**
   * Hands over everything committed in a range, in order, and waits for each batch to be taken
   * before it reads the next.
   *
   * @param range up to a position that is {@link #closed}
   */
  public Future<Void> read(Range range, Function<List<Committed>, Future<Void>> batches) {
    return connection
        .preparedQuery(COMMITTED + " LIMIT " + (ROWS + 1))
        .execute(Tuple.of(range.after(), range.upTo()))
        .compose(
            rows ->
                rows.size() <= ROWS
                    ? batches.apply(committed(rows))
                    : readByCursor(range, batches));
  }

  /** Many rows, of one snapshot. */
  private Future<Void> readByCursor(Range range, Function<List<Committed>, Future<Void>> batches) {
    return connection
        .begin()
        .compose(
            transaction ->
                connection
                    .prepare(COMMITTED)
                    .compose(
                        statement ->
                            drain(statement.cursor(Tuple.of(range.after(), range.upTo())), batches)
                                .eventually(statement::close))
                    .compose(
                        read -> transaction.commit(),
                        failure ->
                            transaction
                                .rollback()
                                .otherwiseEmpty()
                                .compose(undone -> Future.failedFuture(failure))));
  }

  private Future<Void> drain(Cursor cursor, Function<List<Committed>, Future<Void>> batches) {
    return cursor
        .read(ROWS)
        .compose(rows -> batches.apply(committed(rows)))
        .compose(taken -> cursor.hasMore() ? drain(cursor, batches) : cursor.close());
  }

  private static List<Committed> committed(RowSet<Row> rows) {
    List<Committed> batch = new ArrayList<>(rows.size());
    rows.forEach(row -> batch.add(committed(row)));
    return batch;
  }

  private static Committed committed(Row row) {
    var carried = new Carried(List.of(row.getArrayOfIntegers(1)), row.getString(2));
    if (row.getLong(3) == null) {
      return new Committed(row.getLong(0), carried, Optional.empty());
    }
    var change =
        new RowChange(
            row.getLong(3),
            row.getString(4),
            row.getString(5),
            Operation.valueOf(row.getString(6).toUpperCase(Locale.ROOT)),
            List.of(row.getArrayOfStrings(7)),
            Objects.requireNonNullElse(row.getString(8), ""),
            Objects.requireNonNullElse(row.getString(9), ""));
    return new Committed(row.getLong(0), carried, Optional.of(change));
  }

  /** Remembers that everything up to a position is in Kafka. */
  public Future<Void> saveRelayed(long position) {
    return connection
        .preparedQuery("UPDATE pgmesh.replication SET relayed_position = $1")
        .execute(Tuple.of(position))
        .mapEmpty();
  }

  public Future<Void> close() {
    return connection.close().otherwiseEmpty();
  }
}
