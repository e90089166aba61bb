package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Endpoint;
import io.pgmesh.services.mesh.wire.WireClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that close their sockets without a word leave nothing to those who come after them. */
@ExtendWith(WithMesh.class)
class AbandonedSessionsTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int LATER_SESSIONS = 8;
  private static final int LOCK = 734512;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1",
        "SELECT pg_sleep(20)",
        "DISCARD ALL",
        "BEGIN; SELECT pg_sleep(20)",
        "SELECT 1 / 0",
        "EXECUTE left_behind"
      })
  void what_a_session_has_made_goes_with_it(String last, Endpoint mesh) throws Exception {
    for (List<String> makes :
        List.of(
            List.of("PREPARE left_behind AS SELECT 1"),
            List.of("SELECT pg_advisory_lock(" + LOCK + ")", "PREPARE left_behind AS SELECT 2"),
            List.of("DO $$BEGIN PERFORM pg_advisory_lock(" + LOCK + "); END$$"),
            List.of(
                "PREPARE left_behind AS SELECT 3; SELECT pg_advisory_lock(" + LOCK + "), 1 / 0"))) {
      try (WireClient client = WireClient.connect(mesh, LIMIT)) {
        makes.forEach(client::simple);
        client.ask(last);
      }
      for (int i = 0; i < LATER_SESSIONS; i++) {
        try (WireClient later = WireClient.connect(mesh, LIMIT)) {
          assertThat(later.simple("PREPARE left_behind AS SELECT 4").toString())
              .as("behind %s, %s", makes, last)
              .doesNotContain("42P05");
        }
      }
      try (WireClient later = WireClient.connect(mesh, LIMIT)) {
        Await.until("the lock is free", LIMIT, () -> isFree(later));
      }
    }
  }

  private static boolean isFree(WireClient client) {
    boolean free =
        client
            .simple("SELECT 'free' WHERE pg_try_advisory_lock(" + LOCK + ")")
            .toString()
            .contains("free");
    client.simple("SELECT pg_advisory_unlock_all()");
    return free;
  }
}
