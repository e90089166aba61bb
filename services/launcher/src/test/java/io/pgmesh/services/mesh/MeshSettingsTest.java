package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Settings that begin with citus. and pgmesh. are as strict as if an extension had made them. */
@ExtendWith(WithMesh.class)
class MeshSettingsTest {
  private static final String SHARD_COUNT_RANGE =
      "0 is outside the valid range for parameter \"citus.shard_count\" (1 .. 64000)";
  private Endpoint mesh;
  private Connection connection;

  @BeforeEach
  void connect(Endpoint endpoint) throws SQLException {
    mesh = endpoint;
    connection = DriverManager.getConnection(mesh.jdbc());
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
  }

  @Test
  void defaults_are_shown_before_anything_is_set() throws SQLException {
    assertThat(show("citus.shard_count")).isEqualTo("32");
    assertThat(show("citus.node_connection_timeout")).isEqualTo("30s");
    assertThat(show("pgmesh.reference_commit")).isEqualTo("applied");
    assertThat(text("SELECT current_setting('citus.max_adaptive_executor_pool_size')"))
        .isEqualTo("16");
    for (String back :
        List.of(
            "RESET citus.shard_count",
            "SET citus.shard_count TO DEFAULT",
            "RESET ALL",
            "DISCARD ALL")) {
      run("SET citus.shard_count = 4");
      assertThat(show("citus.shard_count")).isEqualTo("4");
      run(back);
      assertThat(show("citus.shard_count")).as(back).isEqualTo("32");
    }
  }

