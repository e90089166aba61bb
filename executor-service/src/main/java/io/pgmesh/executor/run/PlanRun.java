package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.Gather;
import io.pgmesh.contracts.plan.Plan;
import io.vertx.core.Future;

/** Chooses how a plan is run. */
final class PlanRun {
  private PlanRun() {}

  static Future<Ended> run(Plan plan, Execution run) {
    return switch (plan) {
      case Plan.Coordinator coordinator ->
          StatementRun.coordinator(coordinator, run)
              .onSuccess(ended -> remember(coordinator.effects(), run));
      case Plan.OneShard one -> StatementRun.oneShard(one, run);
      case Plan.Scatter scatter -> scatter(scatter, run);
      case Plan.RoutedInsert insert -> notYet("INSERT of a query's rows");
      case Plan.CopyIn copy -> notYet("COPY FROM into a distributed table");
      case Plan.Ddl ddl -> DdlRun.run(ddl, run);
      case Plan.Explain explain -> ExplainRun.run(explain, run);
      case Plan.WorkerCalls calls -> WorkerCallsRun.run(calls, run);
      case Plan.Transaction verb -> misplaced(verb);
      case Plan.Setting setting -> misplaced(setting);
      case Plan.DeclareCursor declare -> misplaced(declare);
      case Plan.FetchCursor fetch -> misplaced(fetch);
      case Plan.CloseCursor close -> misplaced(close);
    };
  }

  private static Future<Ended> scatter(Plan.Scatter plan, Execution run) {
    return switch (plan.gather()) {
      case Gather.Concat concat -> StatementRun.scatter(plan.tasks(), plan.writes(), run);
      case Gather.Combine combine -> CombineRun.run(plan, combine, run);
    };
  }

  private static void remember(Plan.Effects effects, Execution run) {
    if (effects.changesSchema()) {
      run.transaction().markSchemaChanged();
    }
    if (effects.bindsSession()) {
      run.session().bind();
    }
  }

  private static Future<Ended> notYet(String what) {
    return Future.failedFuture(
        new SqlError(SqlState.FEATURE_NOT_SUPPORTED, what + " is not supported yet"));
  }

  private static Future<Ended> misplaced(Plan plan) {
    return Future.failedFuture(
        new SqlError(
            SqlState.PROTOCOL_VIOLATION,
            plan.getClass().getSimpleName() + " cannot be run inside another statement"));
  }
}
