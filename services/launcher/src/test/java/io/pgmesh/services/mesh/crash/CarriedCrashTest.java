package io.pgmesh.services.mesh.crash;

import static io.pgmesh.services.mesh.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Changes of reference tables that transactions carry to the workers do not need Kafka. */
class CarriedCrashTest {
  private static final Duration CAUGHT_UP_WITHIN = Duration.ofSeconds(60);
  private static final int WRITES = 20;
  private static final String CONTENTS = "SELECT string_agg(t::text, ' ' ORDER BY id) FROM %s t";
  private static final String PREPARED = "SELECT gid FROM pg_prepared_xacts";

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

  /** A commit whose decision waits at an advisory lock in the coordinator database. */
  private static final class HeldCommit implements AutoCloseable {
    private final Connection keeper;
    private final Connection client;
    private final CompletableFuture<Void> commit;

    HeldCommit(ExternalMesh mesh) throws SQLException {
      var state = mesh.state();
      state.run(
          "CREATE TABLE always (id int PRIMARY KEY, n int)",
          "SELECT create_reference_table('always', propagation => 'two_phase')",
          "INSERT INTO always VALUES (1, 0)",
          "CREATE TABLE gate (id int)",
          "CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS"
              + " 'BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NULL; END'",
          "CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON gate DEFERRABLE INITIALLY DEFERRED"
              + " FOR EACH ROW EXECUTE FUNCTION wait_at_gate()");
      keeper = DriverManager.getConnection(state.coordinator().jdbc());
      client = DriverManager.getConnection(mesh.endpoint().jdbc());
      execute(keeper, "SELECT pg_advisory_lock(77)");
      commit =
          CompletableFuture.runAsync(
              () -> {
                try {
                  execute(
                      client,
                      "BEGIN; UPDATE always SET n = 1; INSERT INTO gate VALUES (1); COMMIT");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      until(
          "the commit waits for its decision",
          CAUGHT_UP_WITHIN,
          () ->
              !MeshState.texts(
                      state.coordinator(),
                      "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted")
                  .isEmpty());
    }

    void decide() throws SQLException {
      execute(keeper, "SELECT pg_advisory_unlock(77)");
    }

    void awaitEnd() throws Exception {
      commit.get(CAUGHT_UP_WITHIN.toSeconds(), TimeUnit.SECONDS);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
      try (var statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    @Override
    public void close() throws SQLException {
      keeper.close();
      client.close();
    }
  }

  /** The worker loses its connections after it has prepared and before it hears of the commit. */
  @Test
  void a_worker_that_lacks_a_commit_is_not_read_until_recovery_has_finished_it() throws Exception {
    try (var mesh = ExternalMesh.start()) {
      var state = mesh.state();
      Endpoint unlucky = state.workers().getFirst();
      String before;
      try (var held = new HeldCommit(mesh)) {
        before = now(state);
        assertThat(MeshState.texts(unlucky, PREPARED)).hasSize(1);
        MeshState.texts(
            unlucky,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
        held.decide();
        held.awaitEnd();
        for (int i = 0; i < 20; i++) {
          assertThat(MeshState.texts(mesh.endpoint(), "SELECT n FROM always"))
              .as("what was committed is read")
              .containsExactly("1");
        }
      }
      until(
          "recovery finishes it and the replica is live again",
          CAUGHT_UP_WITHIN,
          () ->
              state
                  .numbers("SELECT count(*) FROM pgmesh_replicas WHERE state = 'live'")
                  .equals(Set.of(2L)));
      assertEverywhere(state, "always");
      assertThat(fencedSince(state, before))
          .as("one of them was fenced for a while")
          .containsExactly("1");
    }
  }

  /** The worker's process hears of the commit when recovery has finished it. */
  @Test
  void a_commit_that_recovery_finishes_first_fences_nobody() throws Exception {
    try (var mesh = ExternalMesh.start();
        var held = new HeldCommit(mesh)) {
      var state = mesh.state();
      Endpoint slow = state.workers().getFirst();
      String before = now(state);
      String process =
          MeshState.texts(
                  slow, "SELECT pid FROM pg_stat_activity WHERE query LIKE 'PREPARE TRANSACTION%'")
              .getFirst();
      signal("STOP", process);
      try {
        held.decide();
        until(
            "recovery finishes it",
            CAUGHT_UP_WITHIN,
            () -> MeshState.texts(slow, PREPARED).isEmpty());
      } finally {
        signal("CONT", process);
      }
      held.awaitEnd();
      assertEverywhere(state, "always");
      assertThat(fencedSince(state, before)).containsExactly("0");
    }
  }

  private static void signal(String name, String process) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, process).inheritIO().start().waitFor())
        .isZero();
  }

  private static String now(MeshState state) throws SQLException {
    return MeshState.texts(state.coordinator(), "SELECT clock_timestamp()").getFirst();
  }

  private static List<String> fencedSince(MeshState state, String time) throws SQLException {
    return MeshState.texts(
        state.coordinator(),
        "SELECT count(*) FROM pgmesh.replica WHERE changed_at > '" + time + "'");
  }

  /** At once: nothing is waited for. */
  private static void assertEverywhere(MeshState state, String table) throws SQLException {
    var primary = MeshState.texts(state.coordinator(), CONTENTS.formatted(table));
    for (Endpoint worker : state.workers()) {
      assertThat(MeshState.texts(worker, CONTENTS.formatted(table))).isEqualTo(primary);
    }
  }
}
