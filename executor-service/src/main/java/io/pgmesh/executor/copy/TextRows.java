package io.pgmesh.executor.copy;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.CopyFormat;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Rows of the text format: a line each; a backslash takes the next byte with it, a line end
 * included.
 */
final class TextRows extends LineRows {

  TextRows(CopyFormat format, int keyIndex, int fields, int rowMaxBytes) {
    super(format, keyIndex, fields, rowMaxBytes);
  }

  @Override
  int hidden(byte[] bytes, int at, int length, boolean last) {
    if (bytes[at] != '\\') {
      return 0;
    }
    if (at + 1 >= length && !last) {
      return NEED_MORE; // what it takes along is not here yet
    }
    return at + 1 < length && bytes[at + 1] == '.' ? END_MARKER : 2;
  }

  @Override
  boolean isEnd(byte[] bytes, int from, int end) {
    return false; // its marker is found wherever it stands
  }

  @Override
  SqlError strayLineEnd(boolean newline, long line) {
    String name = newline ? "newline" : "carriage return";
    return malformed(
        "literal " + name + " found in data",
        "Use \"" + (newline ? "\\n" : "\\r") + "\" to represent " + name + ".",
        line);
  }

  @Override
  void checkEnd(long line) {}

  @Override
  int fieldEnd(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] != delimiter) {
      at += bytes[at] == '\\' ? 2 : 1;
    }
    return Math.min(at, end);
  }

  @Override
  byte[] value(byte[] bytes, int from, int end) {
    return Arrays.equals(bytes, from, end, nullText, 0, nullText.length)
        ? null
        : unescaped(bytes, from, end);
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
