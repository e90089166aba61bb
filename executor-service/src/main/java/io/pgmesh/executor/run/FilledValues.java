package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan.FilledColumn;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Values of the columns that COPY does not give, from the coordinator database: in its part of the
 * transaction, so that the time is the transaction's.
 */
final class FilledValues {
  private final List<FilledColumn> columns;
  private final int format;
  private final Execution run;
  private Optional<List<byte[]>> ofEveryRow;

  /**
   * @param format 0 text, 1 binary
   */
  FilledValues(List<FilledColumn> columns, int format, Execution run) {
    this.columns = columns;
    this.format = format;
    this.run = run;
    this.ofEveryRow = columns.isEmpty() ? Optional.of(List.of()) : Optional.empty();
  }

  /** Known to be the same for all rows. */
  Optional<List<byte[]>> ofEveryRow() {
    return ofEveryRow;
  }

  /** Values for so many rows. */
  Future<List<List<byte[]>>> of(int rows) {
    if (ofEveryRow.isPresent()) {
      return Future.succeededFuture(Collections.nCopies(rows, ofEveryRow.get()));
    }
    return columns.stream().allMatch(FilledColumn::constant)
        ? ask(1)
            .map(
                found -> {
                  ofEveryRow = Optional.of(found.getFirst());
                  return Collections.nCopies(rows, found.getFirst());
                })
        : ask(rows);
  }

  private Future<List<List<byte[]>>> ask(int rows) {
    String expressions =
        columns.stream().map(FilledColumn::expression).collect(Collectors.joining(", "));
    String sql = "SELECT " + expressions + " FROM pg_catalog.generate_series(1, " + rows + ")";
    var arguments = new Arguments(List.of(), List.of(), List.of(), List.of(format));
    var reader = new CollectedRows(new ArrayList<>());
    return run.transaction()
        .join(run.session().coordinator(), Block.BEGIN)
        .compose(
            coordinator -> {
              coordinator.connection().sequenceValues().taken();
              run.session().leftovers().watch(coordinator);
              if (columns.stream().anyMatch(FilledColumn::writes)) {
                coordinator.markWriter();
              }
              return Flight.extended(
                      coordinator.connection(), new Frames().run(sql, arguments), reader)
                  .future();
            })
        .map(outcome -> reader.rows());
  }
}
