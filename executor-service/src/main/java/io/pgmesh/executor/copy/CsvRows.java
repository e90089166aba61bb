package io.pgmesh.executor.copy;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.CopyFormat;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Rows of the csv format: line ends, delimiters and the null text count only outside quotes. */
final class CsvRows extends LineRows {
  private final byte quote;
  private final byte escape;
  private final CsvMarker marker;
  private boolean quoted;

  CsvRows(CopyFormat format, int keyIndex, int fields, int rowMaxBytes, CsvMarker marker) {
    super(format, keyIndex, fields, rowMaxBytes);
    this.quote = (byte) format.quote();
    this.escape = (byte) format.escape();
    this.marker = marker;
  }

  @Override
  int hidden(byte[] bytes, int at, int length, boolean last) {
    byte here = bytes[at];
    if (quoted && here == escape && escape != quote) {
      if (at + 1 >= length && !last) {
        return NEED_MORE; // whether it escapes depends on the next byte
      }
      boolean escapes = at + 1 < length && (bytes[at + 1] == escape || bytes[at + 1] == quote);
      return escapes ? 2 : 1;
    }
    if (here == quote) {
      quoted = !quoted; // a doubled quote leaves and enters again
    }
    if (quoted) {
      hiddenByte(here);
    }
    return quoted ? 1 : 0;
  }

  @Override
  boolean isEnd(byte[] bytes, int from, int end) {
    return marker == CsvMarker.ENDS_DATA && isMarker(bytes, from, end);
  }

  @Override
  SqlError strayLineEnd(boolean newline, long line) {
    String name = newline ? "newline" : "carriage return";
    return malformed(
        "unquoted " + name + " found in data",
        "Use quoted CSV field to represent " + name + ".",
        line);
  }

  @Override
  void checkEnd(long line) {
    if (quoted) {
      throw malformed("unterminated CSV quoted field", line);
    }
  }

  @Override
  int fieldEnd(byte[] bytes, int from, int end) {
    boolean inside = false;
    int at = from;
    while (at < end && (inside || bytes[at] != delimiter)) {
      if (inside && escapesAt(bytes, at, end)) {
        at++;
      } else if (bytes[at] == quote) {
        inside = !inside;
      }
      at++;
    }
    return Math.min(at, end);
  }

  private boolean escapesAt(byte[] bytes, int at, int end) {
    return bytes[at] == escape
        && at + 1 < end
        && (bytes[at + 1] == quote || (escape != quote && bytes[at + 1] == escape));
  }

  @Override
  byte[] value(byte[] bytes, int from, int end) {
    var out = new ByteArrayOutputStream(end - from);
    boolean inside = false;
    boolean anyQuote = false;
    for (int at = from; at < end; at++) {
      if (inside && escapesAt(bytes, at, end)) {
        out.write(bytes[++at]);
      } else if (bytes[at] == quote) {
        inside = !inside;
        anyQuote = true;
      } else {
        out.write(bytes[at]);
      }
    }
    byte[] value = out.toByteArray();
    return !anyQuote && Arrays.equals(value, nullText) ? null : value;
  }
}
