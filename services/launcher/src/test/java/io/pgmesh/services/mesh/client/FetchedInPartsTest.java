package io.pgmesh.services.mesh.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.Jdbc;
import io.pgmesh.services.mesh.WithMesh;
import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that a client takes in parts are those of the query's time, whatever leads to them. */
@ExtendWith(WithMesh.class)
class FetchedInPartsTest {
  private Connection connection;

  @BeforeEach
  void connect(Endpoint mesh) throws SQLException {
    connection = DriverManager.getConnection(mesh.jdbc());
    run("CREATE SCHEMA parts");
    run("CREATE TABLE parts.t (k int PRIMARY KEY, v text)");
    run("SELECT create_distributed_table('parts.t', 'k')");
    run("INSERT INTO parts.t SELECT i, 'row ' || i FROM generate_series(1, 200) i");
    run(
        "CREATE VIEW parts.halves AS SELECT k, v FROM parts.t WHERE k % 2 = 0"
            + " UNION ALL SELECT k, v FROM parts.t WHERE k % 2 = 1");
    run("CREATE VIEW parts.values AS SELECT v FROM parts.halves");
    run(
        "CREATE FUNCTION parts.value(key int) RETURNS text LANGUAGE plpgsql STABLE AS"
            + " $$ BEGIN RETURN (SELECT v FROM parts.t WHERE k = key); END $$");
    run(
        "CREATE FUNCTION parts.same(v text) RETURNS text LANGUAGE plpgsql AS"
            + " $$ BEGIN RETURN v; END $$");
    connection.setAutoCommit(false);
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.rollback();
    connection.setAutoCommit(true);
    run("DROP SCHEMA parts CASCADE");
    connection.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT v FROM parts.halves",
        "SELECT v FROM parts.values, generate_series(1, 1) one",
        "SELECT parts.value(k) FROM generate_series(1, 200) k",
        "SELECT parts.same(v) FROM (TABLE parts.halves) h",
        "SELECT parts.same(v) FROM parts.t WHERE k % 2 = 0"
            + " UNION ALL SELECT v FROM parts.t WHERE k % 2 = 1",
      })
  void they_do_not_show_what_changes_in_between(String sql) throws SQLException {
    assertThat(valuesReadWhileChanging(sql))
        .hasSize(200)
        .allMatch(value -> value != null && value.startsWith("row "));
    assertThat(Jdbc.run(connection, "SELECT DISTINCT v FROM parts.halves"))
        .containsExactly("changed");
  }

  private List<String> valuesReadWhileChanging(String sql) throws SQLException {
    var values = new ArrayList<String>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setFetchSize(20);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          if (values.isEmpty()) {
            run("UPDATE parts.t SET v = 'changed'");
            run("DELETE FROM parts.t WHERE k > 150");
          }
          values.add(rows.getString(1));
        }
      }
    }
    return values;
  }

  /** A volatile function that stands alone sees changes before each of its calls. */
  @Test
  void a_volatile_function_sees_it() throws SQLException {
    run("ALTER FUNCTION parts.value VOLATILE");
    assertThat(valuesReadWhileChanging("SELECT parts.value(k) FROM generate_series(1, 100) k"))
        .hasSize(100)
        .startsWith("row 1")
        .endsWith("changed");
  }

  /** pgjdbc asks for one row where it expects none. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE parts.t SET v = 'changed'",
        "DELETE FROM parts.t",
        "INSERT INTO parts.t SELECT k + 200, v FROM parts.t",
      })
  void a_change_of_many_shards_changes_all_whatever_limit_its_execution_has(String sql)
      throws SQLException {
    try (PreparedStatement change = connection.prepareStatement(sql)) {
      assertThat(change.executeUpdate()).isEqualTo(200);
    }
  }

  @Test
  void an_insert_into_many_shards_inserts_all_rows() throws SQLException {
    String sql = "INSERT INTO parts.t VALUES (?, 'a'), (?, 'b'), (?, 'c'), (?, 'd'), (?, 'e')";
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int i = 1; i <= 5; i++) {
        insert.setInt(i, 1000 + i);
      }
      assertThat(insert.executeUpdate()).isEqualTo(5);
    }
    assertThat(Jdbc.run(connection, "SELECT count(*) FROM parts.t WHERE k > 1000"))
        .containsExactly("5");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 199})
  void rows_of_a_change_may_be_left_but_the_change_is_made(int taken) throws SQLException {
    String sql = "UPDATE parts.t SET v = 'changed' RETURNING k";
    try (PreparedStatement change = connection.prepareStatement(sql)) {
      change.setMaxRows(taken);
      change.setFetchSize(taken);
      try (ResultSet rows = change.executeQuery()) {
        for (int i = 0; i < taken; i++) {
          assertThat(rows.next()).isTrue();
        }
      }
    }
    assertThat(Jdbc.run(connection, "SELECT count(*) FROM parts.t WHERE v = 'changed'"))
        .containsExactly("200");
  }

  @Test
  void a_client_that_takes_rows_of_a_change_in_parts_gets_all() throws SQLException {
    String sql = "DELETE FROM parts.t RETURNING k";
    var keys = new ArrayList<Integer>();
    try (PreparedStatement change = connection.prepareStatement(sql)) {
      change.setFetchSize(7);
      try (ResultSet rows = change.executeQuery()) {
        while (rows.next()) {
          keys.add(rows.getInt(1));
        }
      }
    }
    assertThat(keys).hasSize(200).doesNotHaveDuplicates();
  }

  private void run(String sql) throws SQLException {
    Jdbc.run(connection, sql);
  }
}
