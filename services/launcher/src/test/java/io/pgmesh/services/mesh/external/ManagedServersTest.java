package io.pgmesh.services.mesh.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/**
 * The oldest servers that a mesh takes, with no superuser, passwords everywhere and encryption:
 * what a managed service gives is enough.
 */
class ManagedServersTest {
  private static ManagedMesh mesh;

  @BeforeAll
  static void start() throws Exception {
    mesh = ManagedMesh.start();
  }

  @AfterAll
  static void stop() throws Exception {
    mesh.close();
  }

  @Test
  void rows_are_spread_over_the_workers_and_come_back() throws SQLException {
    run(
        "CREATE TABLE orders (id int PRIMARY KEY, item text, price numeric)",
        "SELECT create_distributed_table('orders', 'id')",
        "INSERT INTO orders SELECT i, 'item ' || i, i * 1.5 FROM generate_series(1, 100) i");
    assertThat(rows("SELECT item FROM orders WHERE id = 7")).containsExactly("item 7");
    assertThat(rows("SELECT count(*), sum(price), max(item) FROM orders"))
        .containsExactly("100|7575.0|item 99");
    assertThat(
            rows(
                "SELECT nodeport, count(*) FROM citus_shards WHERE table_name = 'orders'::regclass GROUP BY 1"))
        .hasSize(2);
  }

  @Test
  void a_transaction_over_two_workers_commits_as_a_whole() throws SQLException {
    run(
        "CREATE TABLE accounts (id int PRIMARY KEY, balance int)",
        "SELECT create_distributed_table('accounts', 'id')",
        "INSERT INTO accounts SELECT i, 100 FROM generate_series(1, 20) i");
    run("BEGIN", "UPDATE accounts SET balance = balance + 1", "COMMIT");
    run("BEGIN", "UPDATE accounts SET balance = 0", "ROLLBACK");
    assertThat(rows("SELECT sum(balance) FROM accounts")).containsExactly("2020");
    for (ManagedServer worker : mesh.workers()) {
      try (var connection = worker.connect()) {
        assertThat(rows(connection, "SELECT gid FROM pg_prepared_xacts")).isEmpty();
      }
    }
  }

  @Test
  void reference_tables_are_joined_on_the_workers() throws SQLException {
    run(
        "CREATE TABLE countries (code text PRIMARY KEY, name text)",
        "SELECT create_reference_table('countries')",
        "INSERT INTO countries VALUES ('de', 'Germany'), ('fr', 'France')",
        "CREATE TABLE people (id int PRIMARY KEY, country text REFERENCES countries ON UPDATE CASCADE)",
        "SELECT create_distributed_table('people', 'id')",
        "INSERT INTO people SELECT i, CASE i % 2 WHEN 0 THEN 'de' ELSE 'fr' END FROM generate_series(1, 50) i",
        "UPDATE countries SET name = 'République' WHERE code = 'fr'");
    assertThat(
            rows(
                "SELECT name, count(*) FROM people JOIN countries ON code = country GROUP BY 1 ORDER BY 1"))
        .containsExactly("Germany|25", "République|25");
    assertThat(rows("SELECT state, count(*) FROM citus.pgmesh_replicas GROUP BY 1"))
        .containsExactly("live|2");
    assertThatThrownBy(() -> run("INSERT INTO people VALUES (99, 'xx')"))
        .isInstanceOf(SQLException.class)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("23503");
  }

