package io.pgmesh.executor.worker;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.function.Supplier;

/** Connections to one server as one role. Used on one context only. */
final class ConnectionPool {
  private record Idle(BackendConnection connection, long since) {}

  private record Waiter(Promise<BackendConnection> promise, long timer) {}

  private final Vertx vertx;
  private final Address address;
  private final Supplier<Future<BackendConnection>> opener;
  private final PoolLimits limits;
  private final ArrayDeque<Idle> idle = new ArrayDeque<>();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private final Set<BackendConnection> current = new HashSet<>(); // opened since the renewal
  private int renewals;
  private int open; // idle, leased and being opened
  private final ConnectionGauges.Counts counts;
  private int countedOpen;
  private int countedInUse;

  ConnectionPool(
      Vertx vertx,
      Address address,
      Supplier<Future<BackendConnection>> opener,
      PoolLimits limits,
      ConnectionGauges.Counts counts) {
    this.vertx = vertx;
    this.address = address;
    this.opener = opener;
    this.limits = limits;
    this.counts = counts;
  }

  /** Fails with 53300 when too many wait or the wait is too long, with 08006 when down. */
  Future<BackendConnection> acquire() {
    for (Idle next = idle.pollLast(); next != null; next = idle.pollLast()) {
      if (!next.connection.closed()) {
        count();
        return Future.succeededFuture(next.connection);
      }
    }
    if (open < limits.connectionsMax()) {
      return connect();
    }
    if (waiters.size() >= limits.waitersMax()) {
      return Future.failedFuture(tooMany("too many clients wait"));
    }
    Promise<BackendConnection> promise = Promise.promise();
    long timer = vertx.setTimer(limits.waitMaxMillis(), id -> giveUp(promise));
    waiters.add(new Waiter(promise, timer));
    return promise.future();
  }

  /** Takes a connection back; one that is closed, busy, in a transaction or old is dropped. */
  void release(BackendConnection connection) {
    if (connection.closed()) {
      return; // already counted off
    }
    if (connection.busy() || connection.status() != 'I' || !current.contains(connection)) {
      connection.close();
      return;
    }
    Waiter next = waiters.poll();
    if (next != null) {
      vertx.cancelTimer(next.timer);
      next.promise.complete(connection);
    } else {
      idle.addLast(new Idle(connection, System.nanoTime()));
      count();
    }
  }

  void evictIdle() {
    long before = System.nanoTime() - limits.idleMaxMillis() * 1_000_000L;
    for (Iterator<Idle> all = idle.iterator(); all.hasNext(); ) {
      Idle next = all.next();
      if (next.since - before < 0) {
        all.remove();
        next.connection.close();
      }
    }
  }

  void closeIdle() {
    idle.forEach(next -> next.connection.close());
    idle.clear();
  }

  /** From now on all connections are new ones: those that are leased go when they come back. */
  void renew() {
    renewals++;
    current.clear();
    for (Idle next = idle.poll(); next != null; next = idle.poll()) {
      next.connection.close();
    }
  }

  boolean empty() {
    return open == 0 && waiters.isEmpty();
  }

  private Future<BackendConnection> connect() {
    open++;
    count();
    int renewalsBefore = renewals;
    return opener
        .get()
        .onSuccess(
            connection -> {
              if (renewals == renewalsBefore) {
                current.add(connection);
              }
              connection.onIdleClose(() -> closed(connection));
            })
        .onFailure(cause -> slotFree());
  }

  private void closed(BackendConnection connection) {
    current.remove(connection);
    idle.removeIf(next -> next.connection == connection);
    slotFree();
  }

  private void slotFree() {
    open--;
    count();
    Waiter next = waiters.poll();
    if (next != null) {
      vertx.cancelTimer(next.timer);
      connect().onComplete(next.promise);
    }
  }

  /** Tells by how many connections it differs from what it told before. */
  private void count() {
    int inUse = open - idle.size();
    counts.add(open - countedOpen, inUse - countedInUse);
    countedOpen = open;
    countedInUse = inUse;
  }

  private void giveUp(Promise<BackendConnection> promise) {
    if (waiters.removeIf(waiter -> waiter.promise == promise)) {
      promise.fail(
          tooMany("no connection was free within " + limits.waitMaxMillis() + " milliseconds"));
    }
  }

  private SqlError tooMany(String why) {
    return new SqlError(
        SqlState.TOO_MANY_CONNECTIONS,
        "all "
            + limits.connectionsMax()
            + " connections to server "
            + address
            + " are in use: "
            + why);
  }
}
