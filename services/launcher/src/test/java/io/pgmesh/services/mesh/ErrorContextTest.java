package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.router.session.SqlSession;
import io.pgmesh.services.mesh.wire.Endpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Functions of the SQL API are built in as far as errors tell. */
@ExtendWith(WithMesh.class)
class ErrorContextTest {
  private Connection connection;

  @BeforeEach
  void connect(Endpoint mesh) throws SQLException {
    connection = DriverManager.getConnection(mesh.jdbc());
    run("CREATE SCHEMA context");
    run("CREATE TABLE context.t (k int)");
  }

  @AfterEach
  void disconnect() throws SQLException {
    run("DROP SCHEMA context CASCADE");
    connection.close();
  }

  @Test
  void their_errors_have_no_context() {
    for (String sql :
        List.of(
            "SELECT create_distributed_table('context.t', 'absent')",
            "SELECT create_reference_table('context.absent')",
            "SELECT citus_add_node('127.0.0.1', 1)",
            "SELECT citus_remove_node('nowhere.example', 5432)",
            "SELECT undistribute_table('context.t')")) {
      var error = error(sql);
      assertThat(error.getMessage()).isNotBlank();
      assertThat(error.getWhere()).as(sql).isNull();
      assertThat(error.getInternalQuery()).as(sql).isNull();
    }
  }

  @Test
  void users_functions_stay_in_it() throws SQLException {
    run(
        "CREATE FUNCTION context.spread() RETURNS void LANGUAGE plpgsql AS"
            + " $$ BEGIN PERFORM create_distributed_table('context.t', 'absent'); END $$");
    assertThat(error("SELECT context.spread()").getWhere())
        .isEqualTo(
            "SQL statement \"SELECT create_distributed_table('context.t', 'absent')\"\n"
                + "PL/pgSQL function context.spread() line 1 at PERFORM");
    assertThat(
            error("DO $$ BEGIN PERFORM create_reference_table('context.absent'); END $$")
                .getWhere())
        .contains("inline_code_block");
  }

  @Test
  void errors_of_shards_name_table_and_constraint_wherever_they_come_from() throws SQLException {
    run("CREATE TABLE context.u (k int PRIMARY KEY, v int CHECK (v > 0))");
    run("SELECT create_distributed_table('context.u', 'k')");
    run("INSERT INTO context.u VALUES (1, 1)");
    run("PREPARE twice AS INSERT INTO context.u VALUES (1, 2)");
    for (String sql :
        List.of("DO $$ BEGIN INSERT INTO context.u VALUES (1, 2); END $$", "EXECUTE twice")) {
      var error = error(sql);
      assertThat(error.getSQLState()).as(sql).isEqualTo("23505");
      assertThat(error.getSchema()).as(sql).isEqualTo("context");
      assertThat(error.getTable()).as(sql).isEqualTo("u");
      assertThat(error.getConstraint()).as(sql).isEqualTo("u_pkey");
    }
    var check = error("DO $$ BEGIN UPDATE context.u SET v = -1; END $$");
    assertThat(check.getTable()).isEqualTo("u");
    assertThat(check.getConstraint()).isEqualTo("u_v_check");
    assertThat(error("DO $$ BEGIN PERFORM 1 / 0; END $$").getTable()).isNull();
  }

  @Test
  void every_function_of_the_api_is_known() throws SQLException, IOException {
    var known = new TreeSet<String>();
    try (var in = SqlSession.class.getResourceAsStream("api-functions.txt")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(known::add);
    }
    var installed = new TreeSet<String>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT proname FROM pg_proc WHERE oid >= 16384"
                    + " AND pronamespace = pgmesh.catalog_schema()::regnamespace")) {
      while (rows.next()) {
        installed.add(rows.getString(1));
      }
    }
    assertThat(known).isEqualTo(installed);
  }

  private ServerErrorMessage error(String sql) {
    var error = new ServerErrorMessage[1];
    assertThatThrownBy(() -> run(sql))
        .isInstanceOfSatisfying(PSQLException.class, e -> error[0] = e.getServerErrorMessage());
    return error[0];
  }

  private void run(String sql) throws SQLException {
    Jdbc.run(connection, sql);
  }
}
