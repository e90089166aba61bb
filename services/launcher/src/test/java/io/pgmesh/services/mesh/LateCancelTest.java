package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A cancel that comes too late for its statement does not hit the next one. */
@ExtendWith(WithMesh.class)
class LateCancelTest {
  private static final int ROUNDS = 400;

  private Connection connection;

  @BeforeEach
  void connect(Endpoint mesh) throws SQLException {
    connection = DriverManager.getConnection(mesh.jdbc());
    Jdbc.run(connection, "CREATE TABLE late (k int PRIMARY KEY)");
    Jdbc.run(connection, "SELECT create_distributed_table('late', 'k')");
    Jdbc.run(connection, "INSERT INTO late SELECT generate_series(1, 100)");
  }

  @AfterEach
  void close() throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    Jdbc.run(connection, "DROP TABLE late");
    connection.close();
  }

  /** When one shard has failed, the others are cancelled: they may have failed by themselves. */
  @Test
  void of_the_other_shards_of_a_failed_statement() throws SQLException {
    connection.setAutoCommit(false);
    for (int round = 0; round < ROUNDS; round++) {
      var savepoint = connection.setSavepoint();
      assertThatThrownBy(() -> Jdbc.run(connection, "INSERT INTO late SELECT k FROM late"))
          .isInstanceOf(SQLException.class)
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("23505");
      connection.rollback(savepoint);
      assertThat(Jdbc.run(connection, "SELECT count(*) FROM late")).isEqualTo(List.of("100"));
    }
  }

  /** pgjdbc's cancel returns when the server has closed the connection that asked for it. */
  @Test
  void of_a_statement_that_has_ended() throws SQLException {
    connection.setAutoCommit(false);
    for (int round = 0; round < ROUNDS; round++) {
      var savepoint = connection.setSavepoint();
      try (Statement statement = connection.createStatement()) {
        CompletableFuture<Void> cancelling =
            CompletableFuture.runAsync(
                () -> cancel(statement),
                CompletableFuture.delayedExecutor(round % 10, TimeUnit.MILLISECONDS));
        runOrBeCancelled(statement);
        cancelling.join();
      }
      connection.rollback(savepoint);
      assertThat(Jdbc.run(connection, "SELECT count(*) FROM late")).isEqualTo(List.of("100"));
    }
  }

  private static void runOrBeCancelled(Statement statement) throws SQLException {
    try {
      statement.execute(
          "SELECT count(md5(g::text)) FROM late, generate_series(1, 20000) AS g WHERE k = 7");
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as(e.toString()).isEqualTo("57014");
    }
  }

  private static void cancel(Statement statement) {
    try {
      statement.cancel();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
