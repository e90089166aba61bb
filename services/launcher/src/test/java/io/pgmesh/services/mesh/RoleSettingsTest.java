package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Endpoint;
import io.pgmesh.services.mesh.wire.Reply;
import io.pgmesh.services.mesh.wire.WireClient;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What ALTER ROLE and ALTER DATABASE set for new sessions, whatever connections are pooled. */
@ExtendWith(WithMesh.class)
class RoleSettingsTest {
  private static final int CLIENTS = 12;
  private static int roles;
  private final String role = "settled_" + ++roles;
  private Endpoint mesh;
  private Connection admin;

  @BeforeEach
  void make_a_role(Endpoint endpoint) throws SQLException {
    mesh = endpoint;
    admin = open(mesh.user());
    execute(admin, "CREATE ROLE " + role + " LOGIN");
    execute(admin, "CREATE SCHEMA settled AUTHORIZATION " + role);
  }

  @AfterEach
  void remove_it() throws SQLException {
    execute(admin, "ALTER DATABASE postgres RESET work_mem");
    execute(admin, "ALTER DATABASE postgres RESET citus.shard_count");
    execute(admin, "DROP SCHEMA settled CASCADE");
    execute(admin, "DROP ROLE " + role);
    admin.close();
  }

  @Test
  void new_sessions_begin_with_them_and_open_ones_keep_their_own() throws SQLException {
    try (var before = open(role)) {
      assertThat(show(before, "work_mem")).isEqualTo("4MB");
      execute(admin, "ALTER DATABASE postgres SET work_mem = '5MB'");
      try (var second = open(role)) {
        assertThat(show(second, "work_mem")).isEqualTo("5MB");
        execute(admin, "ALTER ROLE " + role + " SET work_mem = '6MB'");
        execute(admin, "ALTER ROLE " + role + " SET search_path = settled, \"$user\"");
        assertNew("work_mem", "6MB");
        assertNew("search_path", "settled, \"$user\"");
        assertThat(show(second, "work_mem")).isEqualTo("5MB");
        assertThat(show(before, "work_mem")).isEqualTo("4MB");
        assertThat(show(before, "search_path")).isEqualTo("\"$user\", public");
        execute(admin, "ALTER ROLE " + role + " RESET work_mem");
        assertNew("work_mem", "5MB");
        execute(admin, "ALTER DATABASE postgres RESET work_mem");
        execute(admin, "ALTER ROLE " + role + " RESET ALL");
        assertNew("work_mem", "4MB");
        assertNew("search_path", "\"$user\", public");
        assertThat(show(second, "work_mem")).isEqualTo("5MB");
      }
    }
  }

  @Test
  void reset_brings_the_value_of_the_session_s_beginning() throws SQLException {
    try (var before = open(role)) {
      execute(admin, "ALTER ROLE " + role + " SET work_mem = '7MB'");
      try (var session = open(role)) {
        for (String reset : new String[] {"RESET work_mem", "RESET ALL", "DISCARD ALL"}) {
          execute(session, "SET work_mem = '9MB'");
          assertThat(show(session, "work_mem")).isEqualTo("9MB");
          execute(session, reset);
          assertThat(show(session, "work_mem")).as(reset).isEqualTo("7MB");
          execute(before, "SET work_mem = '9MB'");
          execute(before, reset);
          assertThat(show(before, "work_mem")).as(reset).isEqualTo("4MB");
        }
        session.setAutoCommit(false);
        execute(session, "SET work_mem = '9MB'");
        execute(session, "RESET work_mem");
        assertThat(show(session, "work_mem")).isEqualTo("7MB");
        session.rollback();
      }
    }
  }

  @Test
  void tables_are_distributed_as_the_role_wants() throws SQLException {
    execute(admin, "ALTER ROLE " + role + " SET citus.shard_count = 5");
    execute(admin, "ALTER ROLE " + role + " SET search_path = settled");
    try (var session = open(role)) {
      execute(session, "CREATE TABLE five (id int)");
      execute(session, "SELECT create_distributed_table('five', 'id', colocate_with => 'none')");
    }
    assertThat(shards("five")).isEqualTo("5");
    execute(admin, "ALTER ROLE " + role + " RESET citus.shard_count");
    execute(admin, "ALTER DATABASE postgres SET citus.shard_count = 3");
    try (var session = open(role)) {
      execute(session, "CREATE TABLE three (id int)");
      execute(session, "SELECT create_distributed_table('three', 'id', colocate_with => 'none')");
    }
    assertThat(shards("three")).isEqualTo("3");
    execute(admin, "ALTER DATABASE postgres RESET citus.shard_count");
    assertNew("citus.shard_count", "32");
  }

