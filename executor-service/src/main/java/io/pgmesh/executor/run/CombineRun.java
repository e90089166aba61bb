package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.tx.SessionTransaction.Kind;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;

/**
 * Workers' rows become a temporary table in the coordinator database, over which the plan's last
 * query runs. Rows are turned from one text form into the other on their way; no value is decoded.
 */
final class CombineRun {
  private final Plan.Scatter plan;
  private final Gather.Combine combine;
  private final Execution run;
  private final String table;

  private CombineRun(Plan.Scatter plan, Gather.Combine combine, Execution run, String table) {
    this.plan = plan;
    this.combine = combine;
    this.run = run;
    this.table = table;
  }

  static Future<Ended> run(Plan.Scatter plan, Gather.Combine combine, Execution run) {
    if (run.inParts()) {
      return open(plan, combine, run).compose(portal -> StatementRun.firstPart(portal, run));
    }
    var combining = new CombineRun(plan, combine, run, Gather.Combine.PARTIAL);
    return combining.gather().compose(combining::finish);
  }

  /**
   * The last query's rows, to be fetched in parts. Their table outlives the statement, and ROLLBACK
   * TO may bring it back after it was dropped: so its name is one that the session never had.
   */
  static Future<Portal> open(Plan.Scatter plan, Gather.Combine combine, Execution run) {
    var combining = new CombineRun(plan, combine, run, newTable(run.session()));
    SqlText last = combining.last();
    return combining
        .gather()
        .compose(
            coordinator ->
                StatementRun.open(coordinator, last, run)
                    .map(portal -> new TablePortal(portal, coordinator, combining.table)));
  }

  /** As long as the plain name, so that positions in the last query stay where they are. */
  private static String newTable(Session session) {
    return "pgmesh_%07d".formatted(session.newNumber());
  }

  private Future<Participant> gather() {
    return run.transaction()
        .join(run.session().coordinator(), Block.BEGIN)
        .compose(
            coordinator ->
                create(coordinator.connection())
                    .compose(created -> fill(coordinator.connection()))
                    .map(coordinator));
  }

  private Future<Flight.Outcome> create(BackendConnection coordinator) {
    SqlText sql =
        combine
            .shape()
            .within("CREATE TEMPORARY TABLE " + table + " ON COMMIT DROP AS ", " WITH NO DATA");
    Frames frames = new Frames().run(sql.text(), run.withTextRows().arguments());
    return Flight.extended(coordinator, frames, Listener.NONE)
        .future()
        .recover(cause -> Future.failedFuture(ErrorMapping.ofText(sql, cause)));
  }

  private Future<Void> fill(BackendConnection coordinator) {
    Promise<Flight> opened = Promise.promise();
    var copying =
        Flight.simple(coordinator, "COPY pg_temp." + table + " FROM STDIN", new CopyOpened(opened));
    copying.future().onFailure(opened::tryFail);
    return opened
        .future()
        .compose(
            copy ->
                StatementRun.toListener(
                    plan.tasks(), run.withTextRows().withExactRows(), new IntoCopy(copy)))
        .transform(
            gathered -> {
              if (gathered.succeeded()) {
                run.transaction().enterClientMode();
                copying.endCopy();
              } else {
                copying.failCopy("a worker failed");
              }
              return copying
                  .future()
                  .compose(filled -> settle(gathered.cause()), settling(gathered.cause()));
            });
  }

  private static Future<Void> settle(Throwable workersFailed) {
    return workersFailed == null ? Future.succeededFuture() : Future.failedFuture(workersFailed);
  }

  /** What a worker said counts more than that the COPY then failed too. */
  private static java.util.function.Function<Throwable, Future<Void>> settling(
      Throwable workersFailed) {
    return copyFailed -> Future.failedFuture(workersFailed == null ? copyFailed : workersFailed);
  }

  private SqlText last() {
    SqlText finish = combine.finish();
    return new SqlText(finish.text().replace(Gather.Combine.PARTIAL, table), finish.segments());
  }

  private Future<Ended> finish(Participant coordinator) {
    SqlText last = last();
    return StatementRun.whole(coordinator, last, run, run.listener())
        .compose(ended -> drop(coordinator, ended))
        .recover(cause -> Future.failedFuture(ErrorMapping.ofText(last, SqlError.from(cause))));
  }

  /** A longer transaction needs the name again, one with rows of other portals to come too. */
  private Future<Ended> drop(Participant coordinator, Ended ended) {
    boolean ends = run.transaction().kind() == Kind.STATEMENT;
    return ends && run.session().main().suspended().isEmpty()
        ? Future.succeededFuture(ended)
        : Flight.simple(coordinator.connection(), "DROP TABLE pg_temp." + table, Listener.NONE)
            .future()
            .map(ended);
  }

  private record CopyOpened(Promise<Flight> opened) implements Listener {
    @Override
    public void copyIn(Flight flight, Buffer frame) {
      opened.complete(flight);
    }
  }

  /** DataRow messages in, COPY text lines out; a worker waits while the coordinator is behind. */
  private record IntoCopy(Flight copy) implements Listener {
    @Override
    public void rows(BackendConnection from, Buffer frames) {
      byte[] lines = DataRowText.lines(frames);
      copy.copyData(lines, 0, lines.length);
      if (!copy.connection().writable()) {
        from.pause();
        copy.connection().whenWritable(from::resume);
      }
    }
  }
}
