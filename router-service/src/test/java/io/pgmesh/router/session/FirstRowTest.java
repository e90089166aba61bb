package io.pgmesh.router.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstRowTest {
  private static final int MAX_BYTES = 100;

  /** A DataRow with one column, whose body has 6 bytes more. */
  private static Buffer row(int columnBytes) {
    return Buffer.buffer("D")
        .appendInt(columnBytes + 10)
        .appendShort((short) 1)
        .appendInt(columnBytes)
        .appendBytes(new byte[columnBytes]);
  }

  private static FirstRow given(Buffer received, int pieceBytes) {
    var first = new FirstRow(MAX_BYTES);
    for (int at = 0; at < received.length(); at += pieceBytes) {
      first.rows(received.slice(at, Math.min(at + pieceBytes, received.length())));
    }
    return first;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000})
  void the_first_row_is_kept(int pieceBytes) {
    Buffer received = row(80).appendBuffer(row(500)).appendBuffer(row(3));
    assertThat(given(received, pieceBytes).values().orElseThrow().getFirst()).hasSize(80);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000})
  void more_than_the_limit_is_refused(int pieceBytes) {
    FirstRow first = given(row(500).appendBuffer(row(3)), pieceBytes);
    assertThatThrownBy(first::values).hasMessageContaining("more than 100 bytes");
  }

  @Test
  void no_row_is_none() {
    assertThat(new FirstRow(MAX_BYTES).values()).isEmpty();
  }
}
