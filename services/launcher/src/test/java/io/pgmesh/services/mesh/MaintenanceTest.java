package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** VACUUM and ANALYZE without a table reach what the coordinator database has, and all shards. */
@ExtendWith(WithMesh.class)
class MaintenanceTest {
  private static final String SHARDS =
      """
      SELECT DISTINCT result FROM run_command_on_shards('kept.spread',
        $$SELECT reltuples >= 0 FROM pg_class WHERE oid = '%s'::regclass$$)
      """;
  private static final String REPLICAS =
      """
      SELECT DISTINCT result FROM run_command_on_workers(
        $$SELECT reltuples FROM pg_class WHERE oid = 'kept.everywhere'::regclass$$)
      """;

  private Connection client;

  @BeforeEach
  void make_tables(Endpoint mesh) throws SQLException {
    client = DriverManager.getConnection(mesh.jdbc());
    for (String sql :
        List.of(
            "CREATE SCHEMA kept",
            "CREATE TABLE kept.spread (k int)",
            "CREATE TABLE kept.everywhere (k int PRIMARY KEY)",
            "CREATE TABLE kept.here (k int)",
            "SELECT create_distributed_table('kept.spread', 'k', shard_count => 4)",
            "SELECT create_reference_table('kept.everywhere')",
            "INSERT INTO kept.spread SELECT generate_series(1, 100)",
            "INSERT INTO kept.everywhere SELECT generate_series(1, 10)",
            "INSERT INTO kept.here SELECT generate_series(1, 20)")) {
      Jdbc.run(client, sql);
    }
  }

  @AfterEach
  void drop_tables() throws SQLException {
    client.setAutoCommit(true);
    Jdbc.run(client, "DROP SCHEMA kept CASCADE");
    client.close();
  }

  private void assertAllWasLookedAt() throws SQLException {
    assertThat(Jdbc.run(client, SHARDS)).containsExactly("t");
    assertThat(Jdbc.run(client, REPLICAS)).containsExactly("10");
    assertThat(Jdbc.run(client, "SELECT reltuples FROM pg_class WHERE oid = 'kept.here'::regclass"))
        .containsExactly("20");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ANALYZE",
        "ANALYZE (VERBOSE)",
        "VACUUM",
        "VACUUM ANALYZE",
        "VACUUM (ANALYZE, VERBOSE)"
      })
  void all_tables(String sql) throws SQLException {
    assertThat(Jdbc.run(client, SHARDS)).containsExactly("f");
    Jdbc.run(client, sql);
    assertAllWasLookedAt();
  }

  @Test
  void in_a_transaction_only_analyze() throws SQLException {
    client.setAutoCommit(false);
    Jdbc.run(client, "INSERT INTO kept.spread VALUES (101)");
    Jdbc.run(client, "ANALYZE");
    client.commit();
    assertAllWasLookedAt();
    Jdbc.run(client, "INSERT INTO kept.spread VALUES (102)");
    assertThatThrownBy(() -> Jdbc.run(client, "VACUUM ANALYZE"))
        .isInstanceOfSatisfying(
            SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("25001"));
    client.rollback();
  }
}
