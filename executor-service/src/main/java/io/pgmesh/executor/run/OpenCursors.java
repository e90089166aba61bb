package io.pgmesh.executor.run;

import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.executor.tx.Participant;
import io.pgmesh.executor.tx.SessionTransaction;
import io.pgmesh.executor.tx.SessionTransaction.Kind;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;

/**
 * Cursors that a transaction has declared over shards. They must not see what the transaction
 * changes later, but the coordinator database begins to read shards at the first FETCH only, and
 * those WITH HOLD it reads at its COMMIT, when workers are prepared. So their rows are read before
 * the first change, and before a commit of changes.
 */
final class OpenCursors {
  private static final String READ = "SELECT pgmesh.read_cursors(held_only => %s)";

  private OpenCursors() {}

  static boolean precede(Plan plan, Execution run) {
    return run.transaction().hasUnreadCursors() && !run.channel().loopback() && mayWrite(plan);
  }

  private static boolean mayWrite(Plan plan) {
    return switch (plan) {
      case Plan.Coordinator whole ->
          whole.use() == Plan.Use.BLOCK && !isCursors(whole.effects().cursor());
      case Plan.Evaluation evaluation -> evaluation.writes();
      default -> Carrying.writesShards(plan);
    };
  }

  private static boolean isCursors(Plan.Cursor cursor) {
    return switch (cursor) {
      case DECLARES, USES -> true;
      case NONE, BECOMES -> false;
    };
  }

  static Future<Void> beforeCommit(SessionTransaction ending) {
    boolean wrote = ending.workers().stream().anyMatch(Participant::wrote);
    return wrote && ending.hasUnreadCursors() ? read(ending, true) : Future.succeededFuture();
  }

  /** What other sessions commit from now on is none of a declared cursor's. */
  static Future<Void> started(Plan.Coordinator plan, Execution run) {
    SessionTransaction transaction = run.transaction();
    if (plan.effects().cursor() != Plan.Cursor.DECLARES || transaction.kind() == Kind.STATEMENT) {
      return Future.succeededFuture();
    }
    transaction.cursorDeclared();
    return run("SELECT pgmesh.start_cursors()", transaction);
  }

  static Future<Void> beforeChange(SessionTransaction transaction) {
    return read(transaction, false).onSuccess(read -> transaction.cursorsRead());
  }

  private static Future<Void> read(SessionTransaction transaction, boolean heldOnly) {
    return run(READ.formatted(heldOnly), transaction);
  }

  private static Future<Void> run(String sql, SessionTransaction transaction) {
    return transaction
        .coordinator()
        .orElseThrow()
        .control(sql, Listener.NONE)
        .<Void>mapEmpty()
        .recover(cause -> Future.failedFuture(ErrorMapping.withoutContext(cause)));
  }
}
