package io.pgmesh.executor.run;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Messages for rows that the executor itself makes: text columns only. */
final class MadeRows {
  private static final int TEXT_OID = 25;

  private MadeRows() {}

  /** A RowDescription of one text column. */
  static Buffer description(String column) {
    Buffer body =
        Buffer.buffer()
            .appendShort((short) 1)
            .appendString(column)
            .appendByte((byte) 0)
            .appendInt(0)
            .appendShort((short) 0)
            .appendInt(TEXT_OID)
            .appendShort((short) -1)
            .appendInt(-1)
            .appendShort((short) 0);
    return frame('T', body);
  }

  /** A statement that returns no rows. */
  static Buffer noData() {
    return frame('n', Buffer.buffer());
  }

  /** A DataRow for each line. */
  static Buffer rows(List<String> lines) {
    Buffer rows = Buffer.buffer();
    for (String line : lines) {
      byte[] text = line.getBytes(StandardCharsets.UTF_8);
      Buffer body = Buffer.buffer().appendShort((short) 1).appendInt(text.length).appendBytes(text);
      rows.appendBuffer(frame('D', body));
    }
    return rows;
  }

  private static Buffer frame(char tag, Buffer body) {
    return Buffer.buffer().appendByte((byte) tag).appendInt(body.length() + 4).appendBuffer(body);
  }
}
