package io.pgmesh.loadtests;

import io.pgmesh.contracts.hash.PgHash;
import io.pgmesh.contracts.plan.CopyFormat;
import io.pgmesh.executor.copy.RowSplitter;
import io.pgmesh.executor.copy.RowSplitter.CsvMarker;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** A COPY stream cut into rows, each row's key found and hashed: the time of one row. */
@State(Scope.Thread)
public class CopySplitterBenchmark {
  private static final int ROWS = Ring.SIZE;
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int ROW_MAX_BYTES = 1 << 20;
  private static final int FIELDS = 5;
  private static final int KEY = 1;
  private static final long BIGINT = 20;

  @Param public CopyFormat.Kind format;

  private List<byte[]> chunks;

  private record Row(long id, long company, String state, String note) {
    static Row of(Random random) {
      return new Row(
          random.nextLong(1, 1L << 40),
          random.nextInt(1, 1_000_000),
          random.nextBoolean() ? "active" : "paused",
          "a note, \"quoted\", of " + random.nextInt(1_000_000));
    }
  }

  @Setup
  public void setUp() {
    byte[] stream = stream(Ring.of(Row::of).all());
    chunks = new ArrayList<>();
    for (int from = 0; from < stream.length; from += CHUNK_BYTES) {
      chunks.add(Arrays.copyOfRange(stream, from, Math.min(from + CHUNK_BYTES, stream.length)));
    }
    int[] rows = {0};
    split(row -> rows[0]++);
    if (rows[0] != ROWS) {
      throw new IllegalStateException(rows[0] + " rows were found");
    }
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public void rows(Blackhole sink) {
    int bytesFormat = format == CopyFormat.Kind.BINARY ? 1 : 0;
    split(row -> sink.consume(PgHash.hash(BIGINT, bytesFormat, row.key())));
  }

  private void split(RowSplitter.RowSink sink) {
    var splitter = RowSplitter.of(settings(), KEY, FIELDS, ROW_MAX_BYTES, CsvMarker.IS_DATA);
    chunks.forEach(chunk -> splitter.feed(chunk, sink));
    splitter.end(sink);
  }

  private CopyFormat settings() {
    return switch (format) {
      case TEXT -> CopyFormat.TEXT_DEFAULT;
      case CSV -> CopyFormat.CSV_DEFAULT;
      case BINARY -> CopyFormat.BINARY_DEFAULT;
    };
  }

  private byte[] stream(List<Row> rows) {
    return switch (format) {
      case TEXT -> lines(rows, CopySplitterBenchmark::text);
      case CSV -> lines(rows, CopySplitterBenchmark::csv);
      case BINARY -> binary(rows);
    };
  }

  private static byte[] lines(List<Row> rows, Function<Row, String> line) {
    var all = new StringBuilder();
    rows.forEach(row -> all.append(line.apply(row)).append('\n'));
    return all.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Row row) {
    return row.id + "\t" + row.company + "\t" + row.state + "\t" + row.note + "\\n\t\\N";
  }

  private static String csv(Row row) {
    String note = row.note.replace("\"", "\"\"");
    return row.id + "," + row.company + "," + row.state + ",\"" + note + "\n\",";
  }

  private static byte[] binary(List<Row> rows) {
    var out = new ByteArrayOutputStream();
    out.writeBytes("PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(new byte[8]);
    for (Row row : rows) {
      byte[] state = row.state.getBytes(StandardCharsets.UTF_8);
      byte[] note = row.note.getBytes(StandardCharsets.UTF_8);
      out.writeBytes(
          ByteBuffer.allocate(2 + 12 + 12 + 4 + state.length + 4 + note.length + 4)
              .putShort((short) FIELDS)
              .putInt(8)
              .putLong(row.id)
              .putInt(8)
              .putLong(row.company)
              .putInt(state.length)
              .put(state)
              .putInt(note.length)
              .put(note)
              .putInt(-1)
              .array());
    }
    out.writeBytes(new byte[] {-1, -1});
    return out.toByteArray();
  }
}
