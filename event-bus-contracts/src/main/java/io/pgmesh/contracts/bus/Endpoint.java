package io.pgmesh.contracts.bus;

import io.pgmesh.contracts.error.SqlError;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.function.Function;

/**
 * One question that a service answers.
 *
 * @param address versioned: {@code service.question.v1}
 * @param timeout how long the asker waits before it counts the answer as lost
 */
public record Endpoint<Q extends Record, A extends Record>(String address, Duration timeout) {

  /** Asks any node that serves this endpoint. Fails with a {@link SqlError} only. */
  public Future<A> ask(Vertx vertx, Q question) {
    return askAt(vertx, address, question);
  }

  /** Asks one instance, named by {@link #at}. */
  public Future<A> askAt(Vertx vertx, String instanceAddress, Q question) {
    var options = new DeliveryOptions().setSendTimeout(timeout.toMillis());
    return vertx
        .eventBus()
        .<A>request(instanceAddress, question, options)
        .map(Message::body)
        .recover(cause -> Future.failedFuture(SqlError.from(cause)));
  }

  /**
   * Serves the event loop of the caller as well: {@link Neighbour} finds it there without a hop to
   * another thread.
   */
  public Future<Void> serveNeighbour(Vertx vertx, Function<Q, Future<A>> handler) {
    MessageConsumer<Q> consumer =
        vertx.eventBus().localConsumer(at(Neighbour.here()), message -> answer(message, handler));
    return consumer.completion();
  }

  /** The address of one instance of this endpoint. */
  public String at(String instance) {
    return address + "." + instance;
  }

  /** Serves the endpoint; the future completes when every node of the cluster can ask. */
  public Future<MessageConsumer<Q>> serve(Vertx vertx, Function<Q, Future<A>> handler) {
    return serveAt(vertx, address, handler);
  }

  /** Serves one instance's address, made by {@link #at}. */
  public Future<MessageConsumer<Q>> serveAt(
      Vertx vertx, String instanceAddress, Function<Q, Future<A>> handler) {
    MessageConsumer<Q> consumer =
        vertx.eventBus().consumer(instanceAddress, message -> answer(message, handler));
    return consumer.completion().map(consumer);
  }

  private static <Q, A> void answer(Message<Q> message, Function<Q, Future<A>> handler) {
    Future.succeededFuture(message.body())
        .compose(handler) // catches a throwing handler too
        .onSuccess(message::reply)
        .onFailure(cause -> message.reply(SqlError.from(cause)));
  }
}
