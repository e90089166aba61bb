package io.pgmesh.services.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
  @TempDir Path folder;

  @Test
  void a_server_keeps_what_was_committed_over_a_kill_and_a_restart() throws Exception {
    try (var server = PostgresServer.start(folder.resolve("data"), PostgresSettings.onFreePort())) {
      query(server, "create table kept as select 42 as answer");
      server.kill();
      assertThat(server.running()).isFalse();
      server.start();
      assertThat(query(server, "select answer from kept")).isEqualTo("42");
      server.stop();
      assertThat(server.running()).isFalse();
    }
  }

  private static String query(PostgresServer server, String sql) throws SQLException {
    String url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=postgres";
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      if (!statement.execute(sql.replace("", ""))) {
        return "";
      }
      var rows = statement.getResultSet();
      rows.next();
      return rows.getString(1);
    }
  }
}
