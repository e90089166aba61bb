package io.pgmesh.loadtests;

import io.pgmesh.contracts.hash.PgHash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The hash that places a row, of the types that keys have. */
@State(Scope.Thread)
public class KeyHashBenchmark {
  /** A type and the form in which its value comes. */
  public enum Key {
    BIGINT(20, 0),
    BIGINT_BINARY(20, 1),
    TEXT(25, 0),
    UUID_TEXT(2950, 0),
    UUID_BINARY(2950, 1),
    NUMERIC(1700, 0),
    TIMESTAMPTZ(1184, 0);

    private final long typeOid;
    private final int format;

    Key(long typeOid, int format) {
      this.typeOid = typeOid;
      this.format = format;
    }

    private byte[] value(Random random) {
      var uuid = new UUID(random.nextLong(), random.nextLong());
      return switch (this) {
        case BIGINT -> text(String.valueOf(random.nextLong(1, 1L << 40)));
        case BIGINT_BINARY -> ByteBuffer.allocate(8).putLong(random.nextLong(1, 1L << 40)).array();
        case TEXT -> text("customer-" + Integer.toHexString(random.nextInt()) + "@example.com");
        case UUID_TEXT -> text(uuid.toString());
        case UUID_BINARY ->
            ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
        case NUMERIC ->
            text(random.nextInt(1_000_000) + "." + String.format("%02d", random.nextInt(100)));
        case TIMESTAMPTZ ->
            text(
                "2026-%02d-%02d %02d:%02d:%02d.%06d+00"
                    .formatted(
                        random.nextInt(1, 13),
                        random.nextInt(1, 29),
                        random.nextInt(24),
                        random.nextInt(60),
                        random.nextInt(60),
                        random.nextInt(1_000_000)));
      };
    }

    private static byte[] text(String value) {
      return value.getBytes(StandardCharsets.UTF_8);
    }
  }

  @Param public Key key;

  private Ring<byte[]> values;

  @Setup
  public void setUp() {
    values = Ring.of(key::value);
    if (values.all().stream().anyMatch(value -> hash(value).isEmpty())) {
      throw new IllegalStateException("a value of " + key + " is not hashed in Java");
    }
  }

  @Benchmark
  public OptionalInt hash() {
    return hash(values.next());
  }

  private OptionalInt hash(byte[] value) {
    return PgHash.hash(key.typeOid, key.format, value);
  }
}
