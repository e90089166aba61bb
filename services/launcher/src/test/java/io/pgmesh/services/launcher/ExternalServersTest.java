package io.pgmesh.services.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.embedded.FreePorts;
import io.pgmesh.services.embedded.KafkaBroker;
import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mesh over servers and brokers that exist, as mesh.yaml names them. */
class ExternalServersTest {
  private final int port = FreePorts.one();

  @Test
  void servers_that_exist_become_a_mesh(@TempDir Path folder) throws Exception {
    try (var coordinator = server(folder.resolve("coordinator"));
        var worker = server(folder.resolve("worker"));
        var kafka = KafkaBroker.start(folder.resolve("kafka"))) {
      Path settings = folder.resolve("mesh.yaml");
      Files.writeString(settings, settings(folder, coordinator, kafka));
      Launched node = Launched.start("up", "--config", settings.toString()).ready();
      try {
        useIt(coordinator, worker);
      } finally {
        node.terminate();
        node.exitCode();
      }
      assertThat(coordinator.running()).as("servers are not the launcher's to stop").isTrue();
    }
  }

  private void useIt(PostgresServer coordinator, PostgresServer worker) throws SQLException {
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute(
          "SELECT citus_set_coordinator_host('127.0.0.1', %d)".formatted(coordinator.port()));
      statement.execute("SELECT citus_add_node('127.0.0.1', %d)".formatted(worker.port()));
      statement.execute("CREATE TABLE orders (id int PRIMARY KEY, item text)");
      statement.execute("SELECT create_distributed_table('orders', 'id')");
      statement.execute("INSERT INTO orders VALUES (1, 'one')");
      assertThat(one(statement, "SELECT item FROM orders WHERE id = 1")).isEqualTo("one");
      assertThat(
              one(
                  statement,
                  "SELECT count(*) FROM pg_dist_placement WHERE groupid IN"
                      + " (SELECT groupid FROM pg_dist_node WHERE nodeport = %d)"
                          .formatted(worker.port())))
          .isEqualTo("32");
    }
  }

  private String settings(Path folder, PostgresServer coordinator, KafkaBroker kafka) {
    return """
        mode: external
        data: %s
        endpoint: {port: %d}
        http: {port: %d}
        coordinator: {host: 127.0.0.1, port: %d}
        kafka: {bootstrapServers: "%s", topicPrefix: sales}
        cluster: {name: sales}
        """
        .formatted(
            folder.resolve("node"),
            port,
            FreePorts.one(),
            coordinator.port(),
            kafka.bootstrapServers());
  }

  private static PostgresServer server(Path folder) throws Exception {
    return PostgresServer.start(folder, PostgresSettings.onFreePort());
  }

  private static String one(Statement statement, String query) throws SQLException {
    try (var rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }
}
