package io.pgmesh.executor.copy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Rows of the binary format: a header, tuples of length-prefixed fields, a trailer. The sink gets
 * the tuples alone.
 */
final class BinaryRows extends RowSplitter {
  private static final byte[] SIGNATURE =
      "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final int FIXED_HEADER = SIGNATURE.length + 8;
  private static final int NEED_MORE = -1;

  private final int keyIndex;
  private final int fields;
  private boolean headerRead;
  private long row = 1;

  BinaryRows(int keyIndex, int fields, int rowMaxBytes) {
    super(rowMaxBytes);
    this.keyIndex = keyIndex;
    this.fields = fields;
  }

  /** What stands before the tuples of every binary stream. */
  static byte[] header() {
    return Arrays.copyOf(SIGNATURE, FIXED_HEADER);
  }

  /** What stands behind them. */
  static byte[] trailer() {
    return new byte[] {(byte) 0xff, (byte) 0xff};
  }

  @Override
  protected int split(byte[] bytes, int length, boolean last, RowSink sink) {
    int at = 0;
    if (!headerRead) {
      at = readHeader(bytes, length);
      if (at == 0) {
        return incomplete(last, 0, length);
      }
      headerRead = true;
    }
    while (at + 2 <= length) {
      int count = ByteBuffer.wrap(bytes, at, 2).getShort();
      if (count == -1) {
        finish();
        return length;
      }
      if (count != fields) {
        throw malformed("row field count is " + count + ", expected " + fields, row);
      }
      int end = tuple(bytes, at, length, sink);
      if (end == NEED_MORE) {
        return incomplete(last, at, length);
      }
      at = end;
    }
    return incomplete(last, at, length);
  }

  @Override
  protected void consumed(int bytes) {
    // nothing is kept between calls: a tuple is read from its start
  }

  private int incomplete(boolean last, int used, int length) {
    if (last && used < length) {
      throw malformed("unexpected end of a binary COPY stream", row);
    }
    return used;
  }

  private int readHeader(byte[] bytes, int length) {
    if (length < FIXED_HEADER) {
      return 0;
    }
    if (!Arrays.equals(bytes, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
      throw malformed("COPY file signature not recognized", 0);
    }
    int extension = ByteBuffer.wrap(bytes, SIGNATURE.length + 4, 4).getInt();
    if (extension < 0) {
      throw malformed("invalid COPY file header (wrong length)", 0);
    }
    return length < FIXED_HEADER + extension ? 0 : FIXED_HEADER + extension;
  }

  private int tuple(byte[] bytes, int from, int length, RowSink sink) {
    int at = from + 2;
    byte[] key = null;
    for (int field = 0; field < fields; field++) {
      if (at + 4 > length) {
        return NEED_MORE;
      }
      int size = ByteBuffer.wrap(bytes, at, 4).getInt();
      at += 4;
      if (size < -1) {
        throw malformed("invalid field size", row);
      }
      if (size > 0 && size > length - at) {
        return NEED_MORE;
      }
      int end = at + Math.max(size, 0);
      if (field == keyIndex && size >= 0) {
        key = Arrays.copyOfRange(bytes, at, end);
      }
      at = end;
    }
    sink.accept(new CopyRow(bytes, from, at, at, key, row++));
    return at;
  }
}
