package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import io.pgmesh.services.mesh.wire.Endpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Servers that must not become workers, and what they keep when they are refused. */
@ExtendWith(WithMesh.class)
class AddNodeTest {
  private static final int ANSWER_SECONDS_MAX = 60;
  private static final String NODES =
      "SELECT nodename, nodeport, isactive FROM pg_dist_node ORDER BY nodeid";

  private Endpoint mesh;
  private Connection connection;
  private List<String> nodes;

  @BeforeEach
  void makeReferenceTable(Endpoint endpoint) throws SQLException {
    mesh = endpoint;
    connection = connect(endpoint);
    run("DROP SCHEMA IF EXISTS adding CASCADE");
    run("CREATE SCHEMA adding");
    run("CREATE TABLE adding.country (code text PRIMARY KEY)");
    run("INSERT INTO adding.country VALUES ('no'), ('pt')");
    run("SELECT create_reference_table('adding.country')");
    nodes = run(NODES);
  }

  @AfterEach
  void drop() throws SQLException {
    run("DROP SCHEMA adding CASCADE");
    connection.close();
  }

  /** A call that never returns fails the test. */
  private static Connection connect(Endpoint server) throws SQLException {
    return DriverManager.getConnection(server.jdbc() + "&socketTimeout=" + ANSWER_SECONDS_MAX);
  }

  private List<String> run(String sql) throws SQLException {
    return Jdbc.run(connection, sql);
  }

  private static PostgresServer server(Path folder) throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    return PostgresServer.start(folder.resolve("worker"), PostgresSettings.onFreePort());
  }

  private void assertRefused(String sql, String state, String message) throws SQLException {
    assertThatThrownBy(() -> run(sql))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    assertThat(run(NODES)).isEqualTo(nodes);
    assertThat(run("SELECT count(*) FROM adding.country")).containsExactly("2");
    assertThat(
            run(
                "SELECT DISTINCT result FROM run_command_on_workers("
                    + "'SELECT count(*) FROM adding.country')"))
        .containsExactly("2");
  }

  private int port(String condition) throws SQLException {
    return Integer.parseInt(
        run("SELECT min(nodeport) FROM pg_dist_node WHERE " + condition).getFirst());
  }

  @Test
  void the_mesh_itself_is_refused() throws SQLException {
    for (String host : List.of("127.0.0.1", "localhost")) {
      assertRefused(
          "SELECT citus_add_node('%s', %d)".formatted(host, mesh.port()),
          "22023",
          "leads to the coordinator database, which cannot be a worker");
    }
  }

  @Test
  void the_coordinator_database_under_another_name_is_refused() throws SQLException {
    assertRefused(
        "SELECT citus_add_node('localhost', %d)".formatted(port("groupid = 0")),
        "22023",
        "leads to the coordinator database, which cannot be a worker");
  }

  @Test
  void a_worker_under_another_name_is_refused() throws SQLException {
    int port = port("groupid <> 0");
    String message = "is the same database as node 127.0.0.1:" + port;
    assertRefused("SELECT citus_add_node('localhost', %d)".formatted(port), "42710", message);
    run("SELECT citus_add_inactive_node('localhost', %d)".formatted(port));
    nodes = run(NODES);
    try {
      assertRefused(
          "SELECT citus_activate_node('localhost', %d)".formatted(port), "42710", message);
    } finally {
      run("SELECT citus_remove_node('localhost', %d)".formatted(port));
    }
  }

  @Test
  void the_table_of_a_user_is_not_replaced(@TempDir Path folder) throws Exception {
    run("CREATE SCHEMA IF NOT EXISTS adding_more");
    try (var server = server(folder);
        var own = connect(Endpoint.local(server.port()))) {
      String node = "'127.0.0.1', " + server.port();
      Jdbc.run(own, "CREATE SCHEMA adding; CREATE TABLE adding.country (mine int)");
      Jdbc.run(own, "INSERT INTO adding.country VALUES (7)");
      assertRefused(
          "SELECT citus_add_node(" + node + ")",
          "42P07",
          "adding.country exists on 127.0.0.1:" + server.port() + " and was not made by this mesh");
      assertThat(Jdbc.run(own, "SELECT mine FROM adding.country")).containsExactly("7");
      assertThat(Jdbc.run(own, "SELECT to_regnamespace('adding_more') IS NULL"))
          .containsExactly("t");
      Jdbc.run(own, "ALTER TABLE adding.country RENAME TO my_country");
      run("SELECT citus_add_node(" + node + ")");
      try {
        assertThat(Jdbc.run(own, "SELECT count(*) FROM adding.country")).containsExactly("2");
        assertThat(Jdbc.run(own, "SELECT mine FROM adding.my_country")).containsExactly("7");
      } finally {
        run("SELECT citus_remove_node(" + node + ")");
      }
    } finally {
      run("DROP SCHEMA adding_more");
    }
  }

  @Test
  void a_new_reference_table_does_not_replace_the_table_of_a_user() throws SQLException {
    run("SELECT run_command_on_workers('CREATE TABLE adding.taken AS SELECT 7 AS mine')");
    run("CREATE TABLE adding.taken (code text PRIMARY KEY)");
    assertRefused(
        "SELECT create_reference_table('adding.taken')", "42P07", "adding.taken exists on");
    assertThat(
            run(
                "SELECT DISTINCT result FROM run_command_on_workers('SELECT mine FROM adding.taken')"))
        .containsExactly("7");
    run("SELECT run_command_on_workers('DROP TABLE adding.taken')");
    run("SELECT create_reference_table('adding.taken')");
  }

  @Test
  void replicas_that_the_mesh_left_behind_are_replaced(@TempDir Path folder) throws Exception {
    try (var server = server(folder);
        var own = connect(Endpoint.local(server.port()))) {
      String node = "('127.0.0.1', " + server.port() + ")";
      run("SELECT citus_add_node" + node);
      run("SELECT citus_disable_node" + node);
      assertThat(Jdbc.run(own, "SELECT count(*) FROM adding.country")).containsExactly("2");
      run("INSERT INTO adding.country VALUES ('fi')");
      run("SELECT citus_activate_node" + node);
      assertThat(Jdbc.run(own, "SELECT count(*) FROM adding.country")).containsExactly("3");
      run("SELECT citus_remove_node" + node);
      run("ALTER TABLE adding.country ADD COLUMN name text");
      run("SELECT citus_add_node" + node);
      assertThat(Jdbc.run(own, "SELECT count(*), count(name) FROM adding.country"))
          .containsExactly("3|0");
      run("SELECT citus_remove_node" + node);
    }
  }
}
