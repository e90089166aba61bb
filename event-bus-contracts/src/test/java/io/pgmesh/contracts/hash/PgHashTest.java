package io.pgmesh.contracts.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PgHashTest {
  private static final Map<String, Long> OIDS =
      Map.ofEntries(
          Map.entry("int2", 21L),
          Map.entry("int4", 23L),
          Map.entry("int8", 20L),
          Map.entry("text", 25L),
          Map.entry("varchar", 1043L),
          Map.entry("bpchar(5)", 1042L),
          Map.entry("uuid", 2950L),
          Map.entry("date", 1082L),
          Map.entry("timestamp", 1114L),
          Map.entry("timestamptz", 1184L),
          Map.entry("bool", 16L),
          Map.entry("numeric", 1700L),
          Map.entry("float8", 701L),
          Map.entry("bytea", 17L),
          Map.entry("jsonb", 3802L),
          Map.entry("inet", 869L),
          Map.entry("int4[]", 1007L));

  static Stream<String> vectors() throws IOException {
    try (var in = PgHashTest.class.getResourceAsStream("/hash/hash-vectors.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void a_value_hashes_as_in_postgresql(String vector) {
    int first = vector.indexOf('|');
    int last = vector.lastIndexOf('|');
    String type = vector.substring(0, first);
    String value = vector.substring(first + 1, last);
    OptionalInt hash = PgHash.hash(OIDS.get(type), 0, value.getBytes(StandardCharsets.UTF_8));
    if (hash.isEmpty()) {
      assertThat(leftToTheServer(type, value)).as(vector).isTrue();
    } else {
      assertThat(hash).hasValue(Integer.parseInt(vector.substring(last + 1)));
    }
  }

  private static boolean leftToTheServer(String type, String value) {
    return switch (type) {
      case "jsonb", "inet", "int4[]" -> true;
      case "bytea" -> !value.startsWith("\\x"); // the escape form
      default -> false;
    };
  }

  @Test
  void integers_hash_alike_in_text_and_binary() {
    for (long value : new long[] {0, 1, -1, 42, 32767, -32768}) {
      OptionalInt text = PgHash.hash(20, 0, Long.toString(value).getBytes(StandardCharsets.UTF_8));
      assertThat(PgHash.hash(20, 1, ByteBuffer.allocate(8).putLong(value).array())).isEqualTo(text);
      assertThat(PgHash.hash(23, 1, ByteBuffer.allocate(4).putInt((int) value).array()))
          .isEqualTo(text);
      assertThat(PgHash.hash(21, 1, ByteBuffer.allocate(2).putShort((short) value).array()))
          .isEqualTo(text);
    }
  }

  @Test
  void equal_numerics_hash_alike_whatever_their_scale() {
    for (String pair : new String[] {"1.5 1.5000", "100 1e2", "0.00010 0.0001", "-7 -7.0"}) {
      String[] both = pair.split(" ");
      assertThat(hashText(1700, both[0])).isEqualTo(hashText(1700, both[1])).isPresent();
    }
  }

  @Test
  void texts_that_only_a_server_can_read_are_left_to_it() {
    assertThat(hashText(23, "0x1A")).isEmpty();
    assertThat(hashText(23, "99999999999")).isEmpty();
    assertThat(hashText(1184, "2025-04-01 12:00:00")).isEmpty();
    assertThat(hashText(1082, "1/2/2025")).isEmpty();
    assertThat(hashText(1082, "2025-02-30")).isEmpty();
    assertThat(hashText(701, "NaN")).isEmpty();
    assertThat(hashText(2950, "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}")).isEmpty();
  }

  @Test
  void a_time_stamp_with_an_offset_hashes_as_the_instant() {
    assertThat(hashText(1184, "2025-04-01 14:00:00+02"))
        .isEqualTo(hashText(1184, "2025-04-01T12:00:00Z"));
  }

  private static OptionalInt hashText(long typeOid, String text) {
    return PgHash.hash(typeOid, 0, text.getBytes(StandardCharsets.UTF_8));
  }
}
