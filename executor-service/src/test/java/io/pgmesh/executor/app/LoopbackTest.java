package io.pgmesh.executor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.Plan.Transaction.Verb;
import io.pgmesh.contracts.plan.Plan.WorkerCall;
import io.pgmesh.contracts.plan.RowLocks;
import io.pgmesh.contracts.plan.SqlText;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a backend of the coordinator database does while it runs the client's statement. */
class LoopbackTest extends OnItems {
  private TestSession backend;

  /** The client's statement waits until the lock is free; meanwhile its backend calls back. */
  private void during(Runnable calls, boolean fails) throws Exception {
    try (var connection = mesh.connect(0);
        var statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(1)");
      String ending = fails ? "(SELECT 1 / (count(*) - 1) FROM a)" : "0";
      session.start(
          new Plan.Coordinator(
              SqlText.made(
                  "WITH a AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(1))"
                      + " SELECT "
                      + ending
                      + ", (SELECT count(*) FROM a)"),
              Plan.Use.BLOCK),
          Arguments.NONE,
          0);
      backend = TestSession.loopback(mesh, waitingBackend());
      backend.verb(Verb.BEGIN, "", "START TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      calls.run();
      statement.execute("SELECT pg_advisory_unlock(1)");
    }
  }

  private static int waitingBackend() throws Exception {
    String pid = null;
    for (int tries = 0; tries < 100 && pid == null; tries++) {
      Thread.sleep(20);
      pid = mesh.value(0, "SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' LIMIT 1");
    }
    return Integer.parseInt(pid);
  }

  @Test
  void its_writes_are_committed_with_the_clients_statement() throws Exception {
    during(() -> backend.onWorkers("INSERT INTO public.items VALUES (1, 'a')", true), false);
    assertThat(session.answer().closing()).isInstanceOf(SessionEvent.Completed.class);
    assertThat(mesh.value(1, "SELECT count(*) FROM items")).isEqualTo("1");
    assertThat(mesh.value(2, "SELECT count(*) FROM items")).isEqualTo("1");
  }

  @Test
  void its_writes_are_undone_when_the_clients_statement_fails() throws Exception {
    during(() -> backend.onWorkers("INSERT INTO public.items VALUES (1, 'a')", true), true);
    assertThat(session.answer().closing()).isInstanceOf(SessionEvent.Failed.class);
    assertThat(mesh.value(1, "SELECT count(*) FROM items")).isEqualTo("0");
  }

  @Test
  void it_sees_what_the_clients_transaction_wrote_and_keeps_its_settings_to_itself()
      throws Exception {
    session.set("datestyle", Plan.Setting.Scope.SESSION, "SET datestyle = 'German'");
    session.begin();
    session.onWorker(1, "INSERT INTO items VALUES (1, 'a')", true);
    during(
        () -> {
          assertThat(backend.onWorker(1, "SELECT count(*) FROM public.items", false).value())
              .isEqualTo("1");
          assertThat(backend.onWorker(1, "SHOW datestyle", false).value()).startsWith("ISO");
        },
        false);
    session.answer();
    assertThat(session.onWorker(1, "SHOW datestyle", false).value()).startsWith("German");
    session.commit();
    assertThat(mesh.value(1, "SELECT count(*) FROM items")).isEqualTo("1");
  }

  @Test
  void cursors_go_from_worker_to_worker() throws Exception {
    mesh.sql(1, "INSERT INTO items SELECT n, 'x' FROM generate_series(1, 5) n");
    mesh.sql(2, "INSERT INTO items SELECT n, 'x' FROM generate_series(6, 9) n");
    during(
        () -> {
          backend.run(declare("c1"));
          backend.run(declare("c2"));
          var first = backend.run(new Plan.FetchCursor("c1", 4));
          assertThat(first.rows()).hasSize(4);
          assertThat(first.tag()).isEqualTo("FETCH 4");
          assertThat(backend.run(new Plan.FetchCursor("c2", 100)).rows()).hasSize(9);
          var rest = backend.run(new Plan.FetchCursor("c1", 100));
          assertThat(rest.tag()).isEqualTo("FETCH 5");
          assertThat(rest.others()).hasAtLeastOneElementOfType(SessionEvent.RowDescription.class);
          assertThat(backend.run(new Plan.FetchCursor("c1", 100)).tag()).isEqualTo("FETCH 0");
          assertThat(backend.run(new Plan.CloseCursor("c1")).tag()).isEqualTo("CLOSE CURSOR");
        },
        false);
    assertThat(session.answer().closing()).isInstanceOf(SessionEvent.Completed.class);
  }

  @Test
  void a_subtransaction_of_the_backend_is_undone_alone() throws Exception {
    during(
        () -> {
          backend.onWorker(1, "INSERT INTO public.items VALUES (1, 'kept')", true);
          backend.verb(Verb.SAVEPOINT, "s2", "SAVEPOINT s2");
          backend.onWorker(1, "INSERT INTO public.items VALUES (2, 'gone')", true);
          var failed = backend.onWorker(2, "INSERT INTO public.items VALUES (1/0, 'x')", true);
          assertThat(failed.closing()).isInstanceOf(SessionEvent.Failed.class);
          backend.verb(Verb.ROLLBACK_TO, "s2", "ROLLBACK TO SAVEPOINT s2");
          backend.verb(Verb.RELEASE, "s2", "RELEASE SAVEPOINT s2");
          backend.onWorker(2, "INSERT INTO public.items VALUES (3, 'kept')", true);
        },
        false);
    assertThat(session.answer().closing()).isInstanceOf(SessionEvent.Completed.class);
    assertThat(mesh.value(1, "SELECT string_agg(id::text, ',') FROM items")).isEqualTo("1");
    assertThat(mesh.value(2, "SELECT string_agg(id::text, ',') FROM items")).isEqualTo("3");
  }

  @Test
  void worker_calls_answer_in_json() throws Exception {
    var report =
        new Plan.WorkerCalls(
            List.of(
                new WorkerCall(mesh.server(1), "SELECT 40 + 2"),
                new WorkerCall(mesh.server(2), "SELECT 1/0"),
                new WorkerCall(mesh.server(1), "CREATE TEMP TABLE t (a int)")),
            Plan.WorkerCalls.Mode.REPORT);
    var change =
        new Plan.WorkerCalls(
            List.of(new WorkerCall(mesh.server(1), "CREATE TABLE made (a int)")),
            Plan.WorkerCalls.Mode.DDL);
    during(
        () -> {
          String json = backend.run(report).value();
          assertThat(json)
              .contains("\"success\":true,\"result\":\"42\"")
              .contains("\"success\":false,\"result\":\"ERROR:  division by zero\"")
              .contains("\"success\":true,\"result\":\"CREATE TABLE\"");
          assertThat(backend.run(change).value()).contains("CREATE TABLE");
        },
        true);
    assertThat(session.answer().closing()).isInstanceOf(SessionEvent.Failed.class);
    assertThat(mesh.value(1, "SELECT to_regclass('made')")).isNull();
  }

  private Plan declare(String name) {
    return new Plan.DeclareCursor(name, scatter("SELECT id FROM public.items"), RowLocks.NONE);
  }

  @Test
  void a_backend_of_nobody_is_refused() {
    assertThatThrownBy(() -> TestSession.loopback(mesh, 1))
        .isInstanceOfSatisfying(SqlError.class, e -> assertThat(e.code()).isEqualTo("55000"));
  }
}
