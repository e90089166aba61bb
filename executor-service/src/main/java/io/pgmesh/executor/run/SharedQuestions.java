package io.pgmesh.executor.run;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Asks one question at a time about each subject. Who comes while it is under way gets the answer
 * to the next one, which is one for all of them: an answer is never older than its question.
 */
final class SharedQuestions<S, A> {
  private final Function<S, Future<A>> ask;
  // one context only; subjects that are being asked about, with those who wait for the next time
  private final Map<S, Optional<Promise<A>>> underWay = new HashMap<>();

  SharedQuestions(Function<S, Future<A>> ask) {
    this.ask = ask;
  }

  Future<A> ask(S subject) {
    Optional<Promise<A>> next = underWay.get(subject);
    if (next == null) {
      return start(subject);
    }
    Promise<A> waiting = next.orElseGet(Promise::promise);
    underWay.put(subject, Optional.of(waiting));
    return waiting.future();
  }

  private Future<A> start(S subject) {
    underWay.put(subject, Optional.empty());
    return Future.succeededFuture(subject)
        .compose(ask)
        .onComplete(
            done ->
                underWay.remove(subject).ifPresent(waiting -> start(subject).onComplete(waiting)));
  }
}
