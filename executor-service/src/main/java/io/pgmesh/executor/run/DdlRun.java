package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.ReplicationApi;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction.Block;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Frames;
import io.vertx.core.Future;

/** Changes of schema objects: the coordinator database first, which refuses what is wrong. */
final class DdlRun {
  private DdlRun() {}

  static Future<Ended> run(Plan.Ddl plan, Execution run) {
    return run.transaction()
        .join(run.session().coordinator(), Block.BEGIN)
        .compose(coordinator -> steps(plan, coordinator, run))
        .compose(tag -> replicasCaughtUp(plan, run).map(tag))
        .compose(tag -> workers(plan, run).map(tag))
        .onSuccess(tag -> run.transaction().markSchemaChanged())
        .map(tag -> new Ended.Done(plan.tag().isEmpty() ? tag : plan.tag()));
  }

  private static Future<String> steps(Plan.Ddl plan, Participant coordinator, Execution run) {
    coordinator.markWriter();
    run.session().leftovers().watch(coordinator); // indexes and defaults call functions
    Future<String> chain = Future.succeededFuture("");
    for (SqlText step : plan.coordinator()) {
      chain = chain.compose(tag -> step(step, coordinator, run));
    }
    return chain;
  }

  /** Tells the coordinator database's event triggers that workers get their part of the step. */
  private static Future<String> step(SqlText step, Participant coordinator, Execution run) {
    Frames frames =
        new Frames()
            .run(cascades("on"), Arguments.NONE)
            .run(step.text(), Arguments.NONE)
            .run(cascades("off"), Arguments.NONE);
    return Flight.extended(coordinator.connection(), frames, new NoticesOnly(run.listener()))
        .future()
        .map(outcome -> outcome.tags().get(1))
        .recover(cause -> Future.failedFuture(ErrorMapping.ofText(step, SqlError.from(cause))));
  }

  private static String cascades(String value) {
    return "SELECT pg_catalog.set_config('pgmesh.cascades', '" + value + "', true)";
  }

  /** The replicas' relations may change only after all rows in the old shape have arrived. */
  private static Future<Void> replicasCaughtUp(Plan.Ddl plan, Execution run) {
    if (plan.references().isEmpty() || plan.workers().isEmpty()) {
      return Future.succeededFuture();
    }
    return replicasCaughtUp(run);
  }

  /** All that is committed has arrived at the replicas that can be reached. */
  static Future<Void> replicasCaughtUp(Execution run) {
    return ReplicationApi.awaitApplied(run.session().executor().vertx(), "").mapEmpty();
  }

  private static Future<Void> workers(Plan.Ddl plan, Execution run) {
    return plan.workers().isEmpty()
        ? Future.succeededFuture()
        : StatementRun.writeInBlock(plan.workers(), run).mapEmpty();
  }
}