  @Test
  void bad_values_are_refused_however_they_are_set() throws SQLException {
    for (String sql :
        List.of(
            "SET citus.shard_count = 0",
            "SET SESSION citus.shard_count TO '0'",
            "SET LOCAL Citus.Shard_Count = 0",
            "SELECT set_config('citus.shard_count', '0', false)",
            "SELECT pg_catalog.set_config('citus.shard_count'::text, 0::text, true)",
            "ALTER ROLE postgres SET citus.shard_count = 0",
            "ALTER ROLE postgres IN DATABASE postgres SET citus.shard_count = 0",
            "ALTER DATABASE postgres SET citus.shard_count TO 0",
            "ALTER SYSTEM SET citus.shard_count = 0",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET citus.shard_count = 0 AS 'SELECT 1'")) {
      refused(() -> run(sql), "22023", SHARD_COUNT_RANGE);
    }
    try (var prepared = connection.prepareStatement("SELECT set_config(?, ?, false)")) {
      prepared.setString(1, "citus.shard_count");
      prepared.setString(2, "0");
      refused(prepared::execute, "22023", SHARD_COUNT_RANGE);
      prepared.setString(2, "6");
      prepared.execute();
    }
    assertThat(show("citus.shard_count")).isEqualTo("6");
    var refused =
        refused(
            () -> run("SET citus.task_assignment_policy = 'random'"),
            "22023",
            "invalid value for parameter \"citus.task_assignment_policy\": \"random\"");
    assertThat(refused.getHint())
        .isEqualTo("Available values: greedy, first-replica, round-robin.");
    refused(
        () -> run("SET citus.shard_count = 1, 2"),
        "22023",
        "SET citus.shard_count takes only one argument");
  }

  @Test
  void unknown_names_have_a_reserved_prefix() throws SQLException {
    for (String sql :
        List.of(
            "SET citus.nope = 1",
            "SET LOCAL citus.nope = 1",
            "RESET citus.nope",
            "SELECT set_config('citus.nope', '1', false)",
            "ALTER DATABASE postgres SET citus.nope = 1")) {
      var error =
          refused(() -> run(sql), "42602", "invalid configuration parameter name \"citus.nope\"");
      assertThat(error.getDetail()).isEqualTo("\"citus\" is a reserved prefix.");
    }
    refused(
        () -> show("citus.nope"), "42704", "unrecognized configuration parameter \"citus.nope\"");
    run("SET app.tenant = 'anything'");
    run("SET citus.enable_repartition_joins = true");
    assertThat(show("citus.enable_repartition_joins")).isEqualTo("on");
  }

  @Test
  void a_bad_value_refuses_the_connection() {
    for (String options : List.of("-c citus.shard_count=0", "--citus.shard-count=0")) {
      refused(() -> open("options=" + encoded(options)), "22023", SHARD_COUNT_RANGE);
    }
    refused(
        () -> open("options=" + encoded("-c citus.nope=1")),
        "42602",
        "invalid configuration parameter name \"citus.nope\"");
  }

  @Test
  void good_values_at_startup_hold() throws SQLException {
    try (var other = open("options=" + encoded("-c citus.shard_count=7"));
        var statement = other.createStatement();
        var rows = statement.executeQuery("SHOW citus.shard_count")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("7");
    }
  }

  @Test
  void an_error_fails_the_transaction_and_a_failed_one_hears_of_nothing_else() throws SQLException {
    connection.setAutoCommit(false);
    run("SET LOCAL citus.shard_count = 5");
    refused(() -> run("SET citus.shard_count = 0"), "22023", SHARD_COUNT_RANGE);
    for (String sql : List.of("SET citus.shard_count = 0", "SELECT 1")) {
      assertThatThrownBy(() -> run(sql))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25P02"));
    }
    connection.rollback();
    assertThat(show("citus.shard_count")).isEqualTo("32");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        "0",
        "-1",
        "abc",
        "''",
        "' 9 '",
        "5s",
        "'1 min'",
        "1500us",
        "2.6",
        "1e3",
        "0x1F",
        "0b101",
        "1_000",
        "'0x1F'",
        "010",
        "'010'",
        "10 parsecs",
        "99999999999",
        "'1.5s'",
        "'3 S'",
        "'1d'",
        "'90 s'"
      })
  void whole_numbers_are_read_as_postgresql_reads_them(String value) throws SQLException {
    alike("deadlock_timeout", "citus.remote_task_check_interval", value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "0.25", ".5", "1.5", "-0.1", "abc", "'1e-3'", "'1ms'", "''"})
  void fractions_are_read_as_postgresql_reads_them(String value) throws SQLException {
    alike("cursor_tuple_fraction", "citus.count_distinct_error_rate", value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "TRUE", "t", "'ye'", "0", "1", "2", "o", "'of'", "'off '", "''"})
  void switches_are_read_as_postgresql_reads_them(String value) throws SQLException {
    alike("enable_seqscan", "citus.enable_repartition_joins", value);
  }

  /** Compares with a setting of PostgreSQL's own that has the same kind, range and unit. */
  private void alike(String plain, String ofMesh, String value) throws SQLException {
    String wanted = outcome(plain, value);
    assertThat(outcome(ofMesh, value)).isEqualTo(wanted.replace(plain, ofMesh));
  }

  private String outcome(String name, String value) throws SQLException {
    try {
      run("SET " + name + " = " + value);
      return show(name);
    } catch (PSQLException e) {
      var error = e.getServerErrorMessage();
      return error.getSQLState() + " " + error.getMessage() + " " + error.getHint();
    }
  }

  private Connection open(String parameters) throws SQLException {
    return DriverManager.getConnection(mesh.jdbc() + "&" + parameters);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static ServerErrorMessage refused(ThrowingCallable call, String code, String message) {
    var error = new ServerErrorMessage[1];
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(PSQLException.class, e -> error[0] = e.getServerErrorMessage());
    assertThat(error[0].getSQLState()).isEqualTo(code);
    assertThat(error[0].getMessage()).isEqualTo(message);
    return error[0];
  }

  private void run(String sql) throws SQLException {
    Jdbc.run(connection, sql);
  }

  private String show(String name) throws SQLException {
    return text("SHOW " + name);
  }

  private String text(String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
