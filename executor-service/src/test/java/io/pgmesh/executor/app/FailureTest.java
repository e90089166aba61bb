package io.pgmesh.executor.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import java.sql.Connection;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Slow clients, cancelled statements, dead servers and transactions in doubt. */
class FailureTest extends OnItems {
  @Test
  void a_slow_client_stops_the_servers_and_gets_all_rows_in_the_end() throws Exception {
    session.givesCredit = false;
    session.start(
        scatter("SELECT n, repeat('x', 50) FROM generate_series(1, 500000) n"), Arguments.NONE, 0);
    waitUntil("ClientWrite", 1, 2);
    assertThat(session.waiting()).isLessThan(SessionCommand.INITIAL_CREDIT + 5);
    session.givesCredit = true;
    session.send(new SessionCommand.Credit(session.channel(), SessionCommand.INITIAL_CREDIT));
    long rows = 0;
    while (true) {
      SessionEvent event = session.next();
      if (event instanceof SessionEvent.Rows batch) {
        rows += TestSession.rows(batch.frames()).size();
      } else if (event instanceof SessionEvent.Completed completed) {
        assertThat(completed.tag()).isEqualTo("SELECT 1000000");
        break;
      }
    }
    assertThat(rows).isEqualTo(1000000);
  }

  @Test
  void cancel_stops_every_server_also_when_the_client_takes_no_rows() throws Exception {
    session.givesCredit = false;
    session.start(
        scatter("SELECT repeat('x', 500), generate_series(1, 100000000)"), Arguments.NONE, 0);
    waitUntil("ClientWrite", 1, 2);
    session.send(new SessionCommand.Cancel(session.channel()));
    var error = ((SessionEvent.Failed) session.answer().closing()).error();
    assertThat(error.code()).isEqualTo("57014");
    session.givesCredit = true;
    session.send(new SessionCommand.Credit(session.channel(), SessionCommand.INITIAL_CREDIT));
    assertThat(session.read("SELECT 1").value()).isEqualTo("1");
    assertThat(active(1) + active(2)).isZero();
  }

  @Test
  void cancel_of_a_coordinator_statement() throws Exception {
    session.start(
        new Plan.Coordinator(SqlText.unchanged("SELECT pg_sleep(20)"), Plan.Use.READ),
        Arguments.NONE,
        0);
    waitUntil("PgSleep", 0);
    session.send(new SessionCommand.Cancel(session.channel()));
    var error = ((SessionEvent.Failed) session.answer().closing()).error();
    assertThat(error.code()).isEqualTo("57014");
  }

  private static long active(int group) throws Exception {
    return Long.parseLong(
        mesh.value(
            group,
            "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle'"
                + " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"));
  }

  @Test
  void a_client_that_leaves_takes_its_transaction_along() throws Exception {
    session.begin();
    session.onWorkers("INSERT INTO items VALUES (1, 'a')", true);
    session.close();
    waitUntilNothingRuns();
    assertThat(mesh.value(1, "SELECT count(*) FROM items")).isEqualTo("0");
  }

  @Test
  void a_client_that_leaves_in_the_middle_of_rows_frees_the_servers() throws Exception {
    session.givesCredit = false;
    session.start(
        scatter("SELECT repeat('x', 500), generate_series(1, 100000000)"), Arguments.NONE, 0);
    waitUntil("ClientWrite", 1, 2);
    session.close();
    waitUntilNothingRuns();
  }

  @Test
  void a_worker_that_dies_fails_the_statement_and_aborts_the_transaction() throws Exception {
    session.begin();
    session.onWorkers("INSERT INTO items VALUES (1, 'a')", true);
    session.start(
        new Plan.OneShard(session.task(2, "SELECT pg_sleep(20)"), false), Arguments.NONE, 0);
    waitUntil("PgSleep", 2);
    mesh.postgres(2).kill();
    try {
      var answer = session.answer();
      var error = ((SessionEvent.Failed) answer.closing()).error();
      assertThat(error.code()).isEqualTo("08006");
      assertThat(error.message()).contains("127.0.0.1:" + mesh.port(2));
      assertThat(answer.state().transaction()).isEqualTo('E');
      assertThat(session.commit().tag()).isEqualTo("ROLLBACK");
      assertThat(mesh.value(1, "SELECT count(*) FROM items")).isEqualTo("0");
      var down = session.onWorker(2, "SELECT 1", false);
      assertThat(((SessionEvent.Failed) down.closing()).error().code()).isEqualTo("08006");
    } finally {
      mesh.postgres(2).start();
    }
    assertThat(session.onWorker(2, "SELECT 1", false).value()).isEqualTo("1");
  }

