package io.pgmesh.contracts.api;

import io.pgmesh.contracts.bus.Endpoint;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;

/** What the active replication service answers. */
public interface ReplicationApi {

  /**
   * Asks to wait until every live replica has applied a committed transaction; replicas that do not
   * in time are fenced first.
   *
   * @param xid the transaction's {@code pg_current_xact_id()} in the coordinator database; empty
   *     for all that is committed now
   */
  record AwaitApplied(String xid) {}

  /**
   * @param fencedGroups workers whose replicas are stale now
   * @param epoch the catalog's epoch that has them fenced, 0 when nothing changed
   */
  record Applied(List<Integer> fencedGroups, long epoch) {
    public Applied {
      fencedGroups = List.copyOf(fencedGroups);
    }
  }

  Endpoint<AwaitApplied, Applied> AWAIT_APPLIED =
      new Endpoint<>("replication.await-applied.v1", Duration.ofSeconds(10));

  /** How long {@link #awaitApplied} waits for a service that is there. */
  Duration AWAIT_APPLIED_MAX = Duration.ofSeconds(60);

  /**
   * Asks {@link #AWAIT_APPLIED}. Slow replicas may take longer than its timeout: asking again tells
   * a service that waits for them from one that has died with the question.
   */
  static Future<Applied> awaitApplied(Vertx vertx, String xid) {
    long times = AWAIT_APPLIED_MAX.dividedBy(AWAIT_APPLIED.timeout());
    return awaitApplied(vertx, new AwaitApplied(xid), times);
  }

  private static Future<Applied> awaitApplied(Vertx vertx, AwaitApplied question, long times) {
    return AWAIT_APPLIED
        .ask(vertx, question)
        .recover(
            cause ->
                times > 1 && unanswered(cause)
                    ? awaitApplied(vertx, question, times - 1)
                    : Future.failedFuture(cause));
  }

  /** See {@link SqlError#from}. */
  private static boolean unanswered(Throwable cause) {
    return cause instanceof SqlError error
        && error.code().equals(SqlState.TRANSACTION_RESOLUTION_UNKNOWN.code());
  }
}
