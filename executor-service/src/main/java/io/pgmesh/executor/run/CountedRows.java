package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.buffer.Buffer;

/** Counts the rows that go to a listener. */
final class CountedRows implements Listener {
  private final Listener listener;
  private long rows;

  CountedRows(Listener listener) {
    this.listener = listener;
  }

  long rows() {
    return rows;
  }

  @Override
  public void description(Buffer frame) {
    listener.description(frame);
  }

  @Override
  public void rows(BackendConnection from, Buffer frames) {
    // a frame is a tag and a length that counts itself
    for (int at = 0; at < frames.length(); at += 1 + frames.getInt(at + 1)) {
      rows++;
    }
    listener.rows(from, frames);
  }

  @Override
  public void notice(ErrorFields notice) {
    listener.notice(notice);
  }

  @Override
  public void parameter(String name, String value) {
    listener.parameter(name, value);
  }

  @Override
  public void notification(int processId, String name, String payload) {
    listener.notification(processId, name, payload);
  }
}
