package io.pgmesh.services.mesh.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.Jdbc;
import io.pgmesh.services.mesh.WithMesh;
import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What plain PostgreSQL cannot show of PREPARE and EXECUTE: the way that they take. */
@ExtendWith(WithMesh.class)
class ExecutedStatementsTest {
  private Connection connection;

  @BeforeEach
  void connect(Endpoint mesh) throws SQLException {
    connection = DriverManager.getConnection(mesh.jdbc());
    run("CREATE SCHEMA executed");
    run("CREATE TABLE executed.t (k int PRIMARY KEY, v text)");
    run("SELECT create_distributed_table('executed.t', 'k')");
    run("INSERT INTO executed.t SELECT i, 'row ' || i FROM generate_series(1, 100) i");
    run("PREPARE one (int) AS SELECT v FROM executed.t WHERE k = $1");
    run("PREPARE many AS SELECT count(*) FROM executed.t");
    run("PREPARE change (int, text) AS UPDATE executed.t SET v = $2 WHERE k = $1");
    run("PREPARE local AS SELECT count(*) FROM pg_class WHERE relname = 'nothing'");
  }

  @AfterEach
  void disconnect() throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    run("DROP SCHEMA executed CASCADE");
    connection.close();
  }

  private List<String> run(String sql) throws SQLException {
    return Jdbc.run(connection, sql);
  }

  private String firstLine(String sql) throws SQLException {
    return run(sql).getFirst();
  }

  @Test
  void explain_tells_the_tier_of_what_is_executed() throws SQLException {
    assertThat(firstLine("EXPLAIN EXECUTE one (7)")).contains("tier: one shard");
    assertThat(firstLine("EXPLAIN EXECUTE one (3 + 4)")).contains("tier: one shard");
    assertThat(firstLine("EXPLAIN EXECUTE many")).contains("tier: pushdown");
    assertThat(firstLine("EXPLAIN (VERBOSE) EXECUTE change (7, 'x')")).contains("tier: one shard");
    assertThat(firstLine("EXPLAIN EXECUTE local")).contains("Aggregate");
  }

  @Test
  void explain_analyze_runs_it() throws SQLException {
    run("EXPLAIN ANALYZE EXECUTE change (7, 'analyzed')");
    assertThat(run("EXECUTE one (7)")).containsExactly("analyzed");
  }

  @Test
  void only_the_client_s_statements_are_shown() throws SQLException {
    connection.setAutoCommit(false);
    assertThat(run("EXECUTE one (abs(-7))")).containsExactly("row 7");
    run("SAVEPOINT s");
    assertThatThrownBy(() -> run("EXECUTE one (1 / 0)")).hasMessageContaining("division by zero");
    run("ROLLBACK TO s");
    assertThat(run("SELECT name FROM pg_prepared_statements WHERE from_sql ORDER BY name"))
        .containsExactly("change", "local", "many", "one");
    assertThat(run("SELECT name FROM pg_prepared_statements WHERE NOT from_sql AND name ~ 'arg'"))
        .isEmpty();
  }

  @Test
  void other_sessions_on_the_same_connections_have_their_own(Endpoint mesh) throws SQLException {
    try (Connection other = DriverManager.getConnection(mesh.jdbc())) {
      Jdbc.run(other, "PREPARE one (int) AS SELECT v || '!' FROM executed.t WHERE k = $1");
      assertThat(Jdbc.run(other, "EXECUTE one (7)")).containsExactly("row 7!");
      assertThat(run("EXECUTE one (7)")).containsExactly("row 7");
      assertThatThrownBy(() -> Jdbc.run(other, "EXECUTE many")).hasMessageContaining("many");
    }
  }

  /** pgjdbc names the first statement that it prepares S_1. */
  @Test
  void a_statement_made_by_parse_is_executed(Endpoint mesh) throws SQLException {
    try (Connection other = DriverManager.getConnection(mesh.jdbc() + "&prepareThreshold=1");
        PreparedStatement query =
            other.prepareStatement("SELECT v FROM executed.t WHERE k = ? AND k < 3 * ?")) {
      for (int i = 1; i <= 2; i++) {
        query.setInt(1, i);
        query.setInt(2, i);
        try (ResultSet rows = query.executeQuery()) {
          assertThat(rows.next()).isTrue();
        }
      }
      assertThat(Jdbc.run(other, "EXECUTE \"S_1\" (7, 2 + 3)")).containsExactly("row 7");
      assertThatThrownBy(() -> Jdbc.run(other, "EXECUTE \"S_1\" (7)"))
          .hasMessageContaining("wrong number of parameters for prepared statement \"S_1\"")
          .hasMessageContaining("Expected 2 parameters but got 1.");
    }
  }

  @Test
  void a_function_executes_what_the_coordinator_database_keeps() throws SQLException {
    run(
        "DO $$ DECLARE found text; BEGIN EXECUTE 'EXECUTE one (7)' INTO found;"
            + " ASSERT found = 'row 7'; EXECUTE 'EXECUTE change (8, ''by function'')'; END $$");
    assertThat(run("EXECUTE one (8)")).containsExactly("by function");
  }

  @Test
  void rows_taken_in_parts_do_not_show_what_changes_in_between() throws SQLException {
    run("PREPARE slow AS SELECT v FROM executed.t WHERE k % 2 = 0 ORDER BY v");
    connection.setAutoCommit(false);
    try (PreparedStatement query = connection.prepareStatement("EXECUTE slow")) {
      query.setFetchSize(5);
      try (ResultSet rows = query.executeQuery()) {
        int seen = 0;
        while (rows.next()) {
          if (seen++ == 0) {
            run("UPDATE executed.t SET v = 'changed'");
          }
          assertThat(rows.getString(1)).startsWith("row ");
        }
        assertThat(seen).isEqualTo(50);
      }
    }
  }
}
