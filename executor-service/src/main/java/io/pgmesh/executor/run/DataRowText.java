package io.pgmesh.executor.run;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Arrays;

/** DataRow messages with text values, rewritten as lines of COPY's text format. */
final class DataRowText {
  private byte[] out;
  private int length;

  DataRowText() {
    this(256);
  }

  private DataRowText(int capacity) {
    out = new byte[capacity];
  }

  static byte[] lines(Buffer frames) {
    ByteBuf in = ((BufferInternal) frames).getByteBuf();
    var text = new DataRowText(in.readableBytes() + in.readableBytes() / 8);
    while (in.isReadable()) {
      in.skipBytes(5);
      text.row(in);
    }
    return Arrays.copyOf(text.out, text.length);
  }

  /**
   * Appends a row as a line.
   *
   * @param row the message's body, which stays unread
   */
  void append(Buffer lines, ByteBuf row) {
    length = 0;
    row(row.duplicate());
    lines.appendBytes(out, 0, length);
  }

  private void row(ByteBuf in) {
    int columns = in.readUnsignedShort();
    for (int i = 0; i < columns; i++) {
      if (i > 0) {
        put('\t');
      }
      int bytes = in.readInt();
      if (bytes < 0) {
        put('\\');
        put('N');
      } else {
        value(in, bytes);
      }
    }
    put('\n');
  }

  private void value(ByteBuf in, int bytes) {
    ensure(2 * bytes);
    int end = in.readerIndex() + bytes;
    while (in.readerIndex() < end) {
      byte here = in.readByte();
      int letter = escapeOf(here);
      if (letter != 0) {
        out[length++] = '\\';
        out[length++] = (byte) letter;
      } else {
        out[length++] = here;
      }
    }
  }

  private static int escapeOf(byte here) {
    return switch (here) {
      case '\\' -> '\\';
      case '\n' -> 'n';
      case '\r' -> 'r';
      case '\t' -> 't';
      default -> 0;
    };
  }

  private void put(int character) {
    ensure(1);
    out[length++] = (byte) character;
  }

  private void ensure(int more) {
    if (length + more > out.length) {
      out = Arrays.copyOf(out, Math.max(2 * out.length, length + more));
    }
  }
}
