package io.pgmesh.executor.worker;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntSupplier;

/** The connections of one event loop to one server, of all roles. Used on one context only. */
final class ServerPool {
  private record Idle(BackendConnection connection, long since) {}

  private final Vertx vertx;
  private final Address address;
  private final Function<String, Future<BackendConnection>> opener; // by role
  private final PoolLimits limits;
  private final IntSupplier servers;
  private final ConnectionGauges.Counts counts;
  private final Map<String, ArrayDeque<Idle>> idle = new HashMap<>(); // by role, newest last
  private final Map<BackendConnection, Claims> leased = new HashMap<>();
  private final Set<BackendConnection> outdated = new HashSet<>(); // opened before a renewal
  private final Map<String, Integer> renewals = new HashMap<>(); // by role
  private final Waiters waiters = new Waiters();
  private int asking; // requests that are not answered
  private int idling;
  private int opening;

  ServerPool(
      Vertx vertx,
      Address address,
      Function<String, Future<BackendConnection>> opener,
      PoolLimits limits,
      IntSupplier servers,
      ConnectionGauges.Counts counts) {
    this.vertx = vertx;
    this.address = address;
    this.opener = opener;
    this.limits = limits;
    this.servers = servers;
    this.counts = counts;
  }

  /** Fails with 53300 when too many wait or the wait is too long, with 08006 when down. */
  Future<BackendConnection> acquire(String role, Claims claims) {
    if (!claims.waiting() && admits(claims)) {
      return grant(role, claims);
    }
    Promise<BackendConnection> promise = Promise.promise();
    asking++;
    claims.ask(promise, () -> admit(role, claims, promise));
    return promise.future().onComplete(answered -> asking--);
  }

  private void admit(String role, Claims claims, Promise<BackendConnection> promise) {
    if (admits(claims)) {
      grant(role, claims).onComplete(promise);
    } else if (waiters.size() >= limits.waitersMax()) {
      promise.fail(tooMany("too many clients wait"));
    } else {
      claims.startWaiting(cause -> giveUp(promise, cause));
      long timer = vertx.setTimer(limits.waitMaxMillis(), id -> giveUp(promise, waitedTooLong()));
      waiters.add(new Waiters.Request(role, claims, promise, timer, System.nanoTime()));
      counts.add(0, 0, 1);
    }
  }

  private boolean admits(Claims claims) {
    return inUse() < limits.inUseMax(claims.held(), servers.getAsInt());
  }

  private Future<BackendConnection> grant(String role, Claims claims) {
    claims.granted();
    BackendConnection ready = takeIdle(role, claims);
    if (ready == null) {
      return connect(role, claims);
    }
    lease(ready, claims);
    counts.add(0, 1, 0);
    return Future.succeededFuture(ready);
  }

  private void lease(BackendConnection connection, Claims claims) {
    leased.put(connection, claims);
    if (connection.sequenceValues().lend(claims)) {
      Flight.ahead(connection, "DISCARD SEQUENCES"); // no part of what comes behind it
    }
  }

  private BackendConnection takeIdle(String role, Claims claims) {
    ArrayDeque<Idle> ofRole = idle.get(role);
    while (ofRole != null && !ofRole.isEmpty()) {
      Idle chosen = choose(ofRole, claims);
      boolean room = inUse() + idling < limits.connectionsMax();
      if (chosen == null && room) {
        return null; // and leave the others their values
      }
      Idle taken = chosen == null ? ofRole.peekFirst() : chosen;
      ofRole.removeLastOccurrence(taken);
      idling--;
      if (!taken.connection.closed()) {
        return taken.connection;
      }
    }
    return null;
  }

  /**
   * The one with the session's own sequence values, else the newest that has nobody's; null where
   * all have others'.
   */
  private static Idle choose(ArrayDeque<Idle> ofRole, Claims claims) {
    Idle chosen = null;
    for (var newestFirst = ofRole.descendingIterator(); newestFirst.hasNext(); ) {
      Idle next = newestFirst.next();
      if (next.connection.sequenceValues().areOf(claims)) {
        chosen = next;
        break;
      }
      if (chosen == null && next.connection.sequenceValues().areNobodys()) {
        chosen = next;
        if (!claims.hasSequenceValues()) {
          break;
        }
      }
    }
    return chosen;
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
    ArrayDeque<Idle> ofRole = idleOf(role);
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
    return leased.isEmpty() && idling == 0 && opening == 0 && asking == 0;
  }

  private int inUse() {
    return leased.size() + opening;
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
              lease(connection, claims);
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
    for (var next = nextWaiter(); next != null; next = nextWaiter()) {
      vertx.cancelTimer(next.timer());
      counts.add(0, 0, -1);
      grant(next.role(), next.claims()).onComplete(next.answer());
      next.claims().served();
    }
  }

  private Waiters.Request nextWaiter() {
    return waiters.next(
        this::admits,
        role -> inUse() + idling < limits.connectionsMax() || !idleOf(role).isEmpty());
  }

  private ArrayDeque<Idle> idleOf(String role) {
    return idle.getOrDefault(role, new ArrayDeque<>());
  }

  private void giveUp(Promise<BackendConnection> answer, SqlError cause) {
    Waiters.Request waiting = waiters.remove(answer);
    if (waiting != null) {
      vertx.cancelTimer(waiting.timer());
      counts.add(0, 0, -1);
      waiting.claims().refused(cause);
      answer.fail(cause);
    }
  }

  private SqlError waitedTooLong() {
    return tooMany("no connection was free within " + limits.waitMaxMillis() + " milliseconds");
  }

  private SqlError tooMany(String why) {
    return new SqlError(
        SqlState.TOO_MANY_CONNECTIONS,
        "all "
            + limits.connectionsMax()
            + " connections of an event loop to server "
            + address
            + " are in use: "
            + why,
        "Transactions keep them: end those that are idle, or raise executor.poolConnectionsMax.");
  }
}
