package io.pgmesh.executor.copy;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.CopyFormat;
import java.nio.charset.StandardCharsets;

/**
 * Rows of the formats for people: a line each, its fields between delimiters. The formats differ in
 * what hides a line end or a delimiter.
 */
abstract class LineRows extends RowSplitter {
  /** Answer of {@link #hidden} where the next byte decides. */
  static final int NEED_MORE = -1;

  /** Answer of {@link #hidden} where the marker of the data's end begins. */
  static final int END_MARKER = -2;

  private static final int MARKER_BYTES = 2;

  final byte delimiter;
  final byte[] nullText;
  private final int keyIndex;
  private final int fields;
  private final LineEnds lineEnds = new LineEnds();
  private boolean header;
  private long line = 1;
  private int scanned; // where looking for the line end goes on

  LineRows(CopyFormat format, int keyIndex, int fields, int rowMaxBytes) {
    super(rowMaxBytes);
    this.delimiter = (byte) format.delimiter();
    this.nullText = format.nullText().getBytes(StandardCharsets.UTF_8);
    this.keyIndex = keyIndex;
    this.fields = fields;
    this.header = format.header();
  }

  /**
   * How many bytes from here cannot be a line end, whatever they are; 0 where this byte can; {@link
   * #NEED_MORE} or {@link #END_MARKER}.
   *
   * @param last whether no more bytes follow
   */
  abstract int hidden(byte[] bytes, int at, int length, boolean last);

  /** Whether a whole line ends the data. */
  abstract boolean isEnd(byte[] bytes, int from, int end);

  /** What is wrong with a line end of another kind than the stream's. */
  abstract SqlError strayLineEnd(boolean newline, long line);

  /** The stream has ended; fails where a row cannot end here. */
  abstract void checkEnd(long line);

  abstract int fieldEnd(byte[] bytes, int from, int end);

  /** The value of a field; null for NULL. */
  abstract byte[] value(byte[] bytes, int from, int end);

  /**
   * A hidden line end counts as a line too, as far as PostgreSQL counts it: in the first row it
   * does not know yet how lines end.
   */
  final void hiddenByte(byte here) {
    if (here == lineEnds.counted()) {
      line++;
    }
  }

  @Override
  protected final int split(byte[] bytes, int length, boolean last, RowSink sink) {
    int from = 0;
    int at = scanned;
    while (at < length) {
      int hidden = hidden(bytes, at, length, last);
      if (hidden > 0) {
        at += hidden;
        continue;
      }
      if (hidden == END_MARKER) {
        return endMarker(bytes, from, at, length, last);
      }
      int end = hidden < 0 ? NEED_MORE : lineEnds.lengthAt(bytes, at, length, last);
      if (end == LineEnds.STRAY) {
        throw strayLineEnd(bytes[at] == '\n', line);
      }
      if (end < 0) {
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
    if (last) {
      checkEnd(line);
      if (from < length) {
        row(bytes, from, length, length, sink);
        return length;
      }
    }
    scanned = at;
    return from;
  }

  @Override
  protected final void consumed(int bytes) {
    scanned -= bytes;
  }

  /** The marker stands alone on its line, or the stream is refused. */
  private int endMarker(byte[] bytes, int from, int at, int length, boolean last) {
    LineEnds.Behind behind = lineEnds.behindMarker(bytes, at + MARKER_BYTES, length, last);
    if (behind == LineEnds.Behind.NEED_MORE) {
      scanned = at;
      return from;
    }
    if (behind == LineEnds.Behind.OTHER_LINE_END) {
      throw malformed("end-of-copy marker does not match previous newline style", line);
    }
    if (behind == LineEnds.Behind.OTHER || at > from) {
      throw malformed("end-of-copy marker is not alone on its line", line);
    }
    finish();
    return length;
  }

  /** Whether a line is the two bytes of an end marker. */
  static boolean isMarker(byte[] bytes, int from, int end) {
    return end - from == MARKER_BYTES && bytes[from] == '\\' && bytes[from + 1] == '.';
  }

  /** False at the end marker. */
  private boolean row(byte[] bytes, int from, int bodyEnd, int end, RowSink sink) {
    if (isEnd(bytes, from, bodyEnd)) {
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
    return value(bytes, start, fieldEnd(bytes, start, end));
  }
}
