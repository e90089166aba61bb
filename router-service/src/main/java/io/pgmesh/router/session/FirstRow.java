package io.pgmesh.router.session;

import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frames;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/** Keeps the first row of what the router itself asks for. */
final class FirstRow implements ResultSink {
  private final Frames frames = new Frames(Integer.MAX_VALUE);
  private Optional<List<byte[]>> values = Optional.empty();

  /** One a column, null for NULL; empty where no row came. */
  Optional<List<byte[]>> values() {
    return values;
  }

  @Override
  public void rows(Buffer received) {
    frames.append(received);
    for (var frame = frames.next(); frame.isPresent(); frame = frames.next()) {
      if (values.isEmpty()
          && Backend.CODECS.decode(frame.get().tag(), frame.get().body())
              instanceof Backend.DataRow(var columns)) {
        values = Optional.of(columns);
      }
    }
  }

  @Override
  public void description(Buffer frame) {}

  @Override
  public void copyIn(Buffer frame) {}

  @Override
  public void copyCredit() {}

  @Override
  public void copyOut(Buffer frame) {}

  @Override
  public boolean full() {
    return false;
  }
}
