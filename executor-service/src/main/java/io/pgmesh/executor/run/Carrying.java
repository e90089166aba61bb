package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;

/**
 * When a transaction carries its changes of reference tables to the replicas itself. The
 * coordinator database sends them, since nobody else sees them; they come back by the loopback, to
 * {@link CarryRun}.
 */
final class Carrying {
  private static final String CARRY = "SELECT pgmesh.carry_changes()";

  private Carrying() {}

  /** Shards may point to rows that only this transaction sees. */
  static boolean precedes(Plan plan, Execution run) {
    return run.transaction().referenceChanges().pending()
        && !run.channel().loopback() // triggers of the shell have seen to it
        && writesShards(plan);
  }

  static boolean writesShards(Plan plan) {
    return switch (plan) {
      case Plan.OneShard one -> one.writes();
      case Plan.Scatter scatter -> scatter.writes();
      case Plan.RoutedInsert insert -> true;
      case Plan.Timed timed -> writesShards(timed.plan());
      case Plan.CopyIn copy -> true;
      case Plan.Ddl ddl -> !ddl.workers().isEmpty();
      case Plan.Coordinator p -> false;
      case Plan.Maintenance p -> false;
      case Plan.Explain p -> false;
      case Plan.WorkerCalls p -> false;
      case Plan.Carry p -> false;
      case Plan.Evaluation p -> false;
      case Plan.Transaction p -> false;
      case Plan.Setting p -> false;
      case Plan.DeclareCursor p -> false;
      case Plan.FetchCursor p -> false;
      case Plan.CloseCursor p -> false;
    };
  }

  /** Later statements must read the primary copy of what this one wrote; shards may object. */
  static Future<Void> afterStatement(SessionTransaction transaction) {
    return transaction
        .referenceState()
        .compose(
            state ->
                state.filter(known -> known.carryNow()).isPresent()
                    ? carry(transaction)
                    : Future.succeededFuture());
  }

  static Future<Void> beforeCommit(SessionTransaction transaction) {
    return transaction.coordinator().filter(Participant::wrote).isEmpty()
        ? Future.succeededFuture()
        : transaction
            .carriesBeforeCommit()
            .compose(carries -> carries ? carry(transaction) : Future.succeededFuture());
  }

  static Future<Void> carry(SessionTransaction transaction) {
    var changes = transaction.referenceChanges();
    return transaction
        .coordinator()
        .orElseThrow()
        .control(CARRY, Listener.NONE)
        .onSuccess(done -> changes.carried())
        .recover(
            cause ->
                Future.failedFuture(
                    changes.takeFailure().orElseGet(() -> ErrorMapping.withoutContext(cause))))
        .mapEmpty();
  }
}
