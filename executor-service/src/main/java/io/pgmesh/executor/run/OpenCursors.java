package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;

/**
 * Cursors that a transaction has declared over shards. They must not see what the transaction
 * changes later, but the coordinator database begins to read shards at the first FETCH only, and
 * those WITH HOLD it reads at its COMMIT, when workers are prepared. So their rows are read before
 * the first change, and before a commit of changes.
 */
final class OpenCursors {
  private static final String READ = "SELECT pgmesh.read_cursors()";

  private OpenCursors() {}

  static boolean precede(Plan plan, Execution run) {
    return run.transaction().hasUnreadCursors() && !run.channel().loopback() && mayWrite(plan);
  }

  private static boolean mayWrite(Plan plan) {
    return plan instanceof Plan.Coordinator whole
        ? whole.use() == Plan.Use.BLOCK && whole.effects().cursor() == Plan.Cursor.NONE
        : Carrying.writesShards(plan);
  }

  static Future<Void> beforeCommit(SessionTransaction ending) {
    boolean wrote = ending.workers().stream().anyMatch(Participant::wrote);
    return wrote && ending.hasUnreadCursors() ? read(ending) : Future.succeededFuture();
  }

  static Future<Void> read(SessionTransaction transaction) {
    return transaction
        .coordinator()
        .orElseThrow()
        .control(READ, Listener.NONE)
        .onSuccess(read -> transaction.cursorsRead())
        .mapEmpty();
  }
}
