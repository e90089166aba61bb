package io.pgmesh.executor.worker;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The connections of one event loop to one server, of all roles. Used on one context only. */
final class ServerPool {
  /** How long the first in the queue waits for others whose connections are at hand. */
  private static final long PATIENCE_NANOS = 1_000_000_000L;

  private static final int LOOKED_AT = 32;

  private record Idle(BackendConnection connection, long since) {}

  private record Request(
      String role, Claims claims, Promise<BackendConnection> promise, long timer, long since) {}

  private final Vertx vertx;
  private final Address address;
  private final Function<String, Future<BackendConnection>> opener; // by role
  private final PoolLimits limits;
  private final ConnectionGauges.Counts counts;
  private final Map<String, ArrayDeque<Idle>> idle = new HashMap<>(); // by role, newest last
  private final Map<BackendConnection, Claims> leased = new HashMap<>();
  private final Set<BackendConnection> outdated = new HashSet<>(); // opened before a renewal
  private final Map<String, Integer> renewals = new HashMap<>(); // by role
  private final ArrayDeque<Request> newcomers = new ArrayDeque<>(); // who have no connection yet
  private final ArrayDeque<Request> holders = new ArrayDeque<>();
  private int idling;
  private int opening;

  ServerPool(
      Vertx vertx,
      Address address,
      Function<String, Future<BackendConnection>> opener,
      PoolLimits limits,
      ConnectionGauges.Counts counts) {
    this.vertx = vertx;
    this.address = address;
    this.opener = opener;
    this.limits = limits;
    this.counts = counts;
  }

  /** Fails with 53300 when too many wait or the wait is too long, with 08006 when down. */
  Future<BackendConnection> acquire(String role, Claims claims) {
    if (!claims.waiting() && admits(claims)) {
      return grant(role, claims);
    }
    Promise<BackendConnection> promise = Promise.promise();
    claims.ask(() -> admit(role, claims, promise));
    return promise.future();
  }

  private void admit(String role, Claims claims, Promise<BackendConnection> promise) {
    if (admits(claims)) {
      grant(role, claims).onComplete(promise);
    } else if (waiters() >= limits.waitersMax()) {
      promise.fail(tooMany("too many clients wait"));
    } else {
      claims.startWaiting();
      long timer = vertx.setTimer(limits.waitMaxMillis(), id -> giveUp(promise));
      var queue = claims.held() == 0 ? newcomers : holders;
      queue.add(new Request(role, claims, promise, timer, System.nanoTime()));
      counts.add(0, 0, 1);
    }
  }

  private boolean admits(Claims claims) {
    return inUse() < limits.inUseMax(claims.held());
  }

  private Future<BackendConnection> grant(String role, Claims claims) {
    claims.granted();
    BackendConnection ready = takeIdle(role);
    if (ready == null) {
      return connect(role, claims);
    }
    leased.put(ready, claims);
    counts.add(0, 1, 0);
    return Future.succeededFuture(ready);
  }

  private BackendConnection takeIdle(String role) {
    ArrayDeque<Idle> own = idle.get(role);
    while (own != null && !own.isEmpty()) {
      BackendConnection connection = own.pollLast().connection;
      idling--;
      if (!connection.closed()) {
        return connection;
      }
    }
    return null;
  }

  /** Takes a connection back; one that is closed, busy, in a transaction or old is dropped. */
  void release(BackendConnection connection) {
    Claims claims = leased.remove(connection);
    if (claims == null) {
      return; // it was lost, and counted off then
    }
    claims.released();
    if (!outdated.remove(connection) && connection.reusable()) {
      String role = connection.role();
      idle.computeIfAbsent(role, any -> new ArrayDeque<>())
          .addLast(new Idle(connection, System.nanoTime()));
      idling++;
      counts.add(0, -1, 0);
    } else {
      counts.add(-1, -1, 0);
      connection.close();
    }
    serveWaiters();
  }

  void evictIdle() {
    long before = System.nanoTime() - limits.idleMaxMillis() * 1_000_000L;
    for (ArrayDeque<Idle> ofRole : idle.values()) {
      while (!ofRole.isEmpty() && ofRole.peekFirst().since - before < 0) {
        closeFirst(ofRole);
      }
    }
    idle.values().removeIf(ArrayDeque::isEmpty);
  }

