package io.pgmesh.router.session;

import io.vertx.core.buffer.Buffer;

/** A sink that counts the rows that go through it. */
final class RowCount implements ForwardingSink {
  private static final byte DATA_ROW = 'D';

  private final ResultSink sink;
  private long rows;

  RowCount(ResultSink sink) {
    this.sink = sink;
  }

  long rows() {
    return rows;
  }

  @Override
  public ResultSink sink() {
    return sink;
  }

  @Override
  public void rows(Buffer frames) {
    for (int at = 0; at < frames.length(); at += 1 + frames.getInt(at + 1)) {
      rows += frames.getByte(at) == DATA_ROW ? 1 : 0;
    }
    sink.rows(frames);
  }
}
