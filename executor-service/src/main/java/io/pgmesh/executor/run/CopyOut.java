package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * COPY to a client by several tasks: their streams become one, rows as they come. What stands once
 * in a stream, a line of names or the head and tail of the binary format, the client gets once.
 */
final class CopyOut {
  private static final int FORMAT_AT = 5;

  private final ClientListener client;
  private final boolean header;
  private boolean headerSent;
  private Optional<BinaryCopyOut> binary = Optional.empty();

  CopyOut(ClientListener client, boolean header) {
    this.client = client;
    this.header = header;
  }

  Listener of(Task task) {
    return new Stream(client.of(task));
  }

  /** All tasks have sent their rows. */
  void end() {
    if (binary.isPresent()) {
      client.rows(BinaryCopyOut.trailer());
    }
  }

  private final class Stream implements Listener {
    private final Listener task;
    private boolean begun;

    Stream(Listener task) {
      this.task = task;
    }

    @Override
    public void copyOut(Buffer frame) {
      if (binary.isEmpty() && frame.getByte(FORMAT_AT) == 1) {
        binary = Optional.of(new BinaryCopyOut());
      }
      task.copyOut(frame);
    }

    @Override
    public void rows(BackendConnection from, Buffer frames) {
      Buffer relayed = binary.map(stream -> stream.relay(frames)).orElseGet(() -> lines(frames));
      if (relayed.length() > 0) {
        task.rows(from, relayed);
      }
    }

    private Buffer lines(Buffer frames) {
      boolean begins = header && !begun;
      begun = true;
      if (!begins || !headerSent) {
        headerSent = true;
        return frames;
      }
      return frames.slice(1 + frames.getInt(1), frames.length());
    }

    @Override
    public void description(Buffer frame) {
      task.description(frame);
    }

    @Override
    public void copyIn(Flight flight, Buffer frame) {
      task.copyIn(flight, frame);
    }

    @Override
    public void notice(ErrorFields notice) {
      task.notice(notice);
    }
  }
}
