package io.pgmesh.router.session;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frames;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/** Keeps the first row of what the router itself asks for. */
final class FirstRow implements SilentSink {
  private final int maxBytes;
  private final Frames frames = new Frames(Integer.MAX_VALUE);
  private boolean tooLong;
  private Optional<List<byte[]>> values = Optional.empty();

  /**
   * @param maxBytes what is kept at most; the rest is passed by
   */
  FirstRow(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * One a column, null for NULL; empty where no row came.
   *
   * @throws SqlError 54000
   */
  Optional<List<byte[]>> values() {
    if (tooLong) {
      throw new SqlError(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "values of more than " + maxBytes + " bytes together cannot be passed to a statement");
    }
    return values;
  }

  @Override
  public void rows(Buffer received) {
    if (done()) {
      return;
    }
    frames.append(received);
    for (var frame = frames.next(); frame.isPresent() && !done(); frame = frames.next()) {
      take(frame.get());
    }
    if (!done()) {
      tooLong = frames.pendingBytes() > maxBytes;
    }
    if (done()) {
      frames.clear();
    }
  }

  private boolean done() {
    return tooLong || values.isPresent();
  }

  /** One that came in one piece may be too long, too. */
  private void take(Frames.Frame frame) {
    if (frame.body().length() > maxBytes) {
      tooLong = true;
    } else if (Backend.CODECS.decode(frame.tag(), frame.body())
        instanceof Backend.DataRow(var columns)) {
      values = Optional.of(columns);
    }
  }
}
