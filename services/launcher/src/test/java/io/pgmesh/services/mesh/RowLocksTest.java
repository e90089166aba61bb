package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a session locks over several shards, as another session finds it. */
@ExtendWith(WithMesh.class)
class RowLocksTest {
  private Endpoint mesh;
  private Connection admin;

  @BeforeEach
  void make_tables(Endpoint endpoint) throws SQLException {
    mesh = endpoint;
    admin = open();
    execute(admin, "CREATE TABLE locked (k int PRIMARY KEY, v int)");
    execute(admin, "SELECT create_distributed_table('locked', 'k')");
    execute(admin, "CREATE TABLE locking (k int, v int)");
    execute(admin, "SELECT create_distributed_table('locking', 'v', colocate_with => 'none')");
    execute(admin, "INSERT INTO locked SELECT i, i FROM generate_series(1, 40) i");
    execute(admin, "INSERT INTO locking SELECT i, i FROM generate_series(1, 5) i");
  }

  @AfterEach
  void drop_them() throws SQLException {
    execute(admin, "DROP TABLE locked, locking");
    admin.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT k FROM locked WHERE v < 6 ORDER BY v LIMIT 5 FOR UPDATE
          SELECT k FROM locked WHERE v BETWEEN 1 AND 5 ORDER BY k FOR NO KEY UPDATE
          SELECT k FROM locked WHERE v < 6 FOR SHARE
          SELECT locked.k FROM locked JOIN locking ON locking.k = locked.v WHERE locked.v < 6 ORDER BY 1 FOR UPDATE OF locked
          WITH l AS (SELECT k FROM locked WHERE v < 6 FOR UPDATE) SELECT k FROM l ORDER BY 1
          """)
  void locked_rows_are_left_to_their_session(String locking) throws SQLException {
    try (var first = open();
        var second = open()) {
      first.setAutoCommit(false);
      second.setAutoCommit(false);
      assertThat(keys(first, locking)).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
      assertThatThrownBy(() -> keys(second, "SELECT k FROM locked ORDER BY k FOR UPDATE NOWAIT"))
          .isInstanceOfSatisfying(
              SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("55P03"));
      second.rollback();
      assertThat(keys(second, "SELECT k FROM locked ORDER BY k FOR UPDATE SKIP LOCKED"))
          .doesNotContain(1, 2, 3, 4, 5)
          .contains(40);
      second.rollback();
      execute(first, "UPDATE locked SET v = v + 100 WHERE k < 6");
      first.commit();
      assertThat(keys(second, "SELECT k FROM locked WHERE v > 100 ORDER BY k FOR UPDATE NOWAIT"))
          .containsExactly(1, 2, 3, 4, 5);
      second.rollback();
    }
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection(mesh.jdbc());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<Integer> keys(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      List<Integer> keys = new ArrayList<>();
      while (rows.next()) {
        keys.add(rows.getInt(1));
      }
      return keys;
    }
  }
}
