package io.pgmesh.executor.copy;

import io.pgmesh.contracts.plan.CopyFormat;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Rows of the csv format: line ends, delimiters and the null text count only outside quotes. */
final class CsvRows extends RowSplitter {
  private final byte delimiter;
  private final byte quote;
  private final byte escape;
  private final byte[] nullText;
  private final int keyIndex;
  private final int fields;
  private final LineEnds lineEnds = new LineEnds();
  private boolean header;
  private long line = 1;
  private long rowLine = 1;
  private int scanned;
  private boolean quoted;

  CsvRows(CopyFormat format, int keyIndex, int fields, int rowMaxBytes) {
    super(rowMaxBytes);
    this.delimiter = (byte) format.delimiter();
    this.quote = (byte) format.quote();
    this.escape = (byte) format.escape();
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
      byte here = bytes[at];
      if (quoted && here == escape && escape != quote) {
        if (at + 1 >= length && !last) {
          break; // whether it escapes depends on the next byte
        }
        boolean escapes = at + 1 < length && (bytes[at + 1] == escape || bytes[at + 1] == quote);
        at += escapes ? 2 : 1;
        continue;
      }
      if (here == quote) {
        quoted = !quoted; // a doubled quote leaves and enters again
      }
      if (quoted) {
        line += here == '\n' ? 1 : 0;
        at++;
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
    if (last && quoted) {
      throw malformed("unterminated CSV quoted field", rowLine);
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
    long number = rowLine;
    line++;
    rowLine = line;
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
    return value(bytes, start, fieldEnd(bytes, start, end));
  }

  private int fieldEnd(byte[] bytes, int from, int end) {
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

  private byte[] value(byte[] bytes, int from, int end) {
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
