package io.pgmesh.executor.copy;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.contracts.plan.CopyFormat;
import java.util.Arrays;

/**
 * Cuts a COPY stream into rows and finds one field of each, without decoding the rest. Chunks may
 * end anywhere; what is not yet a whole row is kept, up to a limit.
 *
 * <p>Not thread-safe: one instance a stream.
 */
public abstract class RowSplitter {

  /** Takes the rows of a stream in order. */
  @FunctionalInterface
  public interface RowSink {
    void accept(CopyRow row);
  }

  /**
   * One row inside a larger array that is valid only during {@link RowSink#accept}.
   *
   * @param from where the row starts
   * @param bodyEnd behind its last field
   * @param end behind its line end, or equal to {@code bodyEnd} where it has none
   * @param key the distribution column's value, unescaped, in the stream's format; null for NULL
   * @param line 1-based number of the row's last line (text, csv) or of the row (binary)
   */
  public record CopyRow(byte[] bytes, int from, int bodyEnd, int end, byte[] key, long line) {}

  /** What a line {@code \.} that is not quoted means in csv: PostgreSQL 18 made it a row. */
  public enum CsvMarker {
    ENDS_DATA,
    IS_DATA
  }

  private final int rowMaxBytes;
  private byte[] pending = new byte[0];
  private int pendingLength;
  private boolean finished;

  protected RowSplitter(int rowMaxBytes) {
    this.rowMaxBytes = rowMaxBytes;
  }

  /**
   * @param keyIndex which field of a row is the distribution column
   * @param fields how many fields a row has
   * @param rowMaxBytes longer rows fail with 54000
   * @param csvMarker counts in the csv format only
   */
  public static RowSplitter of(
      CopyFormat format, int keyIndex, int fields, int rowMaxBytes, CsvMarker csvMarker) {
    return switch (format.kind()) {
      case TEXT -> new TextRows(format, keyIndex, fields, rowMaxBytes);
      case CSV -> new CsvRows(format, keyIndex, fields, rowMaxBytes, csvMarker);
      case BINARY -> new BinaryRows(keyIndex, fields, rowMaxBytes);
    };
  }

  /**
   * Takes the next bytes of the stream.
   *
   * @throws SqlError 22P04 where the stream is not what its format says
   */
  public final void feed(byte[] chunk, RowSink sink) {
    if (finished) {
      return; // behind the end marker nothing counts
    }
    append(chunk);
    int used = split(pending, pendingLength, false, sink);
    if (used > 0) {
      System.arraycopy(pending, used, pending, 0, pendingLength - used);
      pendingLength -= used;
      consumed(used);
    }
    if (pendingLength > rowMaxBytes) {
      throw new SqlError(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "a row of the COPY stream is longer than " + rowMaxBytes + " bytes");
    }
  }

  /** The stream has ended: its last row may lack a line end. */
  public final void end(RowSink sink) {
    if (!finished) {
      split(pending, pendingLength, true, sink);
    }
    pendingLength = 0;
  }

  /**
   * Gives every whole row of {@code bytes[0, length)} to the sink.
   *
   * @param last whether no more bytes follow
   * @return how many bytes were used
   */
  protected abstract int split(byte[] bytes, int length, boolean last, RowSink sink);

  /**
   * Bytes before this many were dropped from the front: positions kept from a former call move by
   * it.
   */
  protected abstract void consumed(int bytes);

  /** The end marker was read. */
  protected final void finish() {
    finished = true;
  }

  /** Its context is the line; whoever knows the table's name puts it in front. */
  protected static SqlError malformed(String message, long line) {
    return malformed(message, null, line);
  }

  protected static SqlError malformed(String message, String hint, long line) {
    return new SqlError(
        ErrorFields.error(SqlState.BAD_COPY_FILE_FORMAT, message)
            .with(ErrorFields.HINT, hint)
            .with(ErrorFields.WHERE, "line " + line));
  }

  private void append(byte[] chunk) {
    int length = pendingLength + chunk.length;
    if (length > pending.length) {
      pending = Arrays.copyOf(pending, Math.max(length, 2 * pending.length));
    }
    System.arraycopy(chunk, 0, pending, pendingLength, chunk.length);
    pendingLength = length;
  }
}
