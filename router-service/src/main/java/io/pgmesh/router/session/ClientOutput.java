package io.pgmesh.router.session;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.router.wire.Backend;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * Messages to a client, gathered into few writes: small ones wait for {@link #flush}, rows in bulk
 * go out as they come.
 */
final class ClientOutput {
  private static final int GATHER_BYTES = 8 * 1024;

  /** The socket itself minds how many writes wait, whatever their length. */
  private static final int UNSENT_MAX_BYTES = 1024 * 1024;

  private final WriteStream<Buffer> client;
  private Buffer gathered = Buffer.buffer();
  private long unsent; // bytes of rows in bulk that the socket has not taken
  private boolean full;
  private Runnable room = () -> {};

  ClientOutput(WriteStream<Buffer> client) {
    this.client = client;
    client.drainHandler(drained -> room.run());
  }

  /** Called when the output is {@link #full} no more. */
  void onRoom(Runnable handler) {
    room = handler;
  }

  void message(Backend message) {
    Backend.CODECS.encode(gathered, message);
    if (gathered.length() >= GATHER_BYTES) {
      flush();
    }
  }

  void error(ErrorFields error) {
    message(new Backend.ErrorResponse(error));
  }

  /** Whole messages made elsewhere. */
  void frames(Buffer frames) {
    if (gathered.length() + frames.length() < GATHER_BYTES) {
      gathered.appendBuffer(frames);
    } else {
      flush();
      writeBulk(frames);
    }
  }

  private void writeBulk(Buffer frames) {
    int length = frames.length();
    unsent += length;
    client
        .write(frames)
        .onComplete(
            done -> {
              unsent -= length;
              if (full && unsent < UNSENT_MAX_BYTES) {
                full = false;
                room.run();
              }
            });
  }

  void flush() {
    if (gathered.length() > 0) {
      client.write(gathered);
      gathered = Buffer.buffer();
    }
  }

  /** Sends what is gathered and closes. */
  Future<Void> end() {
    Buffer last = gathered;
    gathered = Buffer.buffer();
    return last.length() > 0 ? client.end(last) : client.end();
  }

  /** Whether the client takes bytes more slowly than they come. */
  boolean full() {
    full = unsent >= UNSENT_MAX_BYTES;
    return full || client.writeQueueFull();
  }
}
