package io.pgmesh.executor.worker;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** What a flight's frames mean, one call each. Nothing by default. */
public interface Listener {
  Listener NONE = new Listener() {};

  /** A whole RowDescription or NoData message. */
  default void description(Buffer frame) {}

  /** Whole DataRow or CopyData messages; may pause the connection. */
  default void rows(BackendConnection from, Buffer frames) {}

  /**
   * Whole DataRow messages that were held back.
   *
   * @return when there may be more
   */
  default Future<Void> held(Buffer frames) {
    return Future.succeededFuture();
  }

  /** A statement of the flight is done: rows that follow are of the next. */
  default void completed() {}

  /** A whole CopyInResponse: {@link Flight#endCopy} or {@link Flight#failCopy} must follow. */
  default void copyIn(Flight flight, Buffer frame) {}

  /** A whole CopyOutResponse. */
  default void copyOut(Buffer frame) {}

  default void notice(ErrorFields notice) {}

  default void parameter(String name, String value) {}

  default void notification(int processId, String name, String payload) {}

  /** The connection broke; told to {@link BackendConnection#unsolicited} listeners only. */
  default void lost(SqlError cause) {}
}
