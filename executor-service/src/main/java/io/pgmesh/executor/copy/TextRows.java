package io.pgmesh.executor.copy;

import io.pgmesh.contracts.plan.CopyFormat;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Rows of the text format: a line each; a backslash takes the next byte with it, a line end
 * included.
 */
final class TextRows extends RowSplitter {
  private final byte delimiter;
  private final byte[] nullText;
  private final int keyIndex;
  private final int fields;
  private final LineEnds lineEnds = new LineEnds();
  private boolean header;
  private long line = 1;
  private int scanned; // where looking for the line end goes on

  TextRows(CopyFormat format, int keyIndex, int fields, int rowMaxBytes) {
    super(rowMaxBytes);
    this.delimiter = (byte) format.delimiter();
    this.nullText = format.nullText().getBytes(StandardCharsets.UTF_8);
    this.keyIndex = keyIndex;
    this.fields = fields;
    this.header = format.header();
  }

  @Override
  protected int split(byte[] bytes, int length, boolean last, RowSink sink) {
    int from = 0;
    int at = scanned;
    while (at < length) {
      if (bytes[at] == '\\') {
        if (at + 1 >= length && !last) {
          break; // what it takes along is not here yet
        }
        at += 2;
        continue;
      }
      int end = lineEnds.lengthAt(bytes, at, length, last);
      if (end == LineEnds.NEED_MORE) {
        break;
      }
      if (end == 0) {
        at++;
        continue;
      }
      if (!row(bytes, from, at, at + end, sink)) {
        return length;
      }
      at += end;
      from = at;
    }
    if (last && from < length) {
      row(bytes, from, length, length, sink);
      return length;
    }
    scanned = at;
    return from;
  }

  @Override
  protected void consumed(int bytes) {
    scanned -= bytes;
  }

  private boolean row(byte[] bytes, int from, int bodyEnd, int end, RowSink sink) {
    if (bodyEnd - from == 2 && bytes[from] == '\\' && bytes[from + 1] == '.') {
      finish();
      return false;
    }
    long number = line++;
    if (header) {
      header = false;
      return true;
    }
    sink.accept(new CopyRow(bytes, from, bodyEnd, end, key(bytes, from, bodyEnd, number), number));
    return true;
  }

  private byte[] key(byte[] bytes, int from, int end, long number) {
    int start = from;
    for (int field = 0; field < keyIndex; field++) {
      int stop = fieldEnd(bytes, start, end);
      if (stop == end) {
        throw malformed("a row has " + (field + 1) + " of " + fields + " columns", number);
      }
      start = stop + 1;
    }
    int stop = fieldEnd(bytes, start, end);
    if (Arrays.equals(bytes, start, stop, nullText, 0, nullText.length)) {
      return null;
    }
    return unescaped(bytes, start, stop);
  }

  private int fieldEnd(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] != delimiter) {
      at += bytes[at] == '\\' ? 2 : 1;
    }
    return Math.min(at, end);
  }

  /** The value that a field's escapes stand for. */
  static byte[] unescaped(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] != '\\') {
      at++;
    }
    if (at == end) {
      return Arrays.copyOfRange(bytes, from, end);
    }
    var out = new ByteArrayOutputStream(end - from);
    out.write(bytes, from, at - from);
    while (at < end) {
      if (bytes[at] != '\\' || at + 1 == end) {
        out.write(bytes[at++]);
      } else {
        at = escape(bytes, at + 1, end, out);
      }
    }
    return out.toByteArray();
  }

  private static int escape(byte[] bytes, int at, int end, ByteArrayOutputStream out) {
    byte escaped = bytes[at];
    switch (escaped) {
      case 'b' -> out.write('\b');
      case 'f' -> out.write('\f');
      case 'n' -> out.write('\n');
      case 'r' -> out.write('\r');
      case 't' -> out.write('\t');
      case 'v' -> out.write(0x0b);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        return number(bytes, at, Math.min(end, at + 3), 8, out);
      }
      case 'x' -> {
        if (at + 1 < end && Character.digit(bytes[at + 1], 16) >= 0) {
          return number(bytes, at + 1, Math.min(end, at + 3), 16, out);
        }
        out.write('x');
      }
      default -> out.write(escaped);
    }
    return at + 1;
  }

  private static int number(byte[] bytes, int from, int end, int radix, ByteArrayOutputStream out) {
    int value = 0;
    int at = from;
    while (at < end && Character.digit(bytes[at], radix) >= 0) {
      value = value * radix + Character.digit(bytes[at], radix);
      at++;
    }
    out.write(value);
    return at;
  }
}
