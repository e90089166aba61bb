package io.pgmesh.executor.worker;

import io.pgmesh.contracts.error.SqlError;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/**
 * What one session has of the servers' connections, and how it asks for more: for one after the
 * other, so that it never waits at two servers at once. Used on one context only.
 *
 * @see PoolLimits#inUseMax why that keeps sessions from waiting for one another in a circle
 */
public final class Claims {
  private record Request(Promise<BackendConnection> answer, Runnable ask) {}

  private final ArrayDeque<Request> later = new ArrayDeque<>(); // behind the one that waits
  private static final int EVERYTHING = 1 << 20;

  private Consumer<SqlError> withdrawal; // of the request that waits; null: none does
  private boolean brief;
  private boolean hasSequenceValues;
  private boolean ended;
  private int held;

  /** Connections that the session has now; all that there are for one that must not wait. */
  int held() {
    return brief ? EVERYTHING : held;
  }

  /** Whether the session needs one connection for a moment, as at login, and none beside it. */
  public void brief(boolean on) {
    brief = on;
  }

  /** See {@link SequenceValues}. */
  void tookSequenceValues() {
    hasSequenceValues = true;
  }

  /** Whether some connection may have the session's {@link SequenceValues}. */
  boolean hasSequenceValues() {
    return hasSequenceValues;
  }

  /** The session is over. */
  public void end() {
    ended = true;
  }

  boolean ended() {
    return ended;
  }

  /** Ends the wait, if there is one, and the statement that waits. */
  public void abandon(SqlError cause) {
    if (waiting()) {
      withdrawal.accept(cause);
    }
  }

  boolean waiting() {
    return withdrawal != null;
  }

  /** Asks now, or as soon as no earlier request waits; none is asked after one that failed. */
  void ask(Promise<BackendConnection> answer, Runnable ask) {
    if (waiting()) {
      later.add(new Request(answer, ask));
    } else {
      ask.run();
    }
  }

  /**
   * @param withdraw takes the request back and fails it
   */
  void startWaiting(Consumer<SqlError> withdraw) {
    withdrawal = withdraw;
  }

  /** The request that waited has its connection. */
  void served() {
    withdrawal = null;
    while (!waiting() && !later.isEmpty()) {
      later.poll().ask.run();
    }
  }

  /** The request that waited has failed, and what needs it fails, too. */
  void refused(Throwable cause) {
    withdrawal = null;
    List<Request> others = List.copyOf(later);
    later.clear();
    others.forEach(request -> request.answer.fail(cause));
  }

  void granted() {
    held++;
  }

  void released() {
    held--;
  }
}
