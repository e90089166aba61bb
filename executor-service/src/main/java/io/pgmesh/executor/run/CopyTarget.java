package io.pgmesh.executor.run;

import io.pgmesh.executor.worker.Flight;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/** Who takes the client's copy data. */
interface CopyTarget {

  /**
   * @param taken to be called once more may come
   */
  void data(Buffer bytes, Runnable taken);

  void done();

  void fail(String reason);

  /** The client has cancelled; servers that take the data hear of it themselves. */
  default void cancel() {}

  /** No COPY runs: data that comes late is dropped, as PostgreSQL does. */
  CopyTarget NONE =
      new CopyTarget() {
        @Override
        public void data(Buffer bytes, Runnable taken) {
          taken.run();
        }

        @Override
        public void done() {}

        @Override
        public void fail(String reason) {}
      };

  /** A COPY into a table of one server: bytes pass through. */
  record OneServer(Flight flight) implements CopyTarget {
    @Override
    public void data(Buffer bytes, Runnable taken) {
      flight.copyData(((BufferInternal) bytes).getByteBuf());
      flight.connection().whenWritable(taken);
    }

    @Override
    public void done() {
      flight.endCopy();
    }

    @Override
    public void fail(String reason) {
      flight.failCopy(reason);
    }
  }
}
