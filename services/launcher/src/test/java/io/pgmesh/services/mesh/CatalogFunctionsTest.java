package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import io.pgmesh.services.mesh.wire.Endpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The functions of the SQL API, as a client calls them. */
@ExtendWith(WithMesh.class)
class CatalogFunctionsTest {
  private Connection connection;

  @BeforeEach
  void connect(Endpoint mesh) throws SQLException {
    connection = DriverManager.getConnection(mesh.jdbc());
    run("DROP SCHEMA IF EXISTS functions CASCADE");
    run("CREATE SCHEMA functions");
    run("SET search_path = functions, public");
  }

  @AfterEach
  void disconnect() throws SQLException {
    run("DROP SCHEMA functions CASCADE");
    connection.close();
  }

  private List<String> run(String sql) throws SQLException {
    return Jdbc.run(connection, sql);
  }

  @Test
  void rows_go_to_the_shards_and_come_back() throws SQLException {
    run("CREATE TABLE company (id int PRIMARY KEY, name text)");
    run("CREATE TABLE campaign (id serial, company int, PRIMARY KEY (company, id))");
    run("INSERT INTO company SELECT i, 'c' || i FROM generate_series(1, 500) AS i");
    run("INSERT INTO campaign (company) SELECT i FROM generate_series(1, 500) AS i");
    run("SELECT create_distributed_table('company', 'id', shard_count => 4)");
    run("SELECT create_distributed_table('campaign', 'company', colocate_with => 'company')");
    run("ALTER TABLE campaign ADD FOREIGN KEY (company) REFERENCES company");
    assertThat(
            run(
                "SELECT sum(result::int) FROM run_command_on_shards('company', 'SELECT count(*) FROM %s')"))
        .containsExactly("500");
    assertThat(run("SELECT count(*) FROM company c JOIN campaign k ON k.company = c.id"))
        .containsExactly("500");
    run("SELECT undistribute_table('company', cascade_via_foreign_keys => true)");
    assertThat(run("SELECT count(*), (SELECT count(*) FROM campaign) FROM company"))
        .containsExactly("500|500");
    assertThat(run("SELECT count(*) FROM citus_tables WHERE table_name::text LIKE '%company%'"))
        .containsExactly("0");
  }

  @Test
  void one_function_makes_a_table_distributes_it_and_uses_it() throws SQLException {
    run(
        """
        DO $$
        DECLARE
          given int;
        BEGIN
          CREATE TABLE made (id serial PRIMARY KEY, v text);
          PERFORM create_distributed_table('made', 'id', shard_count => 4);
          INSERT INTO made (v) SELECT 'b' FROM generate_series(1, 1000);
          INSERT INTO made (v) VALUES ('last') RETURNING id INTO given;
          UPDATE made SET v = 'c' WHERE id = given;
        END
        $$
        """);
    assertThat(run("SELECT v, count(*) FROM made GROUP BY v ORDER BY v"))
        .containsExactly("b|1000", "c|1");
  }

  @Test
  void what_a_transaction_distributed_is_gone_after_rollback() throws SQLException {
    connection.setAutoCommit(false);
    run("CREATE TABLE undone (id int)");
    run("SELECT create_distributed_table('undone', 'id', shard_count => 4)");
    run("INSERT INTO undone SELECT generate_series(1, 100)");
    assertThat(run("SELECT count(*) FROM undone")).containsExactly("100");
    connection.rollback();
    connection.setAutoCommit(true);
    assertThat(
            run(
                "SELECT DISTINCT result FROM run_command_on_workers("
                    + "'SELECT count(*) FROM pg_class WHERE relname LIKE ''undone%''')"))
        .containsExactly("0");
  }

  @Test
  void a_worker_joins_is_seeded_leaves_and_joins_again(@TempDir Path folder) throws Exception {
    run("CREATE TABLE first (code text PRIMARY KEY)");
    run("CREATE TABLE second (id int PRIMARY KEY, code text REFERENCES first)");
    run("INSERT INTO first SELECT i::text FROM generate_series(1, 3000) AS i");
    run("SELECT create_reference_table('first')");
    run("SELECT create_reference_table('second')");
    run("INSERT INTO second VALUES (1, '1')");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (var server =
        PostgresServer.start(folder.resolve("worker"), PostgresSettings.onFreePort())) {
      String node = "'127.0.0.1', " + server.port();
      for (int time = 1; time <= 2; time++) {
        run("SELECT citus_add_node(" + node + ")");
        run("INSERT INTO first VALUES ('time " + time + "')");
        assertThat(
                run(
                    "SELECT DISTINCT result FROM run_command_on_workers('SELECT count(*) FROM functions.first')"))
            .containsExactly("" + (3000 + time));
        run("SELECT citus_remove_node(" + node + ")");
      }
      assertThat(run("SELECT count(*) FROM citus_nodes WHERE nodeport = " + server.port()))
          .containsExactly("0");
    }
  }

  @Test
  void mistakes_are_told_as_users_of_citus_know_them() throws SQLException {
    run("CREATE TABLE local (id int PRIMARY KEY)");
    run("CREATE TABLE pointing (id int PRIMARY KEY REFERENCES local)");
    assertRefused(
        "SELECT create_distributed_table('pointing', 'id')",
        "referenced table \"local\" must be a distributed table or a reference table");
    run("SELECT create_distributed_table('local', 'id')");
    assertRefused(
        "SELECT create_distributed_table('local', 'id')", "table \"local\" is already distributed");
    assertRefused("SELECT citus_remove_node('nowhere', 1)", "node at \"nowhere:1\" does not exist");
    assertRefused("SELECT citus_add_node('127.0.0.1', 1)", "could not connect");
  }

  private void assertRefused(String sql, String message) {
    assertThatThrownBy(() -> run(sql)).hasMessageContaining(message);
  }
}
