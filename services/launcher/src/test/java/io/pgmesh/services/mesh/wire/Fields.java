package io.pgmesh.services.mesh.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What messages of a server are made of. */
final class Fields {
  private Fields() {}

  static Map<String, String> ofError(ByteBuffer body) {
    var fields = new LinkedHashMap<String, String>();
    for (byte type = body.get(); type != 0; type = body.get()) {
      fields.put(String.valueOf((char) type), text(body));
    }
    return fields;
  }

  static String text(ByteBuffer body) {
    int start = body.position();
    while (body.get() != 0) {
      // up to the terminator
    }
    return new String(body.array(), start, body.position() - 1 - start, StandardCharsets.UTF_8);
  }
}
