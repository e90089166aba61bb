package io.pgmesh.router.wire;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Writes the body of one message behind what a buffer holds. */
public final class Out {
  private final Buffer to;

  public Out(Buffer to) {
    this.to = to;
  }

  public Out int8(int value) {
    to.appendByte((byte) value);
    return this;
  }

  public Out int16(int value) {
    to.appendShort((short) value);
    return this;
  }

  public Out int32(int value) {
    to.appendInt(value);
    return this;
  }

  public Out uint32(long value) {
    to.appendInt((int) value);
    return this;
  }

  public Out cstring(String text) {
    to.appendBytes(text.getBytes(StandardCharsets.UTF_8)).appendByte((byte) 0);
    return this;
  }

  public Out buffer(Buffer bytes) {
    to.appendBuffer(bytes);
    return this;
  }

  /** A length and the bytes, or length -1 for null. */
  public Out value(byte[] value) {
    if (value == null) {
      return int32(-1);
    }
    to.appendInt(value.length).appendBytes(value);
    return this;
  }

  public Out int16s(List<Integer> values) {
    return list(values, this::int16);
  }

  public Out uint32s(List<Long> values) {
    return list(values, this::uint32);
  }

  public Out values(List<byte[]> values) {
    return list(values, this::value);
  }

  /** A 16-bit count and the items. */
  public <T> Out list(List<T> items, Consumer<T> write) {
    int16(items.size());
    items.forEach(write);
    return this;
  }
}
