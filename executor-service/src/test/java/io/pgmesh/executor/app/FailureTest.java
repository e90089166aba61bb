package io.pgmesh.executor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Slow clients, cancelled statements, dead servers and transactions in doubt. */
class FailureTest extends OnItems {
  private static final String DECIDED_BY_2 = "_0_2";

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
      publishWorkers();
      waitFor(1, "SELECT count(*) FROM pg_prepared_xacts", "1");
      assertThat(mesh.value(1, "SELECT gid FROM pg_prepared_xacts")).contains(running);
    }
    waitFor(1, "SELECT count(*) FROM pg_prepared_xacts", "0");
    waitFor(2, "SELECT count(*) FROM pg_prepared_xacts", "0");
    assertThat(mesh.value(1, "SELECT string_agg(id::text, ',') FROM items")).isEqualTo("1");
    assertThat(mesh.value(2, "SELECT string_agg(id::text, ',') FROM items")).isEqualTo("1");
  }

  @Test
  void parts_are_finished_as_another_worker_has_decided() throws Exception {
    String decided = newId();
    String undecided = newId();
    publishWorkers();
    waitFor(2, "SELECT count(*) FROM pg_class WHERE relname = 'decision'", "1");
    prepareAs(1, "pgmesh_" + decided + DECIDED_BY_2, 11);
    prepareAs(1, "pgmesh_" + undecided + DECIDED_BY_2, 12);
    try (Connection decider = mesh.connect(2)) {
      decider.setAutoCommit(false);
      decide(decider, decided);
      waitFor(
          1, "SELECT count(*) FROM pg_prepared_xacts WHERE gid LIKE '%" + undecided + "%'", "0");
      assertThat(mesh.value(1, "SELECT count(*) FROM pg_prepared_xacts")).isEqualTo("1");
      assertThatThrownBy(() -> decideAlone(undecided)).hasMessageContaining("decision_pkey");
      decider.commit();
    }
    waitFor(1, "SELECT count(*) FROM pg_prepared_xacts", "0");
    assertThat(mesh.value(1, "SELECT string_agg(id::text, ',') FROM items WHERE id > 10"))
        .isEqualTo("11");
    waitFor(2, "SELECT count(*) FROM pgmesh.decision WHERE committed", "0");
  }

  private static void decide(Connection decider, String id) throws SQLException {
    try (var statement = decider.createStatement()) {
      statement.execute("INSERT INTO pgmesh.decision (id) VALUES ('" + id + "')");
    }
  }

  private static void decideAlone(String id) throws SQLException {
    try (Connection decider = mesh.connect(2)) {
      decide(decider, id);
    }
  }

  @Test
  void workers_decide_among_themselves() throws Exception {
    publishWorkers();
    waitFor(2, "SELECT count(*) FROM pg_class WHERE relname = 'decision'", "1");
    waitFor(1, "SELECT count(*) FROM pg_class WHERE relname = 'decision'", "1");
    mesh.sql(
        2,
        "ALTER TABLE items ADD CONSTRAINT at_commit UNIQUE (name) DEFERRABLE INITIALLY DEFERRED");
    try {
      mesh.sql(0, "ALTER TABLE pg_dist_transaction ADD CONSTRAINT unused CHECK (false) NOT VALID");
      session.begin();
      session.onWorkers("INSERT INTO items VALUES (21, 'a')", true);
      assertThat(session.commit().tag()).isEqualTo("COMMIT");
      session.begin();
      session.onWorker(1, "INSERT INTO items VALUES (22, 'a')", true);
      session.onWorker(2, "INSERT INTO items VALUES (22, 'a')", true);
      var refused = (SessionEvent.Failed) session.commit().closing();
      assertThat(refused.error().code()).isEqualTo("23505");
    } finally {
      mesh.sql(0, "ALTER TABLE pg_dist_transaction DROP CONSTRAINT unused");
      mesh.sql(2, "ALTER TABLE items DROP CONSTRAINT at_commit");
    }
    for (int group = 1; group <= 2; group++) {
      assertThat(mesh.value(group, "SELECT string_agg(id::text, ',') FROM items WHERE id > 20"))
          .isEqualTo("21");
      assertThat(mesh.value(group, "SELECT count(*) FROM pg_prepared_xacts")).isEqualTo("0");
      waitFor(group, "SELECT count(*) FROM pgmesh.decision WHERE committed", "0");
    }
  }

  private static String newId() {
    return UUID.randomUUID().toString().replace("-", "");
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
      publishWorkers();
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
    prepareAs(group, gid(group, id), key);
  }

  private static void prepareAs(int group, String gid, int key) throws Exception {
    mesh.sql(
        group,
        "BEGIN; INSERT INTO items VALUES (" + key + ", 'x'); PREPARE TRANSACTION '" + gid + "'");
  }

  private static void publishWorkers() {
    var nodes = new ArrayList<Node>();
    for (int group = 0; group <= 2; group++) {
      nodes.add(new Node(group, group, "127.0.0.1", mesh.port(group), true, true));
    }
    mesh.vertx()
        .eventBus()
        .publish(MetadataApi.CATALOG_CHANGED, new CatalogSnapshot(1, nodes, List.of()));
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
