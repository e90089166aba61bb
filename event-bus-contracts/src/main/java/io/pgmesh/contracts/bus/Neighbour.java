package io.pgmesh.contracts.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.Optional;

/**
 * Services of one node whose instances share an event loop: messages between them change no thread,
 * and no registry of the cluster is asked where they go.
 */
public final class Neighbour {
  private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

  private Neighbour() {}

  /** Names the caller's event loop within its node. */
  static String here() {
    return Thread.currentThread().getName();
  }

  /** For messages to a neighbour. */
  public static DeliveryOptions local() {
    return LOCAL;
  }

  /** Asks the instance on the caller's event loop; empty when there is none. */
  public static <Q extends Record, A extends Record> Future<Optional<A>> ask(
      Vertx vertx, Endpoint<Q, A> endpoint, Q question) {
    var options = new DeliveryOptions(LOCAL).setSendTimeout(endpoint.timeout().toMillis());
    return vertx
        .eventBus()
        .<A>request(endpoint.at(here()), question, options)
        .map(Message::body)
        .map(Optional::of)
        .recover(
            cause ->
                cause instanceof ReplyException reply
                        && reply.failureType() == ReplyFailure.NO_HANDLERS
                    ? Future.succeededFuture(Optional.empty())
                    : Future.failedFuture(cause));
  }
}
