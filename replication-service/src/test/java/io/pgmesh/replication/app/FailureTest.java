package io.pgmesh.replication.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@ReferenceWait(seconds = 6)
class FailureTest extends OnMesh {
  private static String states(String table) {
    return "SELECT string_agg(state, ',' ORDER BY groupid) FROM pgmesh.replica WHERE relation = '%s'::regclass"
        .formatted(table);
  }

  private static String allLive(String table) {
    return "SELECT bool_and(state = 'live' AND lag_rows = 0) FROM pgmesh_replicas r WHERE r.table = '%s'::regclass"
        .formatted(table);
  }

  private static void assertCaughtUp(String table) throws Exception {
    mesh.eventually(allLive(table), "t");
    var primary = mesh.value(Mesh.contents(table));
    for (int group = 1; group <= mesh.workers.size(); group++) {
      assertThat(mesh.value(group, Mesh.contents(table))).isEqualTo(primary);
    }
  }

  /** Commits counted rows until told to stop, as many clients would. */
  private static final class Writer implements AutoCloseable {
    private final String table;
    private final AtomicBoolean enough = new AtomicBoolean();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final CompletableFuture<Void> running;

    Writer(String table) {
      this.table = table;
      this.running = CompletableFuture.runAsync(this::run);
    }

    private void run() {
      try (var connection = Mesh.connect(mesh.coordinator)) {
        while (!enough.get()) {
          int next = acknowledged.get() + 1;
          mesh.write(
              connection,
              "INSERT INTO %s VALUES (%d, 'x')".formatted(table, next),
              "UPDATE %s SET t = t || 'y' WHERE id %% 50 = %d".formatted(table, next % 50));
          acknowledged.set(next);
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    void reach(int more) throws InterruptedException {
      int wanted = acknowledged.get() + more;
      while (acknowledged.get() < wanted && !running.isDone()) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }

    @Override
    public void close() {
      enough.set(true);
      running.join();
      assertThat(acknowledged.get()).isPositive();
    }
  }

  @Test
  void a_killed_worker_is_fenced_and_catches_up() throws Exception {
    mesh.referenceTable("survivor", "id int PRIMARY KEY, t text");
    try (var writer = new Writer("survivor")) {
      writer.reach(30);
      mesh.workers.get(1).kill();
      try {
        writer.reach(30);
        assertThat(mesh.value(states("survivor"))).isEqualTo("live,stale");
      } finally {
        mesh.workers.get(1).start();
      }
      writer.reach(30);
      mesh.eventually(states("survivor"), "live,live");
      writer.reach(30);
    }
    assertCaughtUp("survivor");
  }

  @Test
  void without_kafka_commits_wait_once_then_go_on_and_nothing_is_lost() throws Exception {
    mesh.referenceTable("patient", "id int PRIMARY KEY, t text");
    try (var writer = new Writer("patient")) {
      writer.reach(20);
      mesh.broker.stop();
      try {
        writer.reach(40);
        assertThat(mesh.value(states("patient"))).isEqualTo("stale,stale");
      } finally {
        mesh.broker.start();
      }
      mesh.eventually(states("patient"), "live,live");
      writer.reach(20);
    }
    assertCaughtUp("patient");
  }

  @Test
  void a_service_that_is_replaced_in_the_middle_loses_and_repeats_nothing() throws Exception {
    mesh.referenceTable("handover", "id int, t text"); // without a key repetition would show
    for (int round = 0; round < 3; round++) {
      mesh.coordinator(
          "INSERT INTO handover SELECT i, repeat('z', 300) FROM generate_series(1, 3000) i",
          "UPDATE handover SET id = id + 1 WHERE id <= 20");
      mesh.stopService();
      mesh.coordinator("INSERT INTO handover VALUES (-1, 'while nobody was there')");
      mesh.startService();
    }
    mesh.await("");
    assertCaughtUp("handover");
    assertThat(mesh.value(1, "SELECT count(*) FROM handover")).isEqualTo("9003");
  }

  @Test
  void a_standby_takes_over_when_the_active_service_loses_its_seat() throws Exception {
    mesh.referenceTable("seat", "id int PRIMARY KEY, t text");
    var standby = mesh.deployService();
    for (int i = 1; i <= 4; i++) {
      mesh.write("INSERT INTO seat VALUES (" + i + ", 'before')");
      mesh.coordinator(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgmesh replication'",
          "INSERT INTO seat VALUES (-" + i + ", 'while nobody was there')");
      mesh.untilServed();
    }
    Mesh.get(mesh.vertx.undeploy(standby));
    mesh.untilServed();
    assertCaughtUp("seat");
  }

  @Test
  void a_change_that_cannot_be_applied_fences_with_the_reason_until_it_can() throws Exception {
    mesh.referenceTable("poisoned", "id int PRIMARY KEY");
    mesh.worker(2, "ALTER TABLE poisoned RENAME TO gone");
    try {
      var answer = mesh.write("INSERT INTO poisoned VALUES (1)");
      assertThat(answer.fencedGroups()).containsExactly(2);
      assertThat(answer.epoch()).isPositive();
      assertThat(
              mesh.value(
                  "SELECT last_error FROM pgmesh_replicas r WHERE r.table = 'poisoned'::regclass AND state = 'stale'"))
          .contains("public.poisoned");
    } finally {
      mesh.worker(2, "ALTER TABLE gone RENAME TO poisoned");
    }
    assertCaughtUp("poisoned");
  }

  @Test
  void a_replica_without_the_row_that_changed_is_fenced_and_keeps_nothing_of_the_message()
      throws Exception {
    mesh.referenceTable("lacking", "id int PRIMARY KEY, v int");
    mesh.write("INSERT INTO lacking VALUES (1, 1), (2, 2)");
    mesh.worker(2, "SET session_replication_role = replica; DELETE FROM lacking WHERE id = 2");
    try {
      var answer = mesh.write("UPDATE lacking SET v = 10");
      assertThat(answer.fencedGroups()).containsExactly(2);
      assertThat(
              mesh.value(
                  "SELECT last_error FROM pgmesh_replicas r WHERE r.table = 'lacking'::regclass AND state = 'stale'"))
          .contains("update of public.lacking", "found 0 rows");
      assertThat(mesh.value(2, "SELECT v FROM lacking WHERE id = 1")).isEqualTo("1");
    } finally {
      mesh.worker(2, "SET session_replication_role = replica; INSERT INTO lacking VALUES (2, 2)");
    }
    assertCaughtUp("lacking");
  }

  @Test
  void a_new_worker_is_seeded_while_others_write() throws Exception {
    mesh.referenceTable("seeded", "id int PRIMARY KEY, t text");
    try (var writer = new Writer("seeded")) {
      writer.reach(20);
      var worker = mesh.postgres("newcomer");
      mesh.workers.add(worker);
      int group = mesh.workers.size();
      mesh.worker(group, "CREATE TABLE seeded (id int PRIMARY KEY, t text)");
      seed(group);
      mesh.changed();
      mesh.await("");
      mesh.eventually(allLive("seeded"), "t");
      writer.reach(20);
    }
    assertCaughtUp("seeded");
    mesh.coordinator("SELECT pgmesh.unregister_worker(" + mesh.workers.size() + ")");
    mesh.workers.removeLast().stop();
    mesh.changed();
  }

  /** As citus_add_node does: a copy under a lock, and the registration, in one transaction. */
  private static void seed(int group) throws SQLException {
    try (var connection = Mesh.connect(mesh.coordinator);
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(
          "INSERT INTO pg_dist_node VALUES (%d, '127.0.0.1', %d, 'primary')"
              .formatted(group, mesh.workers.get(group - 1).port()));
      statement.execute("LOCK TABLE seeded IN SHARE MODE");
      var rows = statement.executeQuery("SELECT format('(%s, %L)', id, t) FROM seeded");
      while (rows.next()) {
        mesh.worker(group, "INSERT INTO seeded VALUES " + rows.getString(1));
      }
      statement.execute("SELECT pgmesh.register_replica('seeded', " + group + ")");
      connection.commit();
    }
  }
}
