package io.pgmesh.router.session;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * Where texts are read and planned: at once, but for long ones, which would keep the other clients
 * of an event loop waiting. They go to a worker thread, one after the other; their session waits as
 * it does for a server's answer, and so keeps its order.
 */
final class LongTexts {
  /** Takes an event loop a few milliseconds. */
  static final int PLAIN_CHARACTERS = 128 * 1024;

  private LongTexts() {}

  static boolean isLong(String sql) {
    return sql.length() > PLAIN_CHARACTERS;
  }

  /** Pure work on a text; what it finds comes back on the session's own context. */
  static <T> Future<T> work(String sql, Supplier<T> work) {
    return isLong(sql)
        ? Vertx.currentContext().executeBlocking(work::get, true)
        : Future.<Void>succeededFuture().map(nothing -> work.get());
  }
}