  void closeIdle() {
    idle.keySet().forEach(this::closeIdle);
  }

  private void closeIdle(String role) {
    ArrayDeque<Idle> ofRole = idle.getOrDefault(role, new ArrayDeque<>());
    while (!ofRole.isEmpty()) {
      closeFirst(ofRole);
    }
  }

  private void closeFirst(ArrayDeque<Idle> ofRole) {
    BackendConnection connection = ofRole.pollFirst().connection;
    idling--;
    counts.add(-1, 0, 0);
    connection.close();
  }

  /** From now on a role's connections are new ones: those that are leased go when they are back. */
  void renew(String role) {
    renewals.merge(role, 1, Integer::sum);
    closeIdle(role);
    leased.keySet().stream().filter(one -> one.role().equals(role)).forEach(outdated::add);
  }

  boolean empty() {
    return leased.isEmpty() && idling == 0 && opening == 0 && waiters() == 0;
  }

  private int inUse() {
    return leased.size() + opening;
  }

  private int waiters() {
    return newcomers.size() + holders.size();
  }

  private Future<BackendConnection> connect(String role, Claims claims) {
    if (inUse() + idling >= limits.connectionsMax()) {
      closeOldest();
    }
    opening++;
    counts.add(1, 1, 0);
    int renewalsBefore = renewals.getOrDefault(role, 0);
    return opener
        .apply(role)
        .onSuccess(
            connection -> {
              opening--;
              leased.put(connection, claims);
              if (renewals.getOrDefault(role, 0) != renewalsBefore) {
                outdated.add(connection);
              }
              connection.onIdleClose(() -> lost(connection));
            })
        .onFailure(
            cause -> {
              opening--;
              countedOff(claims);
            });
  }

  /** Makes room for another role's connection. */
  private void closeOldest() {
    idle.values().stream()
        .filter(ofRole -> !ofRole.isEmpty())
        .min((one, other) -> Long.signum(one.peekFirst().since - other.peekFirst().since))
        .ifPresent(this::closeFirst);
  }

  private void lost(BackendConnection connection) {
    outdated.remove(connection);
    Claims claims = leased.remove(connection);
    if (claims != null) {
      countedOff(claims);
      return;
    }
    ArrayDeque<Idle> ofRole = idle.get(connection.role());
    if (ofRole != null && ofRole.removeIf(next -> next.connection == connection)) {
      idling--;
      counts.add(-1, 0, 0);
    }
  }

  private void countedOff(Claims claims) {
    claims.released();
    counts.add(-1, -1, 0);
    serveWaiters();
  }

  private void serveWaiters() {
    for (Request next = nextAdmitted(); next != null; next = nextAdmitted()) {
      vertx.cancelTimer(next.timer);
      counts.add(0, 0, -1);
      grant(next.role, next.claims).onComplete(next.promise);
      next.claims.stopWaiting();
    }
  }

  /** Those who hold connections elsewhere come first: others may wait for what they hold. */
  private Request nextAdmitted() {
    for (Iterator<Request> all = holders.iterator(); all.hasNext(); ) {
      Request request = all.next();
      if (admits(request.claims)) {
        all.remove();
        return request;
      }
    }
    return newcomers.isEmpty() || inUse() >= limits.inUseMax(0) ? null : nextNewcomer();
  }

  /** The first, or soon after it one for whom no connection need be closed and opened. */
  private Request nextNewcomer() {
    Request first = newcomers.peekFirst();
    if (inUse() + idling >= limits.connectionsMax()
        && System.nanoTime() - first.since < PATIENCE_NANOS) {
      Iterator<Request> all = newcomers.iterator();
      for (int i = 0; i < LOOKED_AT && all.hasNext(); i++) {
        Request request = all.next();
        if (!idle.getOrDefault(request.role, new ArrayDeque<>()).isEmpty()) {
          all.remove();
          return request;
        }
      }
    }
    return newcomers.pollFirst();
  }

  private void giveUp(Promise<BackendConnection> promise) {
    for (ArrayDeque<Request> queue : List.of(newcomers, holders)) {
      for (Request request : queue) {
        if (request.promise == promise) {
          queue.remove(request);
          counts.add(0, 0, -1);
          promise.fail(
              tooMany("no connection was free within " + limits.waitMaxMillis() + " milliseconds"));
          request.claims.stopWaiting();
          return;
        }
      }
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
