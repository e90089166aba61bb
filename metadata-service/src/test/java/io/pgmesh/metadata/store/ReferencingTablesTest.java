package io.pgmesh.metadata.store;

import static io.pgmesh.metadata.store.TestServers.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Local tables whose foreign keys point to a table that is being distributed. */
class ReferencingTablesTest {
  private static final String DISTRIBUTE = "SELECT create_distributed_table('pa', 'k')";
  private static TestServers servers;
  private static Connection mesh;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    servers = TestServers.start(folder);
    mesh = servers.meshDatabase("mesh");
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  @BeforeEach
  void make_the_table() throws SQLException {
    run(mesh, "CREATE TABLE pa (k int PRIMARY KEY, v int UNIQUE, up int REFERENCES pa)");
    run(mesh, "ALTER TABLE pa DROP CONSTRAINT pa_v_key, DROP CONSTRAINT pa_up_fkey");
    run(mesh, "ALTER TABLE pa ADD CONSTRAINT own FOREIGN KEY (k) REFERENCES pa");
  }

  @AfterEach
  void drop_the_tables() throws SQLException {
    run(mesh, "DROP TABLE IF EXISTS ca CASCADE");
    run(mesh, "DROP TABLE pa CASCADE");
  }

  private static void assertRefused(String sql, String message) {
    SQLException refusal = catchThrowableOfType(SQLException.class, () -> run(mesh, sql));
    assertThat(refusal == null).as("refused: " + sql).isFalse();
    assertThat(refusal.getMessage()).contains(message);
    assertThat(refusal.getSQLState()).isEqualTo("0A000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "its own key is another column    | id int PRIMARY KEY, k int REFERENCES pa ON DELETE CASCADE",
        "its column is of another type    | k bigint REFERENCES pa",
        "shards cannot do this on DELETE  | k int REFERENCES pa ON DELETE SET NULL",
        "shards cannot do this on UPDATE  | k int REFERENCES pa ON UPDATE SET NULL"
      })
  void one_that_cannot_be_colocated_keeps_the_table_local(String reason, String columns)
      throws SQLException {
    run(mesh, "CREATE TABLE ca (" + columns + ")");
    assertRefused(
        DISTRIBUTE,
        "foreign keys from reference tables and local tables to distributed tables are not supported");
    assertThat(run(mesh, "SELECT FROM pg_dist_partition WHERE logicalrelid = 'pa'::regclass"))
        .as(reason)
        .isEmpty();
    run(mesh, "ALTER TABLE ca DROP CONSTRAINT ca_k_fkey");
    run(mesh, DISTRIBUTE);
  }

  @Test
  void one_with_rows_keeps_the_table_local() throws SQLException {
    run(mesh, "INSERT INTO pa (k) VALUES (1)");
    run(mesh, "CREATE TABLE ca (k int REFERENCES pa)");
    run(mesh, "INSERT INTO ca VALUES (1)");
    assertRefused(DISTRIBUTE, "local tables to distributed tables are not supported");
  }

  @Test
  void a_key_to_another_column_keeps_the_table_local() throws SQLException {
    run(mesh, "ALTER TABLE pa ADD CONSTRAINT both_unique UNIQUE (v, k)");
    run(
        mesh,
        "CREATE TABLE ca (a int, b int, FOREIGN KEY (a, b) REFERENCES pa (v, k), UNIQUE (a))");
    assertRefused(DISTRIBUTE, "local tables to distributed tables are not supported");
    run(mesh, "ALTER TABLE ca DROP CONSTRAINT ca_a_key");
    run(mesh, DISTRIBUTE);
  }

  @Test
  void one_without_rows_follows_and_takes_none_before() throws SQLException {
    run(
        mesh,
        "CREATE TABLE ca (id int, k int REFERENCES pa ON DELETE CASCADE, PRIMARY KEY (k, id))");
    run(mesh, DISTRIBUTE);
    assertRefused(
        "INSERT INTO ca VALUES (1, 1)", "its foreign key points to distributed table \"pa\"");
    run(mesh, "SELECT create_distributed_table('ca', 'k', colocate_with => 'pa')");
    assertThat(
            run(
                mesh,
                "SELECT count(*) FROM pg_trigger WHERE tgname = '!pgmesh_waits'"
                    + " AND tgrelid = 'ca'::regclass"))
        .containsExactly("0");
  }

  @Test
  void one_that_loses_its_key_takes_rows_again() throws SQLException {
    run(mesh, "CREATE TABLE ca (k int REFERENCES pa)");
    run(mesh, DISTRIBUTE);
    run(mesh, "ALTER TABLE ca DROP CONSTRAINT ca_k_fkey");
    run(mesh, "INSERT INTO ca VALUES (1)");
    assertThat(run(mesh, "SELECT k FROM ca")).containsExactly("1");
  }

  @Test
  void local_tables_may_point_to_a_reference_table() throws SQLException {
    run(mesh, "CREATE TABLE ca (k int REFERENCES pa)");
    run(mesh, "SELECT create_reference_table('pa')");
    run(mesh, "INSERT INTO pa (k) VALUES (1)");
    run(mesh, "INSERT INTO ca VALUES (1)");
    assertThat(run(mesh, "SELECT k FROM ca")).containsExactly("1");
  }
}
