package io.pgmesh.router.wire;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/** Text of clients: nothing is put in the place of what is no text. */
final class Utf8 {
  private static final char REPLACEMENT = '\uFFFD';

  private Utf8() {}

  /**
   * @throws SqlError 22021 with the first bytes that are not UTF-8
   */
  static String decode(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) { // a client's own, or Java's
      check(bytes);
    }
    return text;
  }

  private static void check(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (decoder.decode(in, CharBuffer.allocate(bytes.length), true).isError()) {
      throw invalid(bytes, in.position());
    }
  }

  /** As PostgreSQL says it: with as many bytes as the first one announces. */
  private static SqlError invalid(byte[] bytes, int at) {
    var shown = new ArrayList<String>();
    int end = Math.min(bytes.length, at + announced(bytes[at] & 0xff));
    for (int i = at; i < end; i++) {
      shown.add("0x%02x".formatted(bytes[i] & 0xff));
    }
    return new SqlError(
        SqlState.CHARACTER_NOT_IN_REPERTOIRE,
        "invalid byte sequence for encoding \"UTF8\": " + String.join(" ", shown));
  }

  private static int announced(int first) {
    if (first >= 0xf8 || first < 0xc0) {
      return 1;
    }
    return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  }
}
