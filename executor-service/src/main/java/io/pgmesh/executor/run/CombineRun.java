package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.tx.SessionTransaction.Kind;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import java.util.List;

/**
 * Workers' rows are put together by the plan's last query in the coordinator database, which reads
 * few of them from its parameters and many from a temporary table. Rows are turned from one form
 * into another on their way; no value is decoded.
 */
final class CombineRun {
  private static final int PARAMETERS_MAX = 65_535; // of Bind

  private final Plan.Scatter plan;
  private final Gather.Combine combine;
  private final Execution run;
  private final String table;
  private final PartialShapes.Key shape;

  /** The last query, its rows gathered. */
  private record Last(Participant coordinator, SqlText sql, Arguments arguments, boolean inTable) {}

  private CombineRun(Plan.Scatter plan, Gather.Combine combine, Execution run, String table) {
    this.plan = plan;
    this.combine = combine;
    this.run = run;
    this.table = table;
    this.shape = PartialShapes.Key.of(combine.shape(), run);
  }

  static Future<Ended> run(Plan.Scatter plan, Gather.Combine combine, Execution run) {
    if (run.inParts()) {
      return open(plan, combine, run).compose(portal -> StatementRun.firstPart(portal, run));
    }
    var combining = new CombineRun(plan, combine, run, Gather.Combine.PARTIAL);
    return combining.gather(Block.BARE).compose(combining::finish);
  }

  /**
   * The last query's rows, to be fetched in parts. A table for them outlives the statement, and
   * ROLLBACK TO may bring it back after it was dropped: so its name is one that the session never
   * had.
   */
  static Future<Portal> open(Plan.Scatter plan, Gather.Combine combine, Execution run) {
    var combining = new CombineRun(plan, combine, run, newTable(run.session()));
    return combining.gather(Block.BEGIN).compose(combining::open);
  }

  private Future<Portal> open(Last last) {
    return StatementRun.open(last.coordinator, last.sql, run.withArguments(last.arguments))
        .map(portal -> last.inTable ? new TablePortal(portal, last.coordinator, table) : portal);
  }

  /** As long as the plain name, so that positions in the last query stay where they are. */
  private static String newTable(Session session) {
    return "pgmesh_%07d".formatted(session.newNumber());
  }

  // ---- the workers' rows

  /**
   * The coordinator database joins before any worker: who waits for one of its connections keeps no
   * worker's connection from those who have one.
   */
  private Future<Last> gather(Block block) {
    PartialColumns known = known();
    return run.transaction()
        .join(run.session().coordinator(), known.readable() ? block : Block.BEGIN)
        .compose(coordinator -> gather(coordinator, known));
  }

  private PartialColumns known() {
    Executor executor = run.session().executor();
    return remembers()
        ? executor
            .partialShapes()
            .find(shape, executor.catalogEpoch())
            .filter(known -> parameters() + known.columns().size() <= PARAMETERS_MAX)
            .orElse(PartialColumns.NONE)
        : PartialColumns.NONE;
  }

  private int parameters() {
    return run.arguments().values().size();
  }

  /** Not in a transaction that has changed what names and types mean to it alone. */
  private boolean remembers() {
    return !run.transaction().schemaChanged() && !run.transaction().changedSettings();
  }

  private Future<Last> gather(Participant coordinator, PartialColumns known) {
    var rows = new PartialRows(known, () -> openTable(coordinator));
    Execution onWorkers = run.withTextRows().withExactRows().describing();
    return StatementRun.toListener(plan.tasks(), onWorkers, rows)
        .onSuccess(gathered -> run.transaction().enterClientMode())
        .transform(rows::end)
        .map(
            inTable ->
                inTable ? lastOverTable(coordinator) : lastOverRows(coordinator, known, rows));
  }

  /** While the workers are at work already. */
  private PartialTable openTable(Participant coordinator) {
    run.transaction().join(coordinator.address(), Block.BEGIN); // it has joined: only BEGIN is sent
    var opening =
        PartialTable.open(
            coordinator.connection(), table, combine.shape(), run.withTextRows().arguments());
    opening.opened().onFailure(cause -> run.session().cancelWorkers());
    if (remembers()) {
      PartialShapes shapes = run.session().executor().partialShapes();
      long epoch = run.session().executor().catalogEpoch();
      opening.columns().onSuccess(columns -> shapes.learn(shape, epoch, columns));
    }
    return opening;
  }

  private Last lastOverTable(Participant coordinator) {
    SqlText finish = combine.finish();
    String text = finish.text().replace(Gather.Combine.PARTIAL, table);
    return new Last(coordinator, new SqlText(text, finish.segments()), run.arguments(), true);
  }

  private Last lastOverRows(Participant coordinator, PartialColumns columns, PartialRows rows) {
    List<byte[]> arrays = ColumnArrays.of(rows.held(), columns.columns().size());
    return new Last(
        coordinator,
        columns.query(combine.finish(), parameters() + 1),
        run.arguments().withAll(ColumnArrays.TYPE, arrays),
        false);
  }

  // ---- the last query

  private Future<Ended> finish(Last last) {
    var flight =
        new ServerFlight(
            last.coordinator, List.of(last.sql), run.withArguments(last.arguments), run.listener());
    return flight
        .send()
        .compose(outcome -> drop(last).map((Ended) new Ended.Done(outcome.lastTag())))
        .recover(cause -> Future.failedFuture(ErrorMapping.ofText(last.sql, SqlError.from(cause))));
  }

  /** A longer transaction needs the name again, one with rows of other portals to come too. */
  private Future<Void> drop(Last last) {
    boolean ends = run.transaction().kind() == Kind.STATEMENT;
    return !last.inTable || ends && run.session().main().suspended().isEmpty()
        ? Future.succeededFuture()
        : Flight.simple(last.coordinator.connection(), "DROP TABLE pg_temp." + table, Listener.NONE)
            .future()
            .mapEmpty();
  }
}
