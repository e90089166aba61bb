package io.pgmesh.executor.worker;

import java.util.ArrayDeque;

/**
 * What one session has of the servers' connections, and how it asks for more: for one after the
 * other, so that it never waits at two servers at once. Used on one context only.
 *
 * @see PoolLimits#inUseMax why that keeps sessions from waiting for one another in a circle
 */
public final class Claims {
  private final ArrayDeque<Runnable> requests = new ArrayDeque<>(); // behind the one that waits
  private boolean waiting;
  private int held;

  /** Connections that the session has now. */
  int held() {
    return held;
  }

  /** Runs the request now, or as soon as no earlier one waits. */
  void ask(Runnable request) {
    if (waiting) {
      requests.add(request);
    } else {
      request.run();
    }
  }

  boolean waiting() {
    return waiting;
  }

  void startWaiting() {
    waiting = true;
  }

  void granted() {
    held++;
  }

  /** The request that waited is answered, one way or the other. */
  void stopWaiting() {
    waiting = false;
    while (!waiting && !requests.isEmpty()) {
      requests.poll().run();
    }
  }

  void released() {
    held--;
  }
}
