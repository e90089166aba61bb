package io.pgmesh.contracts.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random values hash as a real server hashes them, from their text form and from their binary form.
 */
class PgHashOnServerTest {
  private static final int VALUES = 2000;

  @TempDir static Path folder;
  private static PostgresServer server;
  private static Connection connection;

  /**
   * @param function the type's hash function
   * @param makes random values as text
   * @param always whether every text must be hashed in Java
   */
  record Type(
      String name, long oid, String function, Function<Random, String> makes, boolean always) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.start(folder.resolve("data"), PostgresSettings.onFreePort());
    connection =
        DriverManager.getConnection(
            "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=postgres");
  }

  @AfterAll
  static void stop() throws Exception {
    connection.close();
    server.close();
  }

  static List<Type> types() {
    return List.of(
        new Type("int2", 21, "hashint2", r -> "" + (short) edge(r), true),
        new Type("int4", 23, "hashint4", r -> "" + (int) edge(r), true),
        new Type("int8", 20, "hashint8", r -> "" + edge(r), true),
        new Type("oid", 26, "hashoid", r -> "" + (r.nextInt() & 0xffffffffL), true),
        new Type("bool", 16, "hashbool", r -> r.nextBoolean() ? "true" : "f", true),
        new Type("text", 25, "hashtext", PgHashOnServerTest::text, true),
        new Type("varchar", 1043, "hashtext", PgHashOnServerTest::text, true),
        new Type("bpchar", 1042, "hashbpchar", r -> text(r) + " ".repeat(r.nextInt(3)), true),
        new Type("bytea", 17, "hashbytea", r -> "\\x" + hex(r), true),
        new Type(
            "uuid",
            2950,
            "uuid_hash",
            r -> new java.util.UUID(r.nextLong(), r.nextLong()).toString(),
            true),
        new Type("date", 1082, "hashdate", r -> date(r), true),
        new Type("timestamp", 1114, "timestamp_hash", r -> date(r) + " " + time(r), true),
        new Type(
            "timestamptz", 1184, "timestamptz_hash", r -> date(r) + " " + time(r) + zone(r), true),
        new Type("numeric", 1700, "hash_numeric", PgHashOnServerTest::numeric, true),
        new Type("float8", 701, "hashfloat8", r -> "" + number(r), true),
        new Type("float4", 700, "hashfloat4", r -> "" + (float) (r.nextGaussian() * 1000), true));
  }

  @ParameterizedTest
  @MethodSource("types")
  void a_type_hashes_as_on_a_server(Type type) throws SQLException {
    var random = new Random(20261120);
    String[] values =
        IntStream.range(0, VALUES).mapToObj(i -> type.makes.apply(random)).toArray(String[]::new);
    String sql =
        "select %s, %s(v::%s) from unnest(?::text[]) with ordinality as t(v, n) order by n"
            .formatted(hash(type), sendFunction(type), type.name);
    try (var statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", values));
      var rows = statement.executeQuery();
      for (String value : values) {
        rows.next();
        OptionalInt fromText = PgHash.hash(type.oid, 0, value.getBytes(StandardCharsets.UTF_8));
        assertThat(fromText.isPresent() || !type.always).as(value).isTrue();
        fromText.ifPresent(hash -> assertThat(hash).as(value).isEqualTo(at(rows)));
        assertThat(PgHash.hash(type.oid, 1, binary(rows))).as(value).hasValue(at(rows));
      }
    }
  }

  private static String hash(Type type) {
    return switch (type.name) {
      case "bool" -> "hashint4(v::bool::int)";
      case "date" -> "hashint4(v::date - '2000-01-01'::date)";
      default -> type.function + "(v::" + type.name + ")";
    };
  }

  private static String sendFunction(Type type) {
    return switch (type.name) {
      case "timestamp" -> "timestamp_send";
      case "timestamptz" -> "timestamptz_send";
      case "date" -> "date_send";
      case "numeric" -> "numeric_send";
      case "uuid" -> "uuid_send";
      default -> type.name + "send";
    };
  }

  private static int at(java.sql.ResultSet rows) {
    try {
      return rows.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] binary(java.sql.ResultSet rows) throws SQLException {
    return rows.getBytes(2);
  }

  private static long edge(Random random) {
    return random.nextInt(4) == 0 ? random.nextInt(-3, 4) : random.nextLong();
  }

  private static String text(Random random) {
    int[] letters =
        random.ints(random.nextInt(40), 0x20, 0x2ff).filter(Character::isLetterOrDigit).toArray();
    return new String(letters, 0, letters.length);
  }

  private static String hex(Random random) {
    var bytes = new byte[random.nextInt(40)];
    random.nextBytes(bytes);
    return java.util.HexFormat.of().formatHex(bytes);
  }

  private static String date(Random random) {
    return java.time.LocalDate.ofEpochDay(random.nextInt(-200_000, 200_000)).toString();
  }

  private static String time(Random random) {
    String whole =
        "%02d:%02d:%02d".formatted(random.nextInt(24), random.nextInt(60), random.nextInt(60));
    return random.nextBoolean() ? whole : whole + ".%06d".formatted(random.nextInt(1_000_000));
  }

  private static String zone(Random random) {
    return List.of("+00", "Z", "-07", "+05:30").get(random.nextInt(4));
  }

  private static String numeric(Random random) {
    return new BigDecimal(new BigInteger(random.nextInt(120), random), random.nextInt(40) - 5)
        .multiply(BigDecimal.valueOf(random.nextBoolean() ? 1 : -1))
        .toPlainString();
  }

  private static double number(Random random) {
    return Arrays.asList(0.0, -0.0, random.nextGaussian(), random.nextDouble() * 1e200)
        .get(random.nextInt(4));
  }
}
