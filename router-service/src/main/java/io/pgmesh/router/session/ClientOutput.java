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

  private final WriteStream<Buffer> client;
  private Buffer gathered = Buffer.buffer();

  ClientOutput(WriteStream<Buffer> client) {
    this.client = client;
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
      client.write(frames);
    }
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
    return client.writeQueueFull();
  }
}
