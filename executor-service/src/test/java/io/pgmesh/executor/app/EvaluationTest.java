package io.pgmesh.executor.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arguments of EXECUTE, computed by the coordinator database. */
class EvaluationTest {
  private static final long INT4 = 23;
  private static final long FLOAT8 = 701;
  private static final long DATE = 1082;
  private static final String KEPT = "SELECT count(*) FROM pg_prepared_statements";

  private static TestMesh mesh;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    mesh = TestMesh.start(folder);
    mesh.sql(0, "CREATE TABLE marks (mark int)");
    mesh.sql(
        0,
        "CREATE FUNCTION marked(int) RETURNS int LANGUAGE sql AS"
            + " 'INSERT INTO marks VALUES ($1) RETURNING mark'");
  }

  @AfterAll
  static void stop() throws Exception {
    mesh.close();
  }

  private static TestSession.Answer evaluate(
      TestSession session, boolean writes, String arguments, Long... types) {
    var call = SqlText.made("EXECUTE " + Plan.Evaluation.STATEMENT + " (" + arguments + ")");
    return session.run(new Plan.Evaluation(List.of(types), call, writes, Plan.Effects.NONE));
  }

  private static String state(TestSession.Answer answer) {
    return ((SessionEvent.Failed) answer.closing()).error().code();
  }

  @Test
  void values_are_converted_as_on_assignment() {
    var session = mesh.session();
    assertThat(evaluate(session, false, "1.6, '2024-01-31', null", INT4, DATE, INT4).rows())
        .containsExactly(Arrays.asList("2", "2024-01-31", null));
    assertThat(state(evaluate(session, false, "'1'::text", INT4))).isEqualTo("42804");
    assertThat(session.read(KEPT).value()).isEqualTo("0");
  }

  @Test
  void floats_have_all_their_digits_whatever_the_client_asked_for() {
    var session = new TestSession(mesh, "postgres", Map.of("extra_float_digits", "-10"));
    assertThat(evaluate(session, false, "pi()", FLOAT8).value()).isEqualTo("3.141592653589793");
    assertThat(session.read("SELECT pi()").value()).isEqualTo("3.1416");
  }

  @Test
  void a_failure_leaves_no_statement_behind() {
    var session = mesh.session();
    session.begin();
    session.verb(Plan.Transaction.Verb.SAVEPOINT, "s", "SAVEPOINT s");
    assertThat(state(evaluate(session, false, "1 / 0", INT4))).isEqualTo("22012");
    session.verb(Plan.Transaction.Verb.ROLLBACK_TO, "s", "ROLLBACK TO s");
    assertThat(session.read(KEPT).value()).isEqualTo("0");
    assertThat(evaluate(session, false, "1 / 1", INT4).value()).isEqualTo("1");
    session.rollback();
  }

  @Test
  void what_arguments_change_belongs_to_the_transaction() {
    var session = mesh.session();
    session.begin();
    assertThat(evaluate(session, true, "marked(1)", INT4).value()).isEqualTo("1");
    session.rollback();
    assertThat(session.read("SELECT count(*) FROM marks").value()).isEqualTo("0");
    session.begin();
    evaluate(session, true, "marked(2)", INT4);
    session.commit();
    assertThat(session.read("SELECT mark FROM marks").value()).isEqualTo("2");
  }
}
