package io.pgmesh.router.session;

import io.vertx.core.buffer.Buffer;

/** A sink for the simple protocol, which has no NoData message. */
record NoDataHidden(ResultSink sink) implements ResultSink {
  @Override
  public void description(Buffer frame) {
    if (!RowDescriptions.isNoData(frame)) {
      sink.description(frame);
    }
  }

  @Override
  public void rows(Buffer frames) {
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
