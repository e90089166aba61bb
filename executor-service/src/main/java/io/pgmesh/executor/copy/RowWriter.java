package io.pgmesh.executor.copy;

import io.pgmesh.contracts.plan.CopyFormat;
import io.pgmesh.executor.copy.RowSplitter.CopyRow;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Writes rows in a stream's own format: as they came, or with values behind their last field. */
public final class RowWriter {
  private final CopyFormat format;

  public RowWriter(CopyFormat format) {
    this.format = format;
  }

  /** What a stream of this format starts with. */
  public byte[] head() {
    return format.kind() == CopyFormat.Kind.BINARY ? BinaryRows.header() : new byte[0];
  }

  /** What a stream of this format ends with. */
  public byte[] tail() {
    return format.kind() == CopyFormat.Kind.BINARY ? BinaryRows.trailer() : new byte[0];
  }

  /**
   * Appends a row with more values.
   *
   * @param more in the type's text form for text and csv, in its binary form for binary; null for
   *     NULL
   */
  public void write(Buffer out, CopyRow row, List<byte[]> more) {
    if (format.kind() == CopyFormat.Kind.BINARY) {
      writeBinary(out, row, more);
      return;
    }
    if (more.isEmpty() && looksLikeEnd(row)) {
      writeQuoted(out, Arrays.copyOfRange(row.bytes(), row.from(), row.bodyEnd()));
    } else {
      out.appendBytes(row.bytes(), row.from(), row.bodyEnd() - row.from());
    }
    for (byte[] value : more) {
      out.appendByte((byte) format.delimiter());
      writeField(out, value);
    }
    out.appendByte((byte) '\n');
  }

  /**
   * Whether servers before PostgreSQL 18 would take a csv row of one field for the end of the data
   * unless it is quoted. Where it stands for NULL or is two fields, quotes would change it.
   */
  private boolean looksLikeEnd(CopyRow row) {
    return format.kind() == CopyFormat.Kind.CSV
        && LineRows.isMarker(row.bytes(), row.from(), row.bodyEnd())
        && !format.nullText().equals("\\.")
        && format.delimiter() != '.'
        && format.delimiter() != '\\';
  }

  /** Appends one field of text or csv. */
  public void writeField(Buffer out, byte[] value) {
    if (value == null) {
      out.appendBytes(format.nullText().getBytes(StandardCharsets.UTF_8));
    } else if (format.kind() == CopyFormat.Kind.CSV) {
      writeQuoted(out, value);
    } else {
      writeEscaped(out, value);
    }
  }

  private static void writeBinary(Buffer out, CopyRow row, List<byte[]> more) {
    int count = ((row.bytes()[row.from()] & 0xff) << 8) | (row.bytes()[row.from() + 1] & 0xff);
    out.appendShort((short) (count + more.size()));
    out.appendBytes(row.bytes(), row.from() + 2, row.end() - row.from() - 2);
    for (byte[] value : more) {
      if (value == null) {
        out.appendInt(-1);
      } else {
        out.appendInt(value.length).appendBytes(value);
      }
    }
  }

  private void writeQuoted(Buffer out, byte[] value) {
    byte quote = (byte) format.quote();
    byte escape = (byte) format.escape();
    out.appendByte(quote);
    for (byte here : value) {
      if (here == quote || here == escape) {
        out.appendByte(escape);
      }
      out.appendByte(here);
    }
    out.appendByte(quote);
  }

  private void writeEscaped(Buffer out, byte[] value) {
    int copied = 0;
    for (int at = 0; at < value.length; at++) {
      int letter = escapeOf(value[at]);
      if (letter == 0) {
        continue;
      }
      out.appendBytes(value, copied, at - copied).appendByte((byte) '\\').appendByte((byte) letter);
      copied = at + 1;
    }
    out.appendBytes(value, copied, value.length - copied);
  }

  private int escapeOf(byte here) {
    return switch (here) {
      case '\\' -> '\\';
      case '\n' -> 'n';
      case '\r' -> 'r';
      case '\t' -> 't';
      default -> here == (byte) format.delimiter() ? here : 0;
    };
  }
}
