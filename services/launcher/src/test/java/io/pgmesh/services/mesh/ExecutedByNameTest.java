package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Flight;
import io.pgmesh.services.mesh.wire.WireClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** EXECUTE of statements made by Parse, which no server knows by their names. */
@ExtendWith(WithMesh.class)
class ExecutedByNameTest {
  private WireClient plain;
  private WireClient mesh;

  @BeforeEach
  void connect(MeshUnderTest servers) {
    plain = WireClient.connect(servers.plain(), Duration.ofSeconds(30));
    mesh = WireClient.connect(servers.mesh(), Duration.ofSeconds(30));
  }

  @AfterEach
  void disconnect() {
    plain.close();
    mesh.close();
  }

  /** What both answer. */
  private List<String> both(Flight flight) {
    List<String> expected = plain.answersTo(flight);
    assertThat(mesh.answersTo(flight)).isEqualTo(expected);
    return expected;
  }

  private List<String> both(String sql) {
    return both(new Flight().query(sql));
  }

  @Test
  void locks_taken_by_arguments_stay_the_session_s(MeshUnderTest servers) {
    both(new Flight().parse("s", "SELECT $1::boolean").sync());
    assertThat(both("EXECUTE s (pg_try_advisory_lock(4711))")).contains("D [t]");
    try (WireClient other = WireClient.connect(servers.mesh(), Duration.ofSeconds(30))) {
      assertThat(other.answersTo(new Flight().query("SELECT pg_try_advisory_lock(4711)")))
          .contains("D [f]");
    }
    assertThat(both("SELECT pg_advisory_unlock(4711)")).contains("D [t]");
  }

  @Test
  void settings_made_by_arguments_stay_the_session_s(MeshUnderTest servers) {
    both(new Flight().parse("s", "SELECT $1::text").sync());
    both("EXECUTE s (Set_Config('work_mem', '5MB', false))");
    assertThat(both("SELECT current_setting('work_mem')")).contains("D [5MB]");
    try (WireClient other = WireClient.connect(servers.mesh(), Duration.ofSeconds(30))) {
      assertThat(other.answersTo(new Flight().query("SELECT current_setting('work_mem')")))
          .doesNotContain("D [5MB]");
    }
  }

  @Test
  void values_of_arguments_are_as_long_as_messages_at_most() {
    both(new Flight().parse("s", "SELECT length($1::text), length($2::text)").sync());
    assertThat(both("EXECUTE s (repeat('x', 5000000), repeat('y', 5000000))"))
        .contains("D [5000000, 5000000]");
    assertThat(
            mesh.answersTo(
                new Flight().query("EXECUTE s (repeat('x', 40000000), repeat('y', 40000000))")))
        .first()
        .asString()
        .startsWith("E 54000 values of more than 67108864 bytes");
    assertThat(both("EXECUTE s (repeat('x', 5), NULL)")).contains("D [5, null]");
  }

  @Test
  void statements_without_parameters_do_not_look_at_arguments() {
    both(new Flight().parse("none", "SELECT 1").parse("begin", "BEGIN").sync());
    for (String sql : List.of("none", "none (1)", "none (1 / 0)", "none (absent, now())")) {
      assertThat(both("EXECUTE " + sql)).contains("D [1]");
    }
    both("PREPARE sql AS SELECT 1");
    assertThat(both("EXECUTE sql (1)")).contains("D [1]");
    assertThat(both("EXECUTE begin (1)")).endsWith("Z T");
    both("ROLLBACK");
  }
}
