package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Flight;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Parameters that are no values of their types, where they tell the shard. */
@ExtendWith(WithMesh.class)
class ParametersTest {
  private static final List<String> TYPES =
      List.of("int2", "int4", "int8", "uuid", "date", "timestamptz", "float8", "bool", "oid");

  private WirePair pair;

  @BeforeEach
  void connect(MeshUnderTest servers) {
    pair = WirePair.connect(servers);
    for (String type : TYPES) {
      pair.succeed("CREATE TABLE key_%s (k %s PRIMARY KEY, v text)".formatted(type, type));
      pair.meshSucceeds("SELECT create_distributed_table('key_%s', 'k')".formatted(type));
    }
  }

  @AfterEach
  void disconnect() {
    TYPES.forEach(type -> pair.succeed("DROP TABLE key_" + type));
    pair.close();
  }

  /** What both answer. */
  private List<String> both(String sql, int format, int length) {
    var flight = new Flight().parse("", sql).bindValue(format, new byte[length]);
    List<String> expected = errors(pair.plain().answersTo(flight.execute("", 0).sync()));
    assertThat(errors(pair.mesh().answersTo(flight))).as(sql).isEqualTo(expected);
    return expected;
  }

  /** Without BindComplete: the mesh looks at values when they are used. */
  private static List<String> errors(List<String> answer) {
    return answer.stream().filter(line -> !line.equals("2")).toList();
  }

  @Test
  void a_binary_value_of_a_wrong_length_is_refused() {
    for (String type : TYPES) {
      for (String sql :
          List.of("SELECT v FROM key_%s WHERE k = $1", "INSERT INTO key_%s VALUES ($1, 'v')")) {
        for (int length : List.of(0, 3, 5, 17)) {
          assertThat(both(sql.formatted(type), 1, length))
              .hasSize(3)
              .element(1)
              .asString()
              .startsWith("E ");
        }
      }
    }
  }

  @Test
  void a_format_that_is_none_is_refused() {
    String sql = "SELECT v FROM key_int4 WHERE k = $1";
    assertThat(both(sql, 5, 4)).contains("E 22023 unsupported format code: 5 at null");
    assertThat(both(sql, -1, 4)).contains("E 22023 unsupported format code: -1 at null");
    both("SELECT $1::int", 2, 4);
  }
}
