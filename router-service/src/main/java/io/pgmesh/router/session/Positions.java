package io.pgmesh.router.session;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.vertx.core.Future;

/** Positions of errors, which count from the start of the text that the client sent. */
final class Positions {
  private Positions() {}

  /**
   * The same failure for a statement that began later in the text.
   *
   * @param offset where the statement began, in characters from 0
   */
  static <T> Future<T> moved(Throwable cause, int offset) {
    var error = SqlError.from(cause);
    String position = error.fields().get(ErrorFields.POSITION);
    if (offset == 0 || position == null) {
      return Future.failedFuture(error);
    }
    String moved = String.valueOf(Integer.parseInt(position) + offset);
    return Future.failedFuture(new SqlError(error.fields().with(ErrorFields.POSITION, moved)));
  }
}
