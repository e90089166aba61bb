package io.pgmesh.executor.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.CopyFormat;
import io.pgmesh.contracts.plan.CopyFormat.Kind;
import io.pgmesh.executor.copy.RowSplitter.CsvMarker;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowSplitterTest {
  private static final int LIMIT = 1 << 20;

  @Test
  void text_rows_are_cut_at_line_ends_that_are_not_escaped() {
    assertRows(
        CopyFormat.TEXT_DEFAULT,
        "1\ta\\\nb\tx\n2\t\\N\ty\n3\tt\\tab\\x41\\101\\\\\tz\n",
        1,
        List.of("1:a\nb", "2:null", "3:t\tabAA\\"));
  }

  @Test
  void the_key_may_be_the_first_or_the_last_field() {
    assertRows(CopyFormat.TEXT_DEFAULT, "7\ta\tb\n", 0, List.of("1:7"));
    assertRows(CopyFormat.TEXT_DEFAULT, "7\ta\tb\r\n8\tc\td\r\n", 2, List.of("1:b", "2:d"));
  }

  @Test
  void a_row_without_a_line_end_counts_and_nothing_behind_the_end_marker_does() {
    assertRows(CopyFormat.TEXT_DEFAULT, "1\tk\tx", 1, List.of("1:k"));
    assertRows(CopyFormat.TEXT_DEFAULT, "1\tk\tx\n\\.\n2\tl\ty\n", 1, List.of("1:k"));
  }

  @Test
  void an_end_marker_stands_alone_on_a_line_of_the_streams_kind() {
    assertOneField(CopyFormat.TEXT_DEFAULT, "a\r\n\\.\r\nb\r\n", List.of("1:a"));
    assertOneField(CopyFormat.TEXT_DEFAULT, "\\.\rb", List.of());
    for (String stream : List.of("a\n\\.", "a\nx\\.\n", "a\n\\.x\n", "a\r\n\\.\rb", "a\r\n\\.\r")) {
      assertRefused(
          CopyFormat.TEXT_DEFAULT, stream, "end-of-copy marker is not alone on its line", "line 2");
    }
    for (String stream : List.of("a\n\\.\r\n", "a\r\n\\.\n", "a\r\\.\n")) {
      assertRefused(
          CopyFormat.TEXT_DEFAULT,
          stream,
          "end-of-copy marker does not match previous newline style",
          "line 2");
    }
  }

  @Test
  void an_end_marker_is_a_row_of_csv_since_postgresql_18() {
    var stream = "a\n\\.\nb\n";
    assertOneField(CopyFormat.CSV_DEFAULT, stream, List.of("1:a", "2:\\.", "3:b"));
    assertOneField(CopyFormat.CSV_DEFAULT, "a\n\"\\.\"", List.of("1:a", "2:\\."));
    assertThat(rows(oneField(CopyFormat.CSV_DEFAULT, CsvMarker.ENDS_DATA), bytes(stream), 100))
        .containsExactly("1:a");
  }

  @Test
  void line_ends_of_two_kinds_are_refused() {
    for (String stream : List.of("a\nb\r\nc\n", "a\nb\rc\n", "a\r\nb\rc\r\n", "a\nb\r")) {
      assertRefused(
          CopyFormat.TEXT_DEFAULT, stream, "literal carriage return found in data", "line 2");
      assertRefused(
          CopyFormat.CSV_DEFAULT, stream, "unquoted carriage return found in data", "line 2");
    }
    for (String stream : List.of("a\r\nb\nc\r\n", "a\rb\nc\r", "a\r\nb\n")) {
      assertRefused(CopyFormat.TEXT_DEFAULT, stream, "literal newline found in data", "line 2");
      assertRefused(CopyFormat.CSV_DEFAULT, stream, "unquoted newline found in data", "line 2");
    }
    assertOneField(CopyFormat.TEXT_DEFAULT, "a\nb\\\r\nc\n", List.of("1:a", "2:b\r", "3:c"));
    assertOneField(CopyFormat.CSV_DEFAULT, "a\n\"b\r\nc\"\n", List.of("1:a", "3:b\r\nc"));
  }

  private static RowSplitter oneField(CopyFormat format, CsvMarker marker) {
    return RowSplitter.of(format, 0, 1, LIMIT, marker);
  }

  private static void assertOneField(CopyFormat format, String stream, List<String> keys) {
    for (int size = 1; size <= stream.length(); size++) {
      assertThat(rows(oneField(format, CsvMarker.IS_DATA), bytes(stream), size))
          .as("chunks of %d", size)
          .isEqualTo(keys);
    }
  }

  private static void assertRefused(
      CopyFormat format, String stream, String message, String where) {
    for (int size = 1; size <= stream.length(); size++) {
      int chunk = size;
      assertThatThrownBy(() -> rows(oneField(format, CsvMarker.IS_DATA), bytes(stream), chunk))
          .as("%s in chunks of %d", stream, size)
          .isInstanceOfSatisfying(
              SqlError.class,
              e -> {
                assertThat(e.code()).isEqualTo("22P04");
                assertThat(e.fields().message()).isEqualTo(message);
                assertThat(e.fields().get(ErrorFields.WHERE)).isEqualTo(where);
              });
    }
  }

  @Test
  void csv_rows_may_hold_quotes_delimiters_and_line_ends() {
    assertRows(
        CopyFormat.CSV_DEFAULT,
        "1,\"a,\"\"b\"\"\n c\",x\n2,,y\n3,\"\",z\n4,plain,\"\"\"\"\n",
        1,
        List.of("1:a,\"b\"\n c", "2:null", "3:", "4:plain"));
  }

  @Test
  void hidden_line_ends_of_the_streams_kind_are_lines_once_that_is_known() {
    assertRows(
        CopyFormat.CSV_DEFAULT, "1,a,x\n2,\"b\nc\",x\n3,d,x\n", 1, List.of("1:a", "3:b\nc", "4:d"));
    assertRows(
        CopyFormat.CSV_DEFAULT,
        "1,\"a\r\nb\",x\r\n2,\"c\nd\",x\r\n3,\"e\r\nf\",x\r\n",
        1,
        List.of("2:a\r\nb", "3:c\nd", "5:e\r\nf"));
  }

  @Test
  void csv_with_its_own_characters_and_a_header() {
    var format = new CopyFormat(Kind.CSV, ';', "NULL", true, '\'', '\\');
    assertRows(
        format,
        "id;k;v\n1;'it\\'s; \\\\ ';x\n2;NULL;y\n3;'NULL';z\n",
        1,
        List.of("2:it's; \\ ", "3:null", "4:NULL"));
  }

  @Test
  void binary_tuples_stand_between_header_and_trailer() {
    Buffer stream = Buffer.buffer(BinaryRows.header());
    for (int i = 0; i < 3; i++) {
      stream.appendShort((short) 3).appendInt(1).appendString("k");
      if (i == 1) {
        stream.appendInt(-1);
      } else {
        stream.appendInt(2).appendString("v" + i);
      }
      stream.appendInt(0);
    }
    stream.appendBytes(BinaryRows.trailer());
    assertRows(CopyFormat.BINARY_DEFAULT, stream.getBytes(), 1, List.of("1:v0", "2:null", "3:v2"));
  }

  @Test
  void streams_that_break_their_format_are_refused() {
    assertThatThrownBy(() -> rows(CopyFormat.TEXT_DEFAULT, bytes("1\n"), 1, 100))
        .isInstanceOfSatisfying(SqlError.class, e -> assertThat(e.code()).isEqualTo("22P04"));
    assertThatThrownBy(() -> rows(CopyFormat.CSV_DEFAULT, bytes("1,\"a\n"), 1, 100))
        .isInstanceOfSatisfying(SqlError.class, e -> assertThat(e.code()).isEqualTo("22P04"));
    assertThatThrownBy(
            () -> rows(CopyFormat.BINARY_DEFAULT, bytes("not a binary stream at all"), 1, 100))
        .isInstanceOfSatisfying(SqlError.class, e -> assertThat(e.code()).isEqualTo("22P04"));
  }

  @Test
  void a_row_over_the_limit_is_refused() {
    var splitter = RowSplitter.of(CopyFormat.TEXT_DEFAULT, 0, 1, 10, CsvMarker.IS_DATA);
    assertThatThrownBy(() -> splitter.feed(bytes("x".repeat(11)), row -> {}))
        .isInstanceOfSatisfying(SqlError.class, e -> assertThat(e.code()).isEqualTo("54000"));
  }

  @Test
  void values_are_appended_in_the_format_of_the_stream() {
    assertThat(appended(CopyFormat.TEXT_DEFAULT, "1\ta\n")).isEqualTo("1\ta\tx\\ty\\\\\t\\N\n");
    assertThat(appended(CopyFormat.CSV_DEFAULT, "1,a\n")).isEqualTo("1,a,\"x\ty\\\",\n");
  }

  @Test
  void a_csv_row_that_old_servers_take_for_the_end_is_quoted() {
    Buffer out = Buffer.buffer();
    oneField(CopyFormat.CSV_DEFAULT, CsvMarker.IS_DATA)
        .feed(
            bytes("\\.\n\\.x\n"),
            row -> new RowWriter(CopyFormat.CSV_DEFAULT).write(out, row, List.of()));
    assertThat(out.toString()).isEqualTo("\"\\.\"\n\\.x\n");
  }

  private static String appended(CopyFormat format, String row) {
    Buffer out = Buffer.buffer();
    var splitter = RowSplitter.of(format, 0, 2, LIMIT, CsvMarker.IS_DATA);
    splitter.feed(
        bytes(row), r -> new RowWriter(format).write(out, r, Arrays.asList(bytes("x\ty\\"), null)));
    return out.toString();
  }

  private static void assertRows(
      CopyFormat format, String stream, int keyIndex, List<String> keys) {
    assertRows(format, bytes(stream), keyIndex, keys);
  }

  /** Whole, and cut at every byte. */
  private static void assertRows(
      CopyFormat format, byte[] stream, int keyIndex, List<String> keys) {
    for (int size = 1; size <= stream.length; size++) {
      assertThat(rows(format, stream, keyIndex, size)).as("chunks of %d", size).isEqualTo(keys);
    }
  }

  private static List<String> rows(CopyFormat format, byte[] stream, int keyIndex, int chunk) {
    return rows(RowSplitter.of(format, keyIndex, 3, LIMIT, CsvMarker.IS_DATA), stream, chunk);
  }

  private static List<String> rows(RowSplitter splitter, byte[] stream, int chunk) {
    var rows = new ArrayList<String>();
    RowSplitter.RowSink sink =
        row ->
            rows.add(
                row.line()
                    + ":"
                    + (row.key() == null ? "null" : new String(row.key(), StandardCharsets.UTF_8)));
    for (int at = 0; at < stream.length; at += chunk) {
      splitter.feed(Arrays.copyOfRange(stream, at, Math.min(stream.length, at + chunk)), sink);
    }
    splitter.end(sink);
    return rows;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
