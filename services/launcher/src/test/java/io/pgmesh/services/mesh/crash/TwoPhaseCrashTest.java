package io.pgmesh.services.mesh.crash;

import static io.pgmesh.services.mesh.crash.MeshState.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * The process that drives a two-phase commit ends at each of its steps: the next one makes of it
 * all or nothing, by whether the decision had fallen.
 */
@TestInstance(Lifecycle.PER_CLASS)
class TwoPhaseCrashTest {
  private static final int KILLED = 137;
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(30);
  private static final Duration RECOVERED_WITHIN = Duration.ofSeconds(5);

  /** Where it ends, and what must be there then. */
  private enum Halt {
    FIRST_PREPARED(false),
    ALL_PREPARED(false),
    DECIDED(true),
    FIRST_COMMITTED(true);

    final boolean committed;

    Halt(boolean committed) {
      this.committed = committed;
    }

    String flag() {
      return "-Dpgmesh.halt-at=" + name();
    }

    Optional<Halt> next() {
      return Arrays.stream(values()).filter(other -> other.ordinal() == ordinal() + 1).findAny();
    }
  }

  private ExternalMesh mesh;
  private List<String> keys; // two, on different workers

  @BeforeAll
  void start() throws Exception {
    mesh = ExternalMesh.start();
    mesh.state()
        .run(
            "CREATE TABLE pairs (key int PRIMARY KEY, value int)",
            "SELECT create_distributed_table('pairs', 'key')",
            "CREATE TABLE notes (key int PRIMARY KEY, value int)",
            "CREATE TABLE rates (key int PRIMARY KEY, value int)",
            "SELECT create_reference_table('rates')");
    keys = keysOnDifferentWorkers();
    mesh.state().run(each(List.of("pairs", "notes", "rates"), "INSERT INTO %s VALUES (%s, 0)"));
  }

  @AfterAll
  void stop() throws Exception {
    if (mesh != null) {
      mesh.close();
    }
  }

  @Test
  void a_commit_over_two_workers_is_all_there_or_not_at_all() throws SQLException {
    haltAtEachStep(List.of("pairs"));
  }

  @Test
  void a_commit_with_local_and_reference_tables_is_all_there_or_not_at_all() throws SQLException {
    haltAtEachStep(List.of("pairs", "notes", "rates"));
  }

  /** The shards come last, so that the transaction carries its reference rows before them. */
  @Test
  void a_commit_that_carries_reference_rows_is_all_there_or_not_at_all() throws SQLException {
    haltAtEachStep(List.of("rates", "pairs"));
  }

  /** Each start recovers from the halt before it, and is made to halt at the next step. */
  private void haltAtEachStep(List<String> tables) throws SQLException {
    mesh.state().run(updates(tables, "0")); // whatever other tests have left
    mesh.launcher().close();
    mesh.launcher().launch(Halt.FIRST_PREPARED.flag());
    for (Halt halt : Halt.values()) {
      int before = value(tables);
      commitAndDie(tables);
      mesh.launcher().launch(halt.next().stream().map(Halt::flag).toArray(String[]::new));
      mesh.state().awaitNothingPrepared(RECOVERED_WITHIN);
      assertThat(value(tables)).as("after %s", halt).isEqualTo(before + (halt.committed ? 1 : 0));
      assertNoLocks(tables);
      mesh.state().assertReplicated("rates");
    }
  }

  private void commitAndDie(List<String> tables) throws SQLException {
    try (Connection connection = DriverManager.getConnection(mesh.endpoint().jdbc());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String update : updates(tables, "value + 1")) {
        statement.execute(update);
      }
      assertThatThrownBy(connection::commit)
          .isInstanceOfSatisfying(
              SQLException.class, lost -> assertThat(lost.getSQLState()).startsWith("08"));
    }
    assertThat(mesh.launcher().awaitEnd(ENDS_WITHIN)).isEqualTo(KILLED);
  }

  /** The value that all rows have. */
  private int value(List<String> tables) throws SQLException {
    var found = new ArrayList<String>();
    for (String table : tables) {
      found.addAll(
          texts(
              mesh.endpoint(),
              "SELECT value FROM " + table + " WHERE key IN (" + String.join(",", keys) + ")"));
    }
    assertThat(found).hasSize(keys.size() * tables.size()).containsOnly(found.getFirst());
    return Integer.parseInt(found.getFirst());
  }

  private void assertNoLocks(List<String> tables) throws SQLException {
    var statements = updates(tables, "value");
    statements.addFirst("SET lock_timeout = '1s'");
    mesh.state().run(statements);
  }

  private List<String> updates(List<String> tables, String value) {
    return each(tables, "UPDATE %s SET value = " + value + " WHERE key = %s");
  }

  private List<String> each(List<String> tables, String template) {
    var statements = new ArrayList<String>();
    tables.forEach(table -> keys.forEach(key -> statements.add(template.formatted(table, key))));
    return statements;
  }

  private List<String> keysOnDifferentWorkers() throws SQLException {
    return texts(
        mesh.endpoint(),
        """
        SELECT min(key) FROM generate_series(1, 100) key
        JOIN pg_dist_placement p ON p.shardid = get_shard_id_for_distribution_column('pairs', key)
        GROUP BY p.groupid""");
  }
}
