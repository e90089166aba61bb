package io.pgmesh.router.session;

import io.pgmesh.contracts.api.RouterApi;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;

/** The keys by which clients of this verticle ask, over a second connection, to cancel. */
public final class SessionKeys {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Vertx vertx;
  private final Map<RouterApi.CancelRequest, Runnable> sessions = new HashMap<>();

  public SessionKeys(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Listens for requests that any router took. */
  public Future<Void> start() {
    MessageConsumer<RouterApi.CancelRequest> consumer =
        vertx.eventBus().consumer(RouterApi.CANCEL_REQUESTED, message -> cancelOwn(message.body()));
    return consumer.completion();
  }

  RouterApi.CancelRequest add(Runnable cancel) {
    var key = new RouterApi.CancelRequest(RANDOM.nextInt(1, Integer.MAX_VALUE), RANDOM.nextInt());
    sessions.put(key, cancel);
    return key;
  }

  void remove(RouterApi.CancelRequest key) {
    sessions.remove(key);
  }

  /** Tells all routers: only one has the session. */
  void request(int processId, int secret) {
    vertx
        .eventBus()
        .publish(RouterApi.CANCEL_REQUESTED, new RouterApi.CancelRequest(processId, secret));
  }

  private void cancelOwn(RouterApi.CancelRequest key) {
    var cancel = sessions.get(key);
    if (cancel != null) {
      cancel.run();
    }
  }
}
