package io.pgmesh.router.wire;

import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All messages of one direction, by tag for reading and by type for writing. */
public final class CodecTable<M> {
  private final Map<Character, Codec<? extends M>> byTag = new HashMap<>();
  private final Map<Class<?>, Codec<? extends M>> byType = new HashMap<>();

  CodecTable(List<Codec<? extends M>> codecs) {
    for (var codec : codecs) {
      byTag.put(codec.tag(), codec);
      byType.put(codec.type(), codec);
    }
  }

  /**
   * @throws io.pgmesh.contracts.error.SqlError 08P01 unknown tag, bytes missing or left over
   */
  public M decode(char tag, Buffer body) {
    var codec = byTag.get(tag);
    if (codec == null) {
      throw In.violation("invalid frontend message type " + (int) tag);
    }
    var in = new In(body);
    M message = codec.decode().apply(in);
    in.end();
    return message;
  }

  boolean knows(char tag) {
    return byTag.containsKey(tag);
  }

  /** Appends the whole message: tag, length, body. */
  public void encode(Buffer to, M message) {
    @SuppressWarnings("unchecked") // the table is keyed by the codec's own type
    var codec = (Codec<M>) byType.get(message.getClass());
    to.appendByte((byte) codec.tag());
    int lengthAt = to.length();
    to.appendInt(0);
    codec.encode().accept(new Out(to), message);
    to.setInt(lengthAt, to.length() - lengthAt);
  }

  /** The whole message: tag, length, body. */
  public Buffer frame(M message) {
    Buffer to = Buffer.buffer(32);
    encode(to, message);
    return to;
  }

  Iterable<Codec<? extends M>> codecs() {
    return byType.values();
  }
}
