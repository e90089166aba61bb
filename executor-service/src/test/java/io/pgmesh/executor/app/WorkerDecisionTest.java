package io.pgmesh.executor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two-phase commits that a worker decides: the one that was written last. */
class WorkerDecisionTest extends OnItems {
  private static final String DECIDED_BY_2 = "_0_2";
  private static final String PARTS = "SELECT count(*) FROM pg_prepared_xacts";
  private static final int DECIDER = 3;

  @BeforeAll
  static void publish() throws Exception {
    mesh.sql(
        1,
        """
        CREATE SCHEMA pgmesh;
        CREATE TABLE pgmesh.decision (
          id uuid CONSTRAINT decision_pkey PRIMARY KEY,
          committed boolean NOT NULL DEFAULT true,
          flushed text,
          made timestamptz NOT NULL DEFAULT now()
        );
        INSERT INTO pgmesh.decision (id, committed, flushed, made)
        VALUES (gen_random_uuid(), false, 'old', now() - interval '2 hours'),
          (gen_random_uuid(), false, 'young', now())""");
    for (int group = 0; group <= WORKERS; group++) {
      mesh.sql(
          0,
          "INSERT INTO pg_dist_node VALUES (%d, '127.0.0.1', %d)"
              .formatted(group, mesh.port(group)));
    }
    mesh.publishServers();
    for (int group = 1; group <= WORKERS; group++) {
      waitFor(group, "SELECT count(*) FROM pg_class WHERE relname = 'decision'", "1");
    }
  }

  @BeforeEach
  void keepTheCoordinatorFromDeciding() throws Exception {
    mesh.sql(0, "ALTER TABLE pg_dist_transaction ADD CONSTRAINT unused CHECK (false) NOT VALID");
  }

  @AfterEach
  void letTheCoordinatorDecide() throws Exception {
    mesh.sql(0, "ALTER TABLE pg_dist_transaction DROP CONSTRAINT IF EXISTS unused");
  }