  @Test
  void what_cannot_be_split_runs_in_the_coordinator_database() throws SQLException {
    run(
        "CREATE TABLE one (id int PRIMARY KEY, n int)",
        "CREATE TABLE two (id int PRIMARY KEY, n int)",
        "SELECT create_distributed_table('one', 'id')",
        "SELECT create_distributed_table('two', 'id', colocate_with => 'none')",
        "INSERT INTO one SELECT i, i % 10 FROM generate_series(1, 40) i",
        "INSERT INTO two SELECT i, i % 10 FROM generate_series(1, 40) i");
    assertThat(rows("SELECT count(*) FROM one JOIN two USING (n) WHERE one.id <> two.id"))
        .containsExactly("120");
    run(
        "CREATE FUNCTION raise_all(by int) RETURNS bigint LANGUAGE plpgsql AS $$"
            + " BEGIN UPDATE one SET n = n + by; INSERT INTO two VALUES (100, by);"
            + " RETURN (SELECT sum(n) FROM one); END $$");
    assertThat(rows("SELECT raise_all(1)")).containsExactly("220");
    assertThat(rows("SELECT n FROM two WHERE id = 100")).containsExactly("1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timestamptz | infinity",
        "timestamptz | 2020-01-01 09:00:00+09",
        "date        | 2020-02-29",
        "boolean     | true",
        "bytea       | \\x00ff10",
        "varchar     | word",
        "uuid        | 6f1c5bd4-4e43-4d6c-8d7e-0123456789ab",
        "text[]      | {one,two}",
      })
  void rows_are_found_by_keys_of_any_type(String type, String value) throws SQLException {
    run(
        "CREATE TABLE keyed (k " + type + " PRIMARY KEY)",
        "SELECT create_distributed_table('keyed', 'k')",
        "INSERT INTO keyed VALUES ('" + value + "')");
    assertThat(rows("SELECT count(*) FROM keyed WHERE k = '" + value + "'")).containsExactly("1");
    assertThat(
            rows(
                "SELECT shardid = get_shard_id_for_distribution_column('keyed', '"
                    + value
                    + "') FROM run_command_on_shards('keyed', 'SELECT count(*) FROM %s')"
                    + " WHERE result = '1'"))
        .containsExactly("t");
    run("DROP TABLE keyed");
  }

