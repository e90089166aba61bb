package io.pgmesh.executor.run;

import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Listener;
import io.pgmesh.executor.worker.ServerMessages;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Keeps the column values of all rows; NULL is null. */
record CollectedRows(List<List<byte[]>> rows) implements Listener {
  @Override
  public void rows(BackendConnection from, Buffer frames) {
    ServerMessages.eachRow(frames, rows::add);
  }
}