  @Test
  void parts_are_finished_as_another_worker_has_decided() throws Exception {
    String decided = newId();
    String undecided = newId();
    leavePart("pgmesh_" + decided + DECIDED_BY_2, 11);
    leavePart("pgmesh_" + undecided + DECIDED_BY_2, 12);
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
    mesh.sql(
        2,
        "ALTER TABLE items ADD CONSTRAINT at_commit UNIQUE (name) DEFERRABLE INITIALLY DEFERRED");
    try {
      session.begin();
      session.onWorkers("INSERT INTO items VALUES (21, 'a')", true);
      assertThat(session.commit().tag()).isEqualTo("COMMIT");
      session.begin();
      session.onWorker(1, "INSERT INTO items VALUES (22, 'a')", true);
      session.onWorker(2, "INSERT INTO items VALUES (22, 'a')", true);
      var refused = (SessionEvent.Failed) session.commit().closing();
      assertThat(refused.error().code()).isEqualTo("23505");
    } finally {
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

  private static void leavePart(String gid, int key) throws SQLException {
    mesh.prepare(1, gid, "INSERT INTO items VALUES (" + key + ", 'x')");
  }

  private void insertEverywhere(int key) {
    session.begin();
    for (int group = 1; group <= WORKERS; group++) {
      var answer = session.onWorker(group, "INSERT INTO items VALUES (" + key + ", 'a')", true);
      assertThat(answer.tag()).isEqualTo("INSERT 0 1");
    }
  }

  private SqlError refusedCommit() {
    return new SqlError(((SessionEvent.Failed) session.commit().closing()).error());
  }

  private static void assertEverywhere(int key, String count) throws Exception {
    for (int group = 1; group <= WORKERS; group++) {
      assertThat(mesh.value(group, PARTS)).isEqualTo("0");
      assertThat(mesh.value(group, "SELECT count(*) FROM items WHERE id = " + key))
          .isEqualTo(count);
    }
  }

  @Test
  void a_worker_may_take_long_to_prepare() throws Exception {
    mesh.sql(
        2,
        """
        CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_sleep(5); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON items DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION slowly()""");
    try {
      insertEverywhere(31);
      assertThat(session.commit().tag()).isEqualTo("COMMIT");
    } finally {
      mesh.sql(2, "DROP FUNCTION slowly CASCADE");
    }
    assertEverywhere(31, "1");
  }

  @Test
  void a_table_that_is_gone_rolls_all_back() throws Exception {
    insertEverywhere(41);
    session.onWorker(DECIDER, "DROP TABLE pgmesh.decision", true); // seen by its own commit only
    SqlError error = refusedCommit();
    assertThat(error.code()).isEqualTo("40001");
    assertThat(error.getMessage())
        .contains("127.0.0.1:" + mesh.port(DECIDER) + " could not record it");
    assertEverywhere(41, "0");
    letTheCoordinatorDecide();
    insertEverywhere(42);
    assertThat(session.commit().tag()).isEqualTo("COMMIT");
    assertEverywhere(42, "1");
  }

  @Test
  void a_record_that_is_refused_rolls_all_back() throws Exception {
    mesh.sql(DECIDER, "ALTER TABLE pgmesh.decision ADD CONSTRAINT none CHECK (false) NOT VALID");
    try {
      insertEverywhere(43);
      assertThat(refusedCommit().code()).isEqualTo("23514");
      assertEverywhere(43, "0");
    } finally {
      mesh.sql(DECIDER, "ALTER TABLE pgmesh.decision DROP CONSTRAINT none");
    }
  }

  @Test
  void a_prepared_statement_that_is_gone_rolls_all_back_once() throws Exception {
    insertEverywhere(44);
    assertThat(session.commit().tag()).isEqualTo("COMMIT");
    insertEverywhere(45);
    session.onWorker(DECIDER, "DEALLOCATE ALL", true);
    assertThat(refusedCommit().code()).isEqualTo("40001");
    assertEverywhere(45, "0");
    insertEverywhere(46);
    assertThat(session.commit().tag()).isEqualTo("COMMIT");
    assertEverywhere(46, "1");
  }

  @Test
  void constraints_of_a_table_of_the_same_name_are_the_users_own() throws Exception {
    mesh.sql(
        DECIDER,
        "CREATE TABLE decision_102008 (id int,"
            + " CONSTRAINT decision_pkey_102008 PRIMARY KEY (id) DEFERRABLE INITIALLY DEFERRED)");
    try {
      insertEverywhere(51);
      session.onWorker(DECIDER, "INSERT INTO decision_102008 VALUES (1), (1)", true);
      SqlError error = refusedCommit();
      assertThat(error.code()).isEqualTo("23505");
      assertThat(error.fields().get(ErrorFields.CONSTRAINT)).isEqualTo("decision_pkey");
      assertEverywhere(51, "0");
    } finally {
      mesh.sql(DECIDER, "DROP TABLE decision_102008");
    }
  }

  @Test
  void workers_decide_also_when_the_coordinator_database_is_down() throws Exception {
    String decided = newId();
    leavePart("pgmesh_" + decided + DECIDED_BY_2, 61);
    mesh.sql(2, "INSERT INTO pgmesh.decision (id) VALUES ('" + decided + "')");
    mesh.postgres(0).kill();
    try {
      waitFor(1, PARTS, "0");
    } finally {
      mesh.postgres(0).start();
    }
    assertThat(mesh.value(1, "SELECT count(*) FROM items WHERE id = 61")).isEqualTo("1");
  }

  @Test
  void parts_of_a_decider_that_is_no_node_stay() throws Exception {
    String orphan = "pgmesh_" + newId() + "_0_9";
    String other = "pgmesh_" + newId() + DECIDED_BY_2;
    leavePart(orphan, 71);
    leavePart("pgmesh_" + newId() + "_0_12345678901", 72); // no name that the mesh gives
    leavePart(other, 73);
    try {
      waitFor(1, PARTS, "2");
      assertThat(mesh.value(1, PARTS + " WHERE gid = '" + other + "'")).isEqualTo("0");
    } finally {
      mesh.sql(1, "ROLLBACK PREPARED '" + orphan + "'");
      String left = mesh.value(1, "SELECT gid FROM pg_prepared_xacts");
      mesh.sql(1, "ROLLBACK PREPARED '" + left + "'");
    }
  }

  @Test
  void rollbacks_of_an_hour_ago_are_forgotten() throws Exception {
    String flushed = "SELECT count(*) FROM pgmesh.decision WHERE flushed = ";
    waitFor(1, flushed + "'old'", "0");
    assertThat(mesh.value(1, flushed + "'young'")).isEqualTo("1");
  }
}
