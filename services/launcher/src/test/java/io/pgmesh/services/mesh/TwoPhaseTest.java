package io.pgmesh.services.mesh;

import static io.pgmesh.services.mesh.Jdbc.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** Changes of reference tables that a transaction carries to the workers itself. */
@ExtendWith(WithMesh.class)
class TwoPhaseTest {
  private static final String WAITING =
      "SELECT count(*) FROM run_command_on_workers('SELECT count(*) FROM pg_locks WHERE NOT granted')"
          + " WHERE result <> '0'";

  private Endpoint mesh;
  private Connection connection;

  @BeforeEach
  void connect(Endpoint endpoint) throws SQLException {
    mesh = endpoint;
    connection = open("");
    run(connection, "DROP SCHEMA IF EXISTS carried CASCADE");
    run(connection, "CREATE SCHEMA carried");
    run(connection, "CREATE TABLE carried.parent (id int PRIMARY KEY, name text)");
    run(connection, "SELECT create_reference_table('carried.parent')");
    run(connection, "CREATE TABLE carried.child (id int PRIMARY KEY, parent int)");
    run(connection, "SELECT create_distributed_table('carried.child', 'id', shard_count => 4)");
    pointTo("NO ACTION");
  }

  private void pointTo(String action) throws SQLException {
    run(connection, "ALTER TABLE carried.child DROP CONSTRAINT IF EXISTS points");
    run(
        connection,
        "ALTER TABLE carried.child ADD CONSTRAINT points FOREIGN KEY (parent)"
            + " REFERENCES carried.parent ON DELETE "
            + action
            + " ON UPDATE "
            + action);
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.setAutoCommit(false);
    connection.rollback();
    connection.setAutoCommit(true);
    run(connection, "DROP SCHEMA carried CASCADE");
    connection.close();
  }

  private Connection open(String options) throws SQLException {
    var opened = DriverManager.getConnection(mesh.jdbc() + options);
    run(opened, "SET search_path = carried, public");
    return opened;
  }

  /** What the primary copy and all replicas hold, which is the same. */
  private String everywhere(String table) throws SQLException {
    String contents =
        "SELECT coalesce(string_agg(t::text, ' ' ORDER BY t::text), '-') FROM carried.%s t"
            .formatted(table);
    List<String> primary = run(connection, contents);
    List<String> replicas =
        run(
            connection,
            "SELECT DISTINCT result FROM run_command_on_workers('%s')"
                .formatted(contents.replace("'", "''")));
    assertThat(replicas).isEqualTo(primary);
    return primary.getFirst();
  }

