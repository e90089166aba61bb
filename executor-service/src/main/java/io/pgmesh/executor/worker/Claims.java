package io.pgmesh.executor.worker;

import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.List;

/**
 * What one session has of the servers' connections, and how it asks for more: for one after the
 * other, so that it never waits at two servers at once. Used on one context only.
 *
 * @see PoolLimits#inUseMax why that keeps sessions from waiting for one another in a circle
 */
public final class Claims {
  private record Request(Promise<BackendConnection> answer, Runnable ask) {}

  private final ArrayDeque<Request> later = new ArrayDeque<>(); // behind the one that waits
  private boolean waiting;
  private int held;

  /** Connections that the session has now. */
  int held() {
    return held;
  }

  boolean waiting() {
    return waiting;
  }

  /** Asks now, or as soon as no earlier request waits; none is asked after one that failed. */
  void ask(Promise<BackendConnection> answer, Runnable ask) {
    if (waiting) {
      later.add(new Request(answer, ask));
    } else {
      ask.run();
    }
  }

  void startWaiting() {
    waiting = true;
  }

  /** The request that waited has its connection. */
  void served() {
    waiting = false;
    while (!waiting && !later.isEmpty()) {
      later.poll().ask.run();
    }
  }

  /** The request that waited has failed, and what needs it fails, too. */
  void refused(Throwable cause) {
    waiting = false;
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
