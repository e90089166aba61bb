package io.pgmesh.executor.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Setting.Scope;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements that workers' connections keep prepared. */
class PreparedStatementsTest {
  private static final String KEPT =
      "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'pgmesh%'";

  private static TestMesh mesh;
  private TestSession session;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    mesh = TestMesh.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    mesh.close();
  }

  @BeforeEach
  void open() throws Exception {
    mesh.sql(1, "DROP TABLE IF EXISTS items; CREATE TABLE items (id int PRIMARY KEY, name text)");
    mesh.sql(1, "INSERT INTO items VALUES (1, 'a'), (2, 'b')");
    session = mesh.session();
    session.onWorker(1, "DEALLOCATE ALL", false);
  }

  private static TestSession.Answer run(TestSession session, String sql, String parameter) {
    var value = parameter.getBytes(StandardCharsets.UTF_8);
    var arguments = new Arguments(List.of(), List.of(), List.of(value), List.of());
    return session.run(new Plan.OneShard(session.task(1, sql), false), arguments);
  }

  private static int kept(TestSession session) {
    return Integer.parseInt(session.onWorker(1, KEPT, false).value());
  }

  @Test
  void a_statement_with_parameters_is_prepared_once() {
    String sql = "SELECT name FROM items WHERE id = $1";
    int before = kept(session);
    assertThat(run(session, sql, "1").value()).isEqualTo("a");
    assertThat(run(session, sql, "2").value()).isEqualTo("b");
    assertThat(run(mesh.session(), sql, "2").value()).isEqualTo("b");
    assertThat(kept(session)).isEqualTo(before + 1);
  }

  @Test
  void constants_are_read_under_the_settings_of_each_session() {
    String sql = "SELECT to_char('01/02/2020'::date, 'MM') || $1::text";
    assertThat(run(session, sql, "").value()).isEqualTo("01");
    var other = new TestSession(mesh, "postgres", Map.of("datestyle", "ISO, DMY"));
    assertThat(run(other, sql, "").value()).isEqualTo("02");
    assertThat(run(session, sql, "").value()).isEqualTo("01");
    session.begin();
    session.set("datestyle", Scope.LOCAL, "SET LOCAL datestyle = 'ISO, DMY'");
    assertThat(run(session, sql, "").value()).isEqualTo("02");
    session.rollback();
    assertThat(run(session, sql, "").value()).isEqualTo("01");
  }

  @Test
  void a_table_that_changed_behind_the_mesh_is_read_as_it_is() throws Exception {
    String sql = "SELECT * FROM items WHERE id = $1";
    assertThat(run(session, sql, "1").rows().getFirst()).hasSize(2);
    mesh.sql(1, "ALTER TABLE items ADD COLUMN more int DEFAULT 7");
    assertThat(run(session, sql, "1").rows().getFirst()).containsExactly("1", "a", "7");
    assertThat(run(session, sql, "2").rows().getFirst()).containsExactly("2", "b", "7");
  }

  @Test
  void statements_that_are_gone_are_prepared_again() {
    String sql = "SELECT name FROM items WHERE id = $1";
    assertThat(run(session, sql, "1").value()).isEqualTo("a");
    session.onWorker(1, "DEALLOCATE ALL", false);
    assertThat(run(session, sql, "1").value()).isEqualTo("a");
    assertThat(run(session, sql, "2").value()).isEqualTo("b");
  }

  @Test
  void errors_of_parse_and_of_execute_leave_nothing_wrong() {
    String division = "SELECT (1 / $1::int)::text";
    assertThat(error(run(session, division, "0"))).isEqualTo("22012");
    assertThat(run(session, division, "1").value()).isEqualTo("1");
    String unknown = "SELECT nothing FROM items WHERE id = $1";
    assertThat(error(run(session, unknown, "1"))).isEqualTo("42703");
    assertThat(error(run(session, unknown, "1"))).isEqualTo("42703");
  }

  @Test
  void a_connection_keeps_a_bounded_number() {
    for (int i = 0; i < 300; i++) {
      assertThat(run(session, "SELECT $1::text || " + i, "x").value()).isEqualTo("x" + i);
    }
    assertThat(kept(session)).isBetween(200, 256);
  }

  private static String error(TestSession.Answer answer) {
    return ((SessionEvent.Failed) answer.closing()).error().code();
  }
}
