package io.pgmesh.router.session;

import io.vertx.core.buffer.Buffer;

/** A sink that counts the rows that go through it. */
final class RowCount implements ResultSink {
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
  public void description(Buffer frame) {
    sink.description(frame);
  }

  @Override
  public void rows(Buffer frames) {
    for (int at = 0; at < frames.length(); at += 1 + frames.getInt(at + 1)) {
      rows += frames.getByte(at) == DATA_ROW ? 1 : 0;
    }
    sink.rows(frames);
  }

  @Override
  public void copyIn(Buffer frame) {
    sink.copyIn(frame);
  }

  @Override
  public void copyCredit() {
    sink.copyCredit();
  }

  @Override
  public void copyOut(Buffer frame) {
    sink.copyOut(frame);
  }

  @Override
  public boolean full() {
    return sink.full();
  }
}
