package io.pgmesh.contracts.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.json.jackson.DatabindCodec;

/**
 * A record on the wire between nodes: its JSON behind a 4-byte length, bytes in base64. Inside one
 * JVM the record is handed over by reference.
 */
public record RecordCodec<T>(Class<T> type) implements MessageCodec<T, T> {

  @Override
  public void encodeToWire(Buffer out, T value) {
    byte[] json = Bodies.encode(value);
    out.appendInt(json.length).appendBytes(json);
  }

  @Override
  public T decodeFromWire(int at, Buffer in) {
    return Bodies.decode(in.getBytes(at + 4, at + 4 + in.getInt(at)), type);
  }

  @Override
  public T transform(T value) {
    return value; // immutable
  }

  @Override
  public String name() {
    return type.getName();
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }

  /** The one place that says how a record becomes JSON. */
  static final class Bodies {
    private Bodies() {}

    static byte[] encode(Object value) {
      try {
        return DatabindCodec.mapper().writeValueAsBytes(value);
      } catch (java.io.IOException e) {
        throw new IllegalStateException("cannot encode " + value.getClass().getName(), e);
      }
    }

    static <T> T decode(byte[] json, Class<T> type) {
      try {
        return DatabindCodec.mapper().readValue(json, type);
      } catch (java.io.IOException e) {
        throw new IllegalStateException("cannot decode " + type.getName(), e);
      }
    }
  }
}
