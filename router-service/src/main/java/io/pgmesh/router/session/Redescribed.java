package io.pgmesh.router.session;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.function.Function;

/**
 * A sink that tells of the rows in another way.
 *
 * @param change of a RowDescription or NoData message; empty to say nothing
 */
record Redescribed(ResultSink sink, Function<Buffer, Optional<Buffer>> change)
    implements ForwardingSink {

  /** For the simple protocol, which has no NoData message. */
  static Redescribed withoutNoData(ResultSink sink) {
    return new Redescribed(
        sink, frame -> RowDescriptions.isNoData(frame) ? Optional.empty() : Optional.of(frame));
  }

  @Override
  public void description(Buffer frame) {
    change.apply(frame).ifPresent(sink::description);
  }
}