  @Test
  void prepared_parts_are_finished_by_the_decision() throws Exception {
    String decided = UUID.randomUUID().toString().replace("-", "");
    String undecided = UUID.randomUUID().toString().replace("-", "");
    String running = UUID.randomUUID().toString().replace("-", "");
    try (Connection decider = locking(decided)) {
      prepare(1, decided, 1);
      prepare(2, decided, 1);
      try (var statement = decider.createStatement()) {
        statement.execute(decision(1, decided));
        statement.execute(decision(2, decided));
      }
      decider.commit();
    }
    try (Connection decider = locking(running)) {
      prepare(1, undecided, 2);
      prepare(1, running, 3);
      mesh.publishServers();
      waitFor(1, "SELECT count(*) FROM pg_prepared_xacts", "1");
      assertThat(mesh.value(1, "SELECT gid FROM pg_prepared_xacts")).contains(running);
    }
    waitFor(1, "SELECT count(*) FROM pg_prepared_xacts", "0");
    waitFor(2, "SELECT count(*) FROM pg_prepared_xacts", "0");
    assertThat(mesh.value(1, "SELECT string_agg(id::text, ',') FROM items")).isEqualTo("1");
    assertThat(mesh.value(2, "SELECT string_agg(id::text, ',') FROM items")).isEqualTo("1");
  }

  @Test
  void decisions_without_parts_are_forgotten_once_all_servers_answer() throws Exception {
    String finished = UUID.randomUUID().toString().replace("-", "");
    for (int group = 0; group <= 2; group++) {
      mesh.sql(
          0,
          "INSERT INTO pg_dist_node VALUES (%d, '127.0.0.1', %d)"
              .formatted(group, mesh.port(group)));
    }
    mesh.sql(0, "INSERT INTO pg_dist_node VALUES (1, '127.0.0.1', 1)"); // where it moved to
    mesh.sql(0, decision(1, finished));
    try {
      mesh.publishServers();
      prepare(1, UUID.randomUUID().toString().replace("-", ""), 9);
      waitFor(1, "SELECT count(*) FROM pg_prepared_xacts", "0"); // so recovery was there
      assertThat(mesh.value(0, "SELECT gid FROM pg_dist_transaction")).contains(finished);
    } finally {
      mesh.sql(0, "DELETE FROM pg_dist_node WHERE nodeport = 1");
    }
    waitFor(0, "SELECT count(*) FROM pg_dist_transaction", "0");
  }

  /** In a transaction that has not decided yet. */
  private static Connection locking(String id) throws Exception {
    Connection decider = mesh.connect(0);
    decider.setAutoCommit(false);
    try (var statement = decider.createStatement()) {
      statement.execute(
          "SELECT pg_advisory_xact_lock(hashtextextended('pgmesh transaction " + id + "', 0))");
    }
    return decider;
  }

  private static String decision(int group, String id) {
    return "INSERT INTO pg_dist_transaction VALUES (0, '" + gid(group, id) + "')";
  }

  private static String gid(int group, String id) {
    return "pgmesh_" + id + "_" + (group - 1);
  }

  private static void prepare(int group, String id, int key) throws Exception {
    mesh.prepare(group, gid(group, id), "INSERT INTO items VALUES (" + key + ", 'x')");
  }

  private static void waitUntilNothingRuns() throws Exception {
    long active = active(1) + active(2);
    for (int tries = 0; tries < 100 && active > 0; tries++) {
      Thread.sleep(50);
      active = active(1) + active(2); // of one moment: recovery asks from time to time
    }
    assertThat(active).isZero();
  }

  /** Waits until a backend of each server does. */
  private static void waitUntil(String event, int... groups) throws Exception {
    for (int group : groups) {
      waitFor(
          group, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = '" + event + "'", "1");
    }
  }
}