  @Test
  void workers_work_with_them() throws SQLException {
    execute(admin, "CREATE TABLE settled.moments (id int, at timestamptz)");
    execute(admin, "SELECT create_distributed_table('settled.moments', 'id')");
    execute(admin, "GRANT ALL ON settled.moments TO " + role);
    execute(admin, "INSERT INTO settled.moments VALUES (1, '2024-01-31 20:00:00+00')");
    execute(admin, "ALTER ROLE " + role + " SET search_path = settled");
    execute(admin, "ALTER ROLE " + role + " SET TimeZone = 'Asia/Tokyo'");
    execute(admin, "ALTER ROLE " + role + " SET DateStyle = 'German'");
    assertThat(moment()).isEqualTo("01.02.2024 05:00:00 JST");
    execute(admin, "ALTER ROLE " + role + " RESET DateStyle");
    assertThat(moment()).isEqualTo("2024-02-01 05:00:00+09");
    execute(admin, "ALTER ROLE " + role + " RESET TimeZone");
    assertThat(moment()).isEqualTo("2024-01-31 20:00:00+00");
  }

  /** By a client that asks for no time zone of its own, as text, which the worker makes. */
  private String moment() {
    var asSettled = new Endpoint(mesh.host(), mesh.port(), role, mesh.database());
    try (var client = WireClient.connect(asSettled, Duration.ofSeconds(60))) {
      Reply reply = client.simple("SELECT at::text FROM moments WHERE id = 1");
      assertThat(reply.results().getFirst()).as("%s", reply).isInstanceOf(Reply.Rows.class);
      return ((Reply.Rows) reply.results().getFirst()).values().getFirst().getFirst();
    }
  }

  @Test
  void what_a_role_may_not_set_by_itself_or_is_wrong_does_not_keep_it_out() throws SQLException {
    execute(admin, "ALTER ROLE " + role + " SET log_statement = 'ddl'");
    execute(admin, "ALTER ROLE " + role + " SET role = '" + role + "'");
    execute(admin, "ALTER ROLE " + role + " SET default_text_search_config = 'no.such'");
    execute(admin, "ALTER ROLE " + role + " SET work_mem = '8MB'");
    assertNew("work_mem", "8MB");
    assertNew("log_statement", "ddl");
  }

  @Test
  void what_ends_with_a_transaction_is_not_kept_for_the_session() throws SQLException {
    for (String sql :
        new String[] {
          "SET transaction_read_only = off",
          "SET transaction_read_only = on",
          "SET SESSION transaction_isolation = 'serializable'",
          "SET transaction_deferrable = on",
          "SET LOCAL transaction_read_only = on",
          "SET TRANSACTION READ ONLY",
          "SET seed = 0.5",
          "SELECT set_config('transaction_read_only', 'on', false)",
          "BEGIN; SET transaction_read_only = on; COMMIT",
          "BEGIN; SET transaction_isolation = 'serializable'; SELECT 1; COMMIT"
        }) {
      try (var session = open(role)) {
        execute(session, sql);
        assertThat(show(session, "transaction_read_only")).as(sql).isEqualTo("off");
      }
      assertNew("transaction_isolation", "read committed");
    }
    try (var session = open(role + "&options=-c%20transaction_read_only%3Don")) {
      assertThat(show(session, "transaction_read_only")).isEqualTo("off");
    }
    assertNew("transaction_read_only", "off");
  }

  @Test
  void what_a_superuser_set_is_undone_after_it_became_another_role() throws SQLException {
    for (String become :
        new String[] {"SET ROLE " + role, "SET SESSION AUTHORIZATION " + role, "SET ROLE none"}) {
      try (var session = open(mesh.user())) {
        execute(session, "SET log_statement = 'ddl'");
        execute(session, become);
        assertThat(show(session, "log_statement")).isEqualTo("ddl");
      }
      for (int i = 0; i < CLIENTS; i++) {
        try (var session = open(mesh.user())) {
          assertThat(show(session, "log_statement")).as(become).isEqualTo("none");
        }
      }
    }
  }

  /** Several at once, so that more than one pooled connection is used. */
  private void assertNew(String setting, String expected) throws SQLException {
    for (int i = 0; i < CLIENTS; i++) {
      try (var session = open(role)) {
        assertThat(show(session, setting)).as(setting).isEqualTo(expected);
      }
    }
  }

  private String shards(String table) throws SQLException {
    return value(
        admin,
        "SELECT count(*) FROM pg_dist_shard WHERE logicalrelid = 'settled."
            + table
            + "'::regclass");
  }

  private Connection open(String role) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d/%s?user=%s"
            .formatted(mesh.host(), mesh.port(), mesh.database(), role));
  }

  private static String show(Connection connection, String setting) throws SQLException {
    return value(connection, "SHOW " + setting);
  }

  private static String value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
