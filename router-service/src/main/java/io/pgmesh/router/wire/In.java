package io.pgmesh.router.wire;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Reads the body of one message; reading past its end is a protocol violation. */
public final class In {
  private final Buffer body;
  private int at;

  public In(Buffer body) {
    this.body = body;
  }

  public int int8() {
    return body.getUnsignedByte(advance(1));
  }

  public int int16() {
    return body.getUnsignedShort(advance(2));
  }

  public int int32() {
    return body.getInt(advance(4));
  }

  public long uint32() {
    return body.getUnsignedInt(advance(4));
  }

  /**
   * Text up to a zero byte.
   *
   * @throws SqlError 22021 if it is not UTF-8
   */
  public String cstring() {
    int end = at;
    int length = body.length();
    while (end < length && body.getByte(end) != 0) {
      end++;
    }
    if (end == length) {
      throw violation("invalid string in message");
    }
    String text = Utf8.decode(body.getBytes(at, end));
    at = end + 1;
    return text;
  }

  public byte[] bytes(int length) {
    int start = advance(length);
    return body.getBytes(start, start + length);
  }

  /** A length and that many bytes; length -1 is SQL's NULL, given as null. */
  public byte[] value() {
    int length = int32();
    return length == -1 ? null : bytes(length);
  }

  /** All that is left, by reference. */
  public Buffer rest() {
    int start = at;
    at = body.length();
    return body.slice(start, at);
  }

  public List<Integer> int16s() {
    return list(int16(), this::int16);
  }

  public List<Long> uint32s() {
    return list(int16(), this::uint32);
  }

  public List<byte[]> values() {
    return list(int16(), this::value);
  }

  /** {@code count} items, one behind the other. */
  public <T> List<T> list(int count, Supplier<T> item) {
    // A count is not believed before its items are there: a frame cannot make us reserve memory.
    var items = new ArrayList<T>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      items.add(item.get());
    }
    return items;
  }

  public boolean atEnd() {
    return at == body.length();
  }

  /** Fails when bytes are left over. */
  public void end() {
    if (!atEnd()) {
      throw violation("invalid message format");
    }
  }

  private int advance(int length) {
    int start = at;
    if (length < 0 || length > body.length() - at) {
      throw violation("insufficient data left in message");
    }
    at += length;
    return start;
  }

  static SqlError violation(String message) {
    return new SqlError(SqlState.PROTOCOL_VIOLATION, message);
  }
}
