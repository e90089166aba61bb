package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session locks over several shards, as another session finds it. */
@ExtendWith(WithMesh.class)
class RowLocksTest {
  /** Runs in the coordinator database, which reads and locks through the mesh. */
  private static final String JOIN =
      "SELECT locked.k FROM locked JOIN locking ON locking.k = locked.k ORDER BY 1 FOR UPDATE ";

  private Endpoint mesh;
  private Connection admin;

  @BeforeEach
  void make_tables(Endpoint endpoint) throws SQLException {
    mesh = endpoint;
    admin = open();
    execute(admin, "CREATE TABLE locked (k int PRIMARY KEY, v int)");
    execute(admin, "SELECT create_distributed_table('locked', 'k')");
    execute(admin, "CREATE TABLE locking (k int, v int)");
    execute(admin, "SELECT create_distributed_table('locking', 'v', colocate_with => 'none')");
    execute(admin, "INSERT INTO locked SELECT i, i FROM generate_series(1, 40) i");
    execute(admin, "INSERT INTO locking SELECT i, i FROM generate_series(1, 5) i");
  }

  @AfterEach
  void drop_them() throws SQLException {
    execute(admin, "DROP TABLE locked, locking CASCADE");
    admin.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT k FROM locked WHERE v < 6 ORDER BY v LIMIT 5 FOR UPDATE
          SELECT k FROM locked WHERE v BETWEEN 1 AND 5 ORDER BY k FOR NO KEY UPDATE
          SELECT k FROM locked WHERE v < 6 FOR SHARE
          SELECT locked.k FROM locked JOIN locking ON locking.k = locked.v WHERE locked.v < 6 ORDER BY 1 FOR UPDATE OF locked
          WITH l AS (SELECT k FROM locked WHERE v < 6 FOR UPDATE) SELECT k FROM l ORDER BY 1
          """)
  void locked_rows_are_left_to_their_session(String locking) throws SQLException {
    try (var first = open();
        var second = open()) {
      first.setAutoCommit(false);
      second.setAutoCommit(false);
      assertThat(keys(first, locking)).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
      assertThatThrownBy(() -> keys(second, "SELECT k FROM locked ORDER BY k FOR UPDATE NOWAIT"))
          .isInstanceOfSatisfying(
              SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("55P03"));
      second.rollback();
      assertThat(keys(second, "SELECT k FROM locked ORDER BY k FOR UPDATE SKIP LOCKED"))
          .doesNotContain(1, 2, 3, 4, 5)
          .contains(40);
      second.rollback();
      execute(first, "UPDATE locked SET v = v + 100 WHERE k < 6");
      first.commit();
      assertThat(keys(second, "SELECT k FROM locked WHERE v > 100 ORDER BY k FOR UPDATE NOWAIT"))
          .containsExactly(1, 2, 3, 4, 5);
      second.rollback();
    }
  }

  @Test
  void a_join_on_other_columns_takes_what_is_free_or_refuses() throws SQLException {
    try (var first = open();
        var second = open()) {
      first.setAutoCommit(false);
      assertThat(keys(first, "SELECT k FROM locked WHERE k IN (2, 4) FOR UPDATE"))
          .containsExactlyInAnyOrder(2, 4);
      assertThatThrownBy(() -> keys(second, JOIN + "NOWAIT"))
          .isInstanceOfSatisfying(
              SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("55P03"))
          .hasMessageContaining("could not obtain lock on row in relation \"locked\"");
      assertThat(keys(second, JOIN + "SKIP LOCKED")).containsExactly(1, 3, 5);
      first.rollback();
      assertThat(keys(second, JOIN + "NOWAIT")).containsExactly(1, 2, 3, 4, 5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {JOIN, "SELECT increase()", "EXECUTE waiting", "SELECT k FROM waiting"})
  void a_lone_statement_goes_on_with_the_row_it_waited_for(String waiting) throws Exception {
    execute(
        admin,
        "CREATE OR REPLACE FUNCTION increase() RETURNS int LANGUAGE plpgsql AS"
            + " $$ DECLARE before int; BEGIN"
            + " SELECT v INTO before FROM locked WHERE k = 5;"
            + " UPDATE locked SET v = v + 1 WHERE k = 3;"
            + " RETURN (SELECT v FROM locked WHERE k = 3); END $$");
    try (var first = open();
        var second = open()) {
      first.setAutoCommit(false);
      execute(second, "PREPARE waiting AS " + JOIN);
      execute(second, "CREATE VIEW waiting AS " + JOIN);
      execute(first, "UPDATE locked SET v = 5 WHERE k = 3");
      Callable<List<Integer>> wait = () -> keys(second, waiting);
      var rows = new FutureTask<>(wait);
      Thread.ofVirtual().start(rows);
      Await.until("a worker waits for the row", Duration.ofSeconds(20), this::someoneWaits);
      first.commit();
      assertThat(rows.get(20, TimeUnit.SECONDS)).contains(waiting.contains("increase") ? 6 : 3);
    }
  }

  @Test
  void a_function_that_fails_leaves_nothing_behind() throws SQLException {
    for (String change : List.of("k = 3", "k IN (1, 2, 3, 4, 5, 6)")) {
      assertThatThrownBy(
              () ->
                  execute(
                      admin,
                      "DO $$ BEGIN UPDATE locked SET v = 77 WHERE %s; PERFORM 1 / 0; END $$"
                          .formatted(change)))
          .isInstanceOfSatisfying(
              SQLException.class, error -> assertThat(error.getSQLState()).isEqualTo("22012"));
    }
    assertThat(keys(admin, "SELECT k FROM locked WHERE v = 77")).isEmpty();
    execute(admin, "DO $$ BEGIN UPDATE locked SET v = 77 WHERE k = 3; END $$");
    assertThat(keys(admin, "SELECT k FROM locked WHERE v = 77")).containsExactly(3);
  }

  @Test
  void a_cursor_has_the_rows_of_its_declaration() throws SQLException {
    try (var first = open()) {
      first.setAutoCommit(false);
      execute(first, "DECLARE early CURSOR FOR SELECT v FROM locked WHERE k IN (3, 4) ORDER BY k");
      execute(admin, "UPDATE locked SET v = 50 WHERE k = 3");
      assertThat(keys(first, "FETCH ALL FROM early")).containsExactly(3, 4);
    }
  }

  /** Between its parts, which scan the inner table anew, another statement has run. */
  @Test
  void parts_of_a_query_skip_locked_rows_to_the_end() throws SQLException {
    execute(admin, "INSERT INTO locking SELECT i, i FROM generate_series(6, 40) i");
    try (var first = open();
        var second = open();
        var query = second.prepareStatement(JOIN.replace("ORDER BY 1", "") + "SKIP LOCKED")) {
      first.setAutoCommit(false);
      execute(first, "UPDATE locked SET v = 0 WHERE k = 39");
      second.setAutoCommit(false);
      execute(second, "SET LOCAL enable_hashjoin = off");
      execute(second, "SET LOCAL enable_mergejoin = off");
      execute(second, "SET LOCAL enable_material = off");
      execute(second, "SET LOCAL lock_timeout = '5s'");
      query.setFetchSize(4);
      List<Integer> found = new ArrayList<>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getInt(1));
          keys(second, "SELECT count(*) FROM pg_class");
        }
      }
      assertThat(found).hasSize(39).doesNotContain(39);
    }
  }

  private boolean someoneWaits() throws SQLException {
    String waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = ''Lock''";
    return keys(
                admin,
                "SELECT max(result::int) FROM run_command_on_workers('%s')".formatted(waiting))
            .getFirst()
        > 0;
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection(mesh.jdbc());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<Integer> keys(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      List<Integer> keys = new ArrayList<>();
      while (rows.next()) {
        keys.add(rows.getInt(1));
      }
      return keys;
    }
  }
}