  private String children() throws SQLException {
    return run(
            connection,
            "SELECT coalesce(string_agg(id || '>' || parent, ' ' ORDER BY id), '-') FROM carried.child")
        .getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&preferQueryMode=simple", "&prepareThreshold=1"})
  void a_transaction_points_to_a_row_that_it_inserts(String protocol) throws SQLException {
    try (var client = open("&" + protocol.replace("&", ""))) {
      client.setAutoCommit(false);
      run(client, "INSERT INTO parent VALUES (1, 'a'), (2, 'b')");
      run(client, "INSERT INTO child VALUES (10, 1), (11, 2), (12, 2)");
      run(client, "INSERT INTO parent VALUES (3, 'c')");
      run(client, "UPDATE child SET parent = 3 WHERE id = 12");
      run(client, "INSERT INTO child VALUES (10, 3) ON CONFLICT (id) DO UPDATE SET parent = 3");
      run(client, "INSERT INTO parent VALUES (4, 'only logged after the children')");
      assertThat(
              run(
                  client,
                  "SELECT p.name FROM child c JOIN parent p ON p.id = c.parent ORDER BY c.id"))
          .containsExactly("c", "b", "c");
      client.commit();
    }
    assertThat(everywhere("parent"))
        .isEqualTo("(1,a) (2,b) (3,c) (4,\"only logged after the children\")");
    assertThat(children()).isEqualTo("10>3 11>2 12>3");
  }

  @Test
  void a_copy_and_an_insert_of_a_query_point_to_new_rows() throws Exception {
    connection.setAutoCommit(false);
    run(connection, "INSERT INTO parent SELECT i, 'n' || i FROM generate_series(1, 2000) AS i");
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn("COPY child FROM STDIN", new StringReader("1\t1\n2\t2000\n"));
    run(
        connection,
        "INSERT INTO child SELECT id + 100, id FROM parent WHERE id BETWEEN 500 AND 502");
    connection.commit();
    assertThat(children()).isEqualTo("1>1 2>2000 600>500 601>501 602>502");
    assertThat(everywhere("parent")).contains("(2000,n2000)");
  }

  @Test
  void a_function_points_to_rows_that_it_inserts() throws SQLException {
    run(
        connection,
        """
        DO $$
        BEGIN
          INSERT INTO parent VALUES (1, 'a');
          INSERT INTO child VALUES (10, 1);
          BEGIN
            INSERT INTO parent VALUES (2, 'undone');
            INSERT INTO child VALUES (11, 2);
            RAISE EXCEPTION 'back';
          EXCEPTION WHEN raise_exception THEN
            NULL;
          END;
          INSERT INTO parent VALUES (2, 'b');
          UPDATE child SET parent = 2;
        END
        $$""");
    assertThat(everywhere("parent")).isEqualTo("(1,a) (2,b)");
    assertThat(children()).isEqualTo("10>2");
  }

  @Test
  void savepoints_undo_what_was_carried_and_no_more() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "INSERT INTO parent VALUES (1, 'before')");
    run(connection, "SAVEPOINT one");
    run(connection, "INSERT INTO child VALUES (10, 1)"); // carries 1 after the savepoint
    run(connection, "INSERT INTO parent VALUES (2, 'inside')");
    run(connection, "SAVEPOINT two");
    run(connection, "INSERT INTO child VALUES (11, 2)");
    run(connection, "ROLLBACK TO SAVEPOINT two");
    run(connection, "INSERT INTO child VALUES (12, 2)");
    run(connection, "ROLLBACK TO SAVEPOINT one");
    run(connection, "INSERT INTO child VALUES (13, 1)");
    run(connection, "SAVEPOINT three");
    assertThatThrownBy(() -> run(connection, "INSERT INTO child VALUES (14, 2)"))
        .hasMessageContaining("\"points\"");
    run(connection, "ROLLBACK TO SAVEPOINT three");
    run(connection, "RELEASE SAVEPOINT three");
    run(connection, "INSERT INTO parent VALUES (5, 'after')");
    connection.commit();
    assertThat(everywhere("parent")).isEqualTo("(1,before) (5,after)");
    assertThat(children()).isEqualTo("13>1");
  }

  @Test
  void a_rollback_undoes_all_of_it() throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "INSERT INTO parent VALUES (1, 'a')");
    run(connection, "INSERT INTO child VALUES (10, 1)");
    connection.rollback();
    assertThat(everywhere("parent")).isEqualTo("-");
    assertThat(children()).isEqualTo("-");
    run(connection, "INSERT INTO parent VALUES (1, 'later')");
    connection.commit();
    assertThat(everywhere("parent")).isEqualTo("(1,later)");
  }

  @Test
  void later_changes_of_carried_rows_come_after_them() throws SQLException {
    for (int i = 1; i <= 20; i++) {
      connection.setAutoCommit(false);
      run(connection, "INSERT INTO parent VALUES (" + i + ", 'new')");
      run(connection, "INSERT INTO child VALUES (" + i + ", " + i + ")");
      connection.commit();
      connection.setAutoCommit(true);
      run(connection, "UPDATE parent SET name = 'logged' WHERE id = " + i);
      assertThat(everywhere("parent")).contains("(" + i + ",logged)");
    }
    connection.setAutoCommit(false);
    run(connection, "UPDATE parent SET name = 'carried ' || name");
    run(connection, "UPDATE child SET id = id WHERE id = 1");
    connection.commit();
    assertThat(everywhere("parent")).contains("(1,\"carried logged\")").doesNotContain(",logged");
  }

  private CompletableFuture<String> inBackground(String sql) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (var client = open("")) {
            run(client, sql);
            return "done";
          } catch (SQLException e) {
            return e.getSQLState() + " " + e.getMessage();
          }
        });
  }

  private void untilSomebodyWaits() throws Exception {
    Await.until(
        "a worker's lock is waited for",
        Duration.ofSeconds(30),
        () -> !run(connection, WAITING).equals(List.of("0")));
  }

  @Test
  void a_parent_is_not_deleted_while_a_child_is_inserted() throws Exception {
    run(connection, "INSERT INTO parent VALUES (1, 'a')");
    try (var inserting = open("")) {
      inserting.setAutoCommit(false);
      run(inserting, "INSERT INTO child VALUES (10, 1)");
      var deleting = inBackground("DELETE FROM parent WHERE id = 1");
      untilSomebodyWaits();
      assertThat(deleting).isNotDone();
      inserting.commit();
      assertThat(deleting.get(30, TimeUnit.SECONDS))
          .startsWith("23503")
          .contains(
              "update or delete on table \"parent\" violates foreign key constraint \"points\" on table \"child\"")
          .contains("Key (id)=(1) is still referenced from table \"child\".");
    }
    assertThat(everywhere("parent")).isEqualTo("(1,a)");
  }

  @Test
  void a_child_is_not_inserted_while_its_parent_is_deleted() throws Exception {
    run(connection, "INSERT INTO parent VALUES (1, 'a'), (2, 'b')");
    try (var deleting = open("")) {
      deleting.setAutoCommit(false);
      run(deleting, "DELETE FROM parent WHERE id = 1");
      var inserting = inBackground("INSERT INTO child VALUES (10, 1)");
      untilSomebodyWaits();
      assertThat(inserting).isNotDone();
      deleting.commit();
      assertThat(inserting.get(30, TimeUnit.SECONDS))
          .startsWith("23503")
          .contains("violates foreign key constraint \"points\"");
    }
    try (var deleting = open("")) {
      deleting.setAutoCommit(false);
      run(deleting, "DELETE FROM parent WHERE id = 2");
      var inserting = inBackground("INSERT INTO child VALUES (11, 2)");
      untilSomebodyWaits();
      deleting.rollback();
      assertThat(inserting.get(30, TimeUnit.SECONDS)).isEqualTo("done");
    }
    assertThat(everywhere("parent")).isEqualTo("(2,b)");
    assertThat(children()).isEqualTo("11>2");
  }

  @Test
  void what_a_key_cascades_reaches_the_shards() throws SQLException {
    pointTo("CASCADE");
    run(connection, "INSERT INTO parent VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    run(connection, "INSERT INTO child VALUES (10, 1), (11, 2), (12, 3)");
    run(connection, "UPDATE parent SET id = 5 WHERE id = 1");
    run(connection, "DELETE FROM parent WHERE id = 2");
    assertThat(children()).isEqualTo("10>5 12>3");
    pointTo("SET NULL");
    run(connection, "DELETE FROM parent WHERE id = 3");
    assertThat(run(connection, "SELECT id, parent FROM child ORDER BY id"))
        .containsExactly("10|5", "12|null");
    assertThat(everywhere("parent")).isEqualTo("(5,a)");
  }

  @Test
  void a_table_may_ask_for_two_phase_commit_always() throws SQLException {
    run(connection, "CREATE TABLE always (a int, b text)"); // no key
    run(connection, "SELECT create_reference_table('always', propagation => 'two_phase')");
    run(connection, "INSERT INTO always VALUES (1, 'x'), (1, 'x'), (2, null)");
    assertThat(everywhere("always")).isEqualTo("(1,x) (1,x) (2,)");
    run(connection, "DELETE FROM always WHERE ctid = (SELECT min(ctid) FROM always)");
    run(connection, "UPDATE always SET b = 'y' WHERE a = 2");
    assertThat(everywhere("always")).isEqualTo("(1,x) (2,y)");
    connection.setAutoCommit(false);
    run(connection, "TRUNCATE always");
    run(connection, "INSERT INTO always VALUES (3, 'z')");
    connection.commit();
    assertThat(everywhere("always")).isEqualTo("(3,z)");
    assertThatThrownBy(
            () ->
                run(
                    connection,
                    "SELECT create_reference_table('child', propagation => 'sometimes')"))
        .hasMessageContaining("unknown propagation 'sometimes'");
  }

  @Test
  void a_function_carries_more_than_its_caller_may_write() throws SQLException {
    var role =
        "DO $$BEGIN IF to_regrole('carrying_app') IS NULL THEN CREATE ROLE carrying_app LOGIN; END IF; END$$";
    run(connection, role);
    run(connection, "SELECT run_command_on_workers($c$" + role + "$c$)");
    run(connection, "GRANT USAGE ON SCHEMA carried TO carrying_app");
    run(
        connection,
        "SELECT run_command_on_workers('GRANT USAGE ON SCHEMA carried TO carrying_app')");
    run(connection, "GRANT INSERT, SELECT ON child TO carrying_app");
    run(
        connection,
        "CREATE FUNCTION carried.parent_of(given int) RETURNS void LANGUAGE sql SECURITY DEFINER"
            + " AS 'INSERT INTO carried.parent VALUES (given, ''made'')'");
    var app = new Endpoint(mesh.host(), mesh.port(), "carrying_app", mesh.database());
    try (var client = DriverManager.getConnection(app.jdbc())) {
      client.setAutoCommit(false);
      run(client, "SELECT carried.parent_of(1)");
      run(client, "INSERT INTO carried.child VALUES (10, 1)");
      client.commit();
      assertThat(
              run(
                  client,
                  "SELECT DISTINCT success, result FROM run_command_on_workers($c$SELECT"
                      + " pgmesh.write_replica('', 'DELETE FROM carried.parent', '{}', 0)$c$)"))
          .containsExactly("f|ERROR:  only the mesh itself may write replicas");
      client.rollback();
    }
    assertThat(everywhere("parent")).isEqualTo("(1,made)");
    assertThat(children()).isEqualTo("10>1");
    run(connection, "DROP OWNED BY carrying_app");
  }

  @Test
  void a_setting_asks_for_it_too() throws SQLException {
    run(connection, "SET pgmesh.reference_commit = 'two_phase'");
    run(connection, "INSERT INTO parent VALUES (1, 'a')");
    assertThat(everywhere("parent")).isEqualTo("(1,a)");
    assertThat(
            run(
                connection,
                "SELECT DISTINCT carried_groups FROM pgmesh.change_transaction t JOIN pgmesh.change_log l USING (xid)"
                    + " WHERE l.relation = 'parent'::regclass"))
        .isSubsetOf("{1,2}"); // none when all is trimmed already
    assertThatThrownBy(() -> run(connection, "SET pgmesh.reference_commit = 'logged'"))
        .hasMessageContaining("invalid value for parameter \"pgmesh.reference_commit\"");
    // only running the DO block tells the value: it is looked at when it is used
    run(connection, "SET pgmesh.reference_commit = 'applied'");
    run(
        connection,
        "DO $$ BEGIN PERFORM set_config('pgmesh.reference_commit', 'logged', false); END $$");
    assertThatThrownBy(() -> run(connection, "INSERT INTO parent VALUES (2, 'b')"))
        .hasMessageContaining("invalid value for parameter \"pgmesh.reference_commit\"");
    run(connection, "RESET pgmesh.reference_commit");
    run(connection, "INSERT INTO parent VALUES (3, 'c')");
    assertThat(everywhere("parent")).isEqualTo("(1,a) (3,c)");
  }
}
