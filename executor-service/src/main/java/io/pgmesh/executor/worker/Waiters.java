package io.pgmesh.executor.worker;

import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** Who waits for a connection to one server, in the order in which they are served. */
final class Waiters {
  /** How long the first waits for others whose connections are at hand. */
  private static final long PATIENCE_NANOS = 1_000_000_000L;

  private static final int LOOKED_AT = 32;

  /**
   * @param timer ends the wait
   * @param since {@link System#nanoTime}
   */
  record Request(
      String role, Claims claims, Promise<BackendConnection> answer, long timer, long since) {}

  private final ArrayDeque<Request> newcomers = new ArrayDeque<>(); // who have no connection yet
  private final ArrayDeque<Request> holders = new ArrayDeque<>();

  int size() {
    return newcomers.size() + holders.size();
  }

  void add(Request request) {
    (request.claims.held() == 0 ? newcomers : holders).add(request);
  }

  /** Takes the request with this answer away; null when it waits no more. */
  Request remove(Promise<BackendConnection> answer) {
    for (ArrayDeque<Request> queue : List.of(newcomers, holders)) {
      for (Request request : queue) {
        if (request.answer == answer) {
          queue.remove(request);
          return request;
        }
      }
    }
    return null;
  }

  /**
   * Takes the next one who may have a connection; null if nobody may. Those who hold connections to
   * other servers come first: others may wait for what they hold.
   *
   * @param atHand whether a role's connection can be had without closing another role's
   */
  Request next(Predicate<Claims> admitted, Predicate<String> atHand) {
    for (Iterator<Request> all = holders.iterator(); all.hasNext(); ) {
      Request request = all.next();
      if (admitted.test(request.claims)) {
        all.remove();
        return request;
      }
    }
    return newcomers.isEmpty() || !admitted.test(newcomers.peekFirst().claims)
        ? null
        : newcomer(atHand);
  }

  /** The first, or for a while one for whom no connection need be closed and opened. */
  private Request newcomer(Predicate<String> atHand) {
    if (System.nanoTime() - newcomers.peekFirst().since < PATIENCE_NANOS) {
      Iterator<Request> all = newcomers.iterator();
      for (int i = 0; i < LOOKED_AT && all.hasNext(); i++) {
        Request request = all.next();
        if (atHand.test(request.role)) {
          all.remove();
          return request;
        }
      }
    }
    return newcomers.pollFirst();
  }
}
