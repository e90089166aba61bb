package io.pgmesh.router.wire;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** Cuts a byte stream into messages: tag, length, limit. */
public final class Frames {
  /** PostgreSQL's own limit for the first message. */
  public static final int STARTUP_MAX_BYTES = 10_000;

  private Buffer pending = Buffer.buffer();
  private boolean gathered;
  private int at;
  private int maxBytes;

  /**
   * @param maxBytes the longest message taken, tag and length excluded
   */
  public Frames(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** One message; the body is a view of the bytes received. */
  public record Frame(char tag, Buffer body) {}

  public void limit(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  public void append(Buffer received) {
    if (at == pending.length()) {
      pending = received;
      gathered = false;
    } else if (gathered && at == 0) {
      pending.appendBuffer(received);
    } else {
      // What came from elsewhere may be a view that cannot grow.
      pending =
          Buffer.buffer(pending.length() - at + received.length())
              .appendBuffer(pending, at, pending.length() - at)
              .appendBuffer(received);
      gathered = true;
    }
    at = 0;
  }

  /** Forgets what was received and not taken. */
  public void clear() {
    pending = Buffer.buffer();
    gathered = false;
    at = 0;
  }

  /** Bytes received and not taken as messages yet. */
  public int pendingBytes() {
    return pending.length() - at;
  }

  /**
   * The next whole message of the startup phase, which has no tag.
   *
   * @throws io.pgmesh.contracts.error.SqlError 08P01 impossible length
   */
  public Optional<Buffer> nextStartup() {
    if (pending.length() - at < 4) {
      return Optional.empty();
    }
    int length = pending.getInt(at);
    if (length < 8 || length > STARTUP_MAX_BYTES) {
      throw In.violation("invalid length of startup packet");
    }
    return body(at + 4, length - 4);
  }

  /**
   * The next whole message.
   *
   * @throws io.pgmesh.contracts.error.SqlError 08P01 impossible length, or more than the limit
   */
  public Optional<Frame> next() {
    if (pending.length() - at < 5) {
      return Optional.empty();
    }
    char tag = (char) pending.getUnsignedByte(at);
    int length = pending.getInt(at + 1);
    if (length < 4 || length - 4 > maxBytes) {
      throw In.violation("invalid message length");
    }
    return body(at + 5, length - 4).map(body -> new Frame(tag, body));
  }

  private Optional<Buffer> body(int start, int length) {
    if (pending.length() - start < length) {
      return Optional.empty();
    }
    at = start + length;
    return Optional.of(pending.slice(start, at));
  }
}
