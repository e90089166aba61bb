package io.pgmesh.router.session;

import io.pgmesh.contracts.api.RouterApi;
import io.pgmesh.contracts.api.RouterApi.SessionKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The keys by which clients of this verticle ask, over a second connection, to cancel. */
public final class SessionKeys {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TAKEN_WITHIN_MILLIS = 1_000;

  private final Vertx vertx;
  private final String answersTo = RouterApi.CANCEL_TAKEN + UUID.randomUUID();
  private final Map<SessionKey, Runnable> sessions = new HashMap<>();
  private final Map<SessionKey, Promise<Void>> asked = new HashMap<>();

  public SessionKeys(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Listens for requests that any router took. */
  public Future<Void> start() {
    var bus = vertx.eventBus();
    var requests =
        bus.<RouterApi.CancelRequest>consumer(
            RouterApi.CANCEL_REQUESTED, message -> requested(message.body()));
    var answers =
        bus.<RouterApi.CancelTaken>consumer(answersTo, message -> taken(message.body().key()));
    return Future.all(requests.completion(), answers.completion()).mapEmpty();
  }

  SessionKey add(Runnable cancel) {
    var key = new SessionKey(RANDOM.nextInt(1, Integer.MAX_VALUE), RANDOM.nextInt());
    sessions.put(key, cancel);
    return key;
  }

  void remove(SessionKey key) {
    sessions.remove(key);
  }

  /**
   * Tells all routers: only one has the session. Completes when that one was told, since what the
   * client sends behind the answer must not be cancelled; or when none was found in time.
   */
  Future<Void> request(SessionKey key) {
    if (cancelOwn(key)) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = asked.computeIfAbsent(key, unknown -> Promise.promise());
    vertx
        .eventBus()
        .publish(RouterApi.CANCEL_REQUESTED, new RouterApi.CancelRequest(key, answersTo));
    return promise
        .future()
        .timeout(TAKEN_WITHIN_MILLIS, TimeUnit.MILLISECONDS)
        .<Void>otherwiseEmpty()
        .onComplete(done -> asked.remove(key));
  }

  private void requested(RouterApi.CancelRequest request) {
    if (cancelOwn(request.key())) {
      vertx.eventBus().send(request.answerTo(), new RouterApi.CancelTaken(request.key()));
    }
  }

  private void taken(SessionKey key) {
    var waiting = asked.get(key);
    if (waiting != null) {
      waiting.tryComplete();
    }
  }

  private boolean cancelOwn(SessionKey key) {
    var cancel = sessions.get(key);
    if (cancel == null) {
      return false;
    }
    cancel.run();
    return true;
  }
}