  @Test
  void other_roles_log_in_with_passwords_of_their_own() throws SQLException {
    run(
        "CREATE ROLE alice LOGIN PASSWORD 'wonder land'",
        "CREATE TABLE diary (id int PRIMARY KEY, day text)",
        "SELECT create_distributed_table('diary', 'id')",
        "INSERT INTO diary VALUES (1, 'one'), (2, 'two')");
    assertThatThrownBy(() -> mesh.connectAs("alice", "wonder land"))
        .as("the mesh cannot know her password yet")
        .hasMessageContaining("password authentication failed for user \"alice\"");
    run("INSERT INTO pg_dist_authinfo VALUES (0, 'alice', 'password=''wonder land''')");
    assertThatThrownBy(() -> mesh.connectAs("alice", "wonderland"))
        .hasMessageContaining("password authentication failed for user \"alice\"");
    try (Connection alice = mesh.connectAs("alice", "wonder land")) {
      assertThat(rows(alice, "SELECT session_user, current_user")).containsExactly("alice|alice");
      assertThatThrownBy(() -> rows(alice, "SELECT * FROM diary WHERE id = 1"))
          .hasMessageContaining("permission denied for table diary");
      run("GRANT SELECT ON diary TO alice");
      assertThat(rows(alice, "SELECT day FROM diary WHERE id = 1")).containsExactly("one");
      assertThat(rows(alice, "SELECT count(*) FROM diary a JOIN diary b ON a.day = b.day"))
          .containsExactly("2");
      assertThatThrownBy(() -> rows(alice, "SELECT * FROM pg_dist_authinfo"))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> rows(alice, "SELECT set_config('role', 'mesh', false)"))
          .hasMessageContaining("permission denied to set role");
    }
  }

  @Test
  void the_schema_changes_on_all_shards() throws SQLException {
    run(
        "CREATE TABLE notes (id int PRIMARY KEY, body text)",
        "SELECT create_distributed_table('notes', 'id')",
        "INSERT INTO notes SELECT i, 'note' FROM generate_series(1, 10) i",
        "ALTER TABLE notes ADD COLUMN stars int NOT NULL DEFAULT 3",
        "CREATE INDEX notes_stars ON notes (stars)");
    assertThat(rows("SELECT sum(stars) FROM notes")).containsExactly("30");
    assertThat(
            rows(
                "SELECT bool_and(result::int = 2) FROM run_command_on_shards('notes',"
                    + " $$SELECT count(*) FROM pg_indexes WHERE format('%I.%I', schemaname, tablename) = '%s'$$)"))
        .hasSize(1);
    run("TRUNCATE notes", "DROP TABLE notes");
    assertThat(rows("SELECT count(*) FROM pg_dist_partition WHERE logicalrelid::text = 'notes'"))
        .containsExactly("0");
  }

  @Test
  void rows_are_copied_in_and_out() throws Exception {
    run(
        "CREATE TABLE lines (id int PRIMARY KEY, words text)",
        "SELECT create_distributed_table('lines', 'id')");
    try (Connection connection = mesh.connect()) {
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      assertThat(
              copy.copyIn(
                  "COPY lines FROM STDIN (FORMAT csv)", new StringReader("1,a\n2,b\n3,c\n")))
          .isEqualTo(3);
      var out = new java.io.StringWriter();
      copy.copyOut("COPY lines TO STDOUT", out);
      assertThat(out.toString().lines()).containsExactlyInAnyOrder("1\ta", "2\tb", "3\tc");
    }
  }

  @Test
  void catalog_functions_and_views_answer() throws SQLException {
    run(
        "CREATE TABLE sized (id int PRIMARY KEY)",
        "SELECT create_distributed_table('sized', 'id', shard_count => 4)",
        "INSERT INTO sized SELECT generate_series(1, 100)");
    assertThat(
            rows(
                "SELECT citus_table_type, distribution_column, shard_count, table_owner FROM citus_tables"
                    + " WHERE table_name = 'sized'::regclass"))
        .containsExactly("distributed|id|4|mesh");
    assertThat(rows("SELECT citus_table_size('sized') > 0")).containsExactly("t");
    assertThat(rows("SELECT count(*) FROM citus_nodes WHERE role = 'worker' AND active"))
        .containsExactly("2");
    assertThat(rows("SELECT bool_and(success) FROM run_command_on_workers('SELECT 1')"))
        .containsExactly("t");
    assertThat(rows("SELECT get_shard_id_for_distribution_column('sized', 5) IS NOT NULL"))
        .containsExactly("t");
    run("SELECT undistribute_table('sized')");
    assertThat(rows("SELECT count(*) FROM sized")).containsExactly("100");
  }

  @Test
  void a_restart_finds_everything_as_it_was() throws Exception {
    run(
        "CREATE TABLE kept (id int PRIMARY KEY, word text)",
        "SELECT create_distributed_table('kept', 'id')",
        "INSERT INTO kept SELECT i, 'word' FROM generate_series(1, 10) i");
    mesh.restart();
    assertThat(rows("SELECT count(*) FROM kept")).containsExactly("10");
    run("INSERT INTO kept VALUES (11, 'more')", "UPDATE kept SET word = 'new'");
    assertThat(rows("SELECT DISTINCT word FROM kept")).containsExactly("new");
  }

  @Test
  void a_server_that_cannot_prove_its_name_is_not_spoken_to(@TempDir Path folder) throws Exception {
    assertThat(mesh.refusal("127.0.0.1", mesh.rootCertificate()))
        .contains("cannot start: no encrypted connection to 127.0.0.1:", "another host name");
    var stranger = ServerCertificate.make(folder);
    assertThat(mesh.refusal("localhost", stranger.certificate()))
        .contains("cannot start: no encrypted connection to localhost:", "does not vouch");
  }

  @Test
  void no_password_is_written_to_logs() throws Exception {
    assertThat(mesh.written())
        .isNotEmpty()
        .doesNotContain(ManagedServer.PASSWORD)
        .doesNotContain(mesh.loopbackSecret());
  }

  private static void run(String... statements) throws SQLException {
    try (Connection connection = mesh.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static List<String> rows(String query) throws SQLException {
    try (Connection connection = mesh.connect()) {
      return rows(connection, query);
    }
  }

  private static List<String> rows(Connection connection, String query) throws SQLException {
    var found = new ArrayList<String>();
    try (Statement statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      while (rows.next()) {
        var row = new ArrayList<String>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.add(rows.getString(i));
        }
        found.add(String.join("|", row));
      }
    }
    return found;
  }
}
