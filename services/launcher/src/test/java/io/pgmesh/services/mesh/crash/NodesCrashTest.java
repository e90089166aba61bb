package io.pgmesh.services.mesh.crash;

import static io.pgmesh.services.mesh.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Router and executor in processes of their own: each notices when the other is killed. */
@TestInstance(Lifecycle.PER_CLASS)
class NodesCrashTest {
  private static final int EXECUTOR = 0;
  private static final int ROUTER = 1;
  private static final Duration NOTICED_WITHIN = Duration.ofSeconds(20);
  private static final Duration BACK_WITHIN = Duration.ofSeconds(60);

  private ExternalMesh mesh;

  @BeforeAll
  void start() throws Exception {
    mesh = ExternalMesh.start("executor", "metadata,replication,router");
    mesh.state()
        .run(
            "CREATE TABLE pairs (key int PRIMARY KEY, value int)",
            "SELECT create_distributed_table('pairs', 'key')",
            "INSERT INTO pairs SELECT key, 0 FROM generate_series(1, 10) key");
  }

  @AfterAll
  void stop() throws Exception {
    if (mesh != null) {
      mesh.close();
    }
  }

  @Test
  void a_killed_executor_breaks_its_clients_connections_and_leaves_nothing() throws Exception {
    try (Connection waiting = connect();
        Connection writing = connect();
        Connection idle = connect()) {
      writing.setAutoCommit(false);
      execute(writing, "UPDATE pairs SET value = 1");
      CompletableFuture<String> told = state(waiting, "SELECT pg_sleep(100)");
      until("the statement runs", NOTICED_WITHIN, this::sleeps);
      mesh.node(EXECUTOR).killJvm();
      assertThat(List.of(get(told), get(state(writing, "COMMIT")), get(state(idle, "SELECT 1"))))
          .allMatch(state -> state.equals("08006") || state.equals("57P03"));
      assertThat(get(CompletableFuture.supplyAsync(this::stateOfConnecting))).isEqualTo("57P03");
    }
    mesh.node(EXECUTOR).launch();
    until("clients are served", BACK_WITHIN, this::served);
    assertUnchangedAndFree();
  }

  @Test
  void a_killed_router_leaves_no_transaction_in_the_executor() throws Exception {
    try (Connection writing = connect()) {
      writing.setAutoCommit(false);
      execute(writing, "UPDATE pairs SET value = 1");
      mesh.node(ROUTER).killJvm();
      assertThat(get(state(writing, "COMMIT"))).startsWith("08");
    }
    mesh.node(ROUTER).launch();
    until("clients are served", BACK_WITHIN, this::served);
    assertUnchangedAndFree();
  }

  private void assertUnchangedAndFree() throws SQLException {
    mesh.state().run("SET lock_timeout = '5s'", "UPDATE pairs SET value = value");
    assertThat(mesh.state().numbers("SELECT value FROM pairs")).containsExactly(0L);
  }

  private boolean sleeps() throws SQLException {
    return !MeshState.texts(
            mesh.state().coordinator(),
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        .isEmpty();
  }

  private boolean served() throws SQLException {
    return !mesh.state().numbers("SELECT count(*) FROM pairs").isEmpty();
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(mesh.endpoint().jdbc());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The SQLSTATE that a statement gets; JDBC makes 08006 of a broken connection too. */
  private static CompletableFuture<String> state(Connection connection, String sql) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            execute(connection, sql);
            return "00000";
          } catch (SQLException e) {
            return e.getSQLState();
          }
        });
  }

  private String stateOfConnecting() {
    try (Connection connection = connect()) {
      return "00000";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  /** Fails when the client is left hanging. */
  private static String get(CompletableFuture<String> state) throws Exception {
    return state.get(NOTICED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
  }
}
