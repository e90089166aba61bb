package io.pgmesh.services.mesh.crash;

import static io.pgmesh.services.mesh.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Changes of reference tables that transactions carry to the workers do not need Kafka. */
class CarriedCrashTest {
  private static final Duration CAUGHT_UP_WITHIN = Duration.ofSeconds(60);
  private static final int WRITES = 20;
  private static final String CONTENTS = "SELECT string_agg(t::text, ' ' ORDER BY id) FROM %s t";

  @Test
  void carried_commits_go_on_without_kafka_and_are_not_applied_again_when_it_is_back()
      throws Exception {
    try (var mesh = ExternalMesh.start()) {
      var state = mesh.state();
      state.run(
          "CREATE TABLE always (id int PRIMARY KEY, n int)",
          "SELECT create_reference_table('always', propagation => 'two_phase')",
          "CREATE TABLE logged (id int PRIMARY KEY, n int)",
          "SELECT create_reference_table('logged')");
      mesh.kafka().kill();
      for (int i = 1; i <= WRITES; i++) {
        state.run("INSERT INTO always VALUES (" + i + ", 0)", "UPDATE always SET n = n + 1");
        assertEverywhere(state, "always");
      }
      assertThat(state.numbers("SELECT count(*) FROM pgmesh_replicas WHERE state <> 'live'"))
          .as("nobody is fenced")
          .containsExactly(0L);
      mesh.kafka().launch();
      state.run("INSERT INTO logged SELECT id, n FROM always", "UPDATE logged SET n = n + 1");
      until(
          "replicas are live and have everything",
          CAUGHT_UP_WITHIN,
          () ->
              state
                  .numbers(
                      "SELECT count(*) FROM pgmesh_replicas WHERE state <> 'live' OR lag_rows > 0")
                  .equals(Set.of(0L)));
      assertEverywhere(state, "logged");
      assertEverywhere(state, "always");
      state.run("SET pgmesh.reference_commit = 'two_phase'", "DELETE FROM logged WHERE id > 3");
      state.run("UPDATE logged SET n = -n");
      assertEverywhere(state, "logged");
    }
  }

  /** At once: nothing is waited for. */
  private static void assertEverywhere(MeshState state, String table) throws SQLException {
    var primary = MeshState.texts(state.coordinator(), CONTENTS.formatted(table));
    for (Endpoint worker : state.workers()) {
      assertThat(MeshState.texts(worker, CONTENTS.formatted(table))).isEqualTo(primary);
    }
  }
}
