package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.tx.SessionTransaction.Kind;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;

/** Chooses how a plan is run. */
final class PlanRun {
  private PlanRun() {}

  static Future<Ended> run(Plan plan, Execution run) {
    return OpenCursors.precede(plan, run)
        ? OpenCursors.beforeChange(run.transaction()).compose(read -> carryAndChoose(plan, run))
        : carryAndChoose(plan, run);
  }

  private static Future<Ended> carryAndChoose(Plan plan, Execution run) {
    return Carrying.precedes(plan, run)
        ? Carrying.carry(run.transaction()).compose(carried -> choose(plan, run))
        : choose(plan, run);
  }

  private static Future<Ended> choose(Plan plan, Execution run) {
    return switch (plan) {
      case Plan.Coordinator coordinator ->
          with(coordinator.effects(), run, () -> StatementRun.coordinator(coordinator, run))
              .compose(ended -> OpenCursors.started(coordinator, run).map(ended))
              .compose(ended -> ConfiguredSettings.adopt(coordinator, run).map(ended));
      case Plan.OneShard one -> StatementRun.oneShard(one, run);
      case Plan.Scatter scatter -> scatter(scatter, run);
      case Plan.RoutedInsert insert -> RoutedInsertRun.run(insert, run);
      case Plan.Timed timed -> timed(timed, run);
      case Plan.CopyIn copy -> CopyInRun.run(copy, run);
      case Plan.Maintenance(var workers, var coordinator) ->
          scatter(workers, run).compose(done -> StatementRun.coordinator(coordinator, run));
      case Plan.Ddl ddl -> DdlRun.run(ddl, run);
      case Plan.Explain explain -> ExplainRun.run(explain, run);
      case Plan.WorkerCalls calls -> WorkerCallsRun.run(calls, run);
      case Plan.Carry carry -> CarryRun.run(carry, run);
      case Plan.Evaluation evaluation ->
          with(evaluation.effects(), run, () -> EvaluationRun.run(evaluation, run));
      case Plan.Transaction verb -> misplaced(verb);
      case Plan.Setting setting -> misplaced(setting);
      case Plan.DeclareCursor declare -> misplaced(declare);
      case Plan.FetchCursor fetch -> misplaced(fetch);
      case Plan.CloseCursor close -> misplaced(close);
    };
  }

  private static Future<Ended> timed(Plan.Timed timed, Execution run) {
    return timeOf(timed.plan(), run)
        .compose(
            time ->
                timed.ofStatement()
                    ? timeOfStatement(time, run)
                        .map(statements -> run.withTime(time).withTime(statements))
                    : Future.succeededFuture(run.withTime(time)))
        .compose(told -> choose(timed.plan(), told));
  }

  private static Future<byte[]> timeOfStatement(byte[] transactions, Execution run) {
    return run.transaction().kind() == Kind.STATEMENT
        ? Future.succeededFuture(transactions)
        : run.transaction().statementTime();
  }

  /** A lone statement of one server takes that server's: NULL. */
  private static Future<byte[]> timeOf(Plan plan, Execution run) {
    boolean oneServer = plan instanceof Plan.OneShard || plan instanceof Plan.Explain;
    if (oneServer && run.transaction().kind() == Kind.STATEMENT) {
      return Future.succeededFuture(null);
    }
    // rows that the coordinator database evaluates must have the time of its very transaction
    return run.transaction().time(plan instanceof Plan.RoutedInsert ? Block.BEGIN : Block.BARE);
  }

  private static Future<Ended> scatter(Plan.Scatter plan, Execution run) {
    return switch (plan.gather()) {
      case Gather.Concat concat -> StatementRun.scatter(plan.tasks(), plan.use(), run);
      case Gather.InTurns(var turns) -> InTurnsRun.run(plan.tasks(), turns, run);
      case Gather.CopyOut(var header) -> StatementRun.copyOut(plan.tasks(), header, run);
      case Gather.Combine combine -> CombineRun.run(plan, combine, run);
    };
  }

  private static Future<Ended> with(
      Plan.Effects effects, Execution run, Supplier<Future<Ended>> statement) {
    if (effects.bindsSession()) {
      run.session().bind(); // a statement that fails may leave something too, a lock for one
    }
    return statement
        .get()
        .onSuccess(
            ended -> {
              if (effects.changesSchema()) {
                run.transaction().markSchemaChanged();
              }
            });
  }

  /** A query's rows in text, to be fetched in parts inside the transaction. */
  static Future<Portal> open(Plan query, Execution run) {
    var text = run.withTextRows();
    return switch (query) {
      case Plan.Coordinator plan -> openCoordinator(plan, text);
      case Plan.OneShard plan ->
          StatementRun.openPortals(List.of(plan.task()), plan.writes(), text);
      case Plan.Scatter plan ->
          plan.gather() instanceof Gather.Combine combine
              ? CombineRun.open(plan, combine, text)
              : StatementRun.openPortals(plan.tasks(), plan.writes(), text);
      case Plan.RoutedInsert insert -> withoutParts();
      case Plan.Timed timed -> withoutParts();
      case Plan.CopyIn copy -> withoutParts();
      case Plan.Maintenance maintenance -> withoutParts();
      case Plan.Ddl ddl -> withoutParts();
      case Plan.Explain explain -> withoutParts();
      case Plan.Transaction verb -> withoutParts();
      case Plan.Setting setting -> withoutParts();
      case Plan.DeclareCursor declare -> withoutParts();
      case Plan.FetchCursor fetch -> withoutParts();
      case Plan.CloseCursor close -> withoutParts();
      case Plan.WorkerCalls calls -> withoutParts();
      case Plan.Carry carry -> withoutParts();
      case Plan.Evaluation evaluation -> withoutParts();
    };
  }

  private static Future<Portal> openCoordinator(Plan.Coordinator plan, Execution run) {
    return run.transaction()
        .join(run.session().coordinator(), Block.BEGIN)
        .compose(
            coordinator -> {
              StatementRun.notePossibleWrites(plan, coordinator);
              run.session().leftovers().watch(plan.effects().code(), coordinator);
              return StatementRun.open(coordinator, plan.sql(), run);
            })
        .map(portal -> new LockingPortal(portal, run.session(), plan.locks()));
  }

  private static Future<Portal> withoutParts() {
    return Future.failedFuture(
        new SqlError(
            SqlState.FEATURE_NOT_SUPPORTED, "this query's rows cannot be fetched in parts"));
  }

  private static Future<Ended> misplaced(Plan plan) {
    return Future.failedFuture(
        new SqlError(
            SqlState.PROTOCOL_VIOLATION,
            plan.getClass().getSimpleName() + " cannot be run inside another statement"));
  }
}
