package io.pgmesh.services.mesh.crash;

import static io.pgmesh.services.mesh.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.MeshProcess;
import io.pgmesh.services.mesh.wire.Endpoint;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Processes killed in the middle of writes: nothing acknowledged is lost, nothing is half there, no
 * prepared transaction stays.
 */
@TestInstance(Lifecycle.PER_CLASS)
class CrashTest {
  private static final int WRITES_BEFORE_AND_AFTER = 30;
  private static final Duration BACK_WITHIN = Duration.ofSeconds(60);
  private static final Duration FINISHED_WITHIN = Duration.ofSeconds(10);

  private MeshProcess mesh;
  private long usedIds;

  @BeforeAll
  void start() throws Exception {
    mesh = MeshProcess.start(Files.createTempDirectory("pgmesh-crash").resolve("data"));
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : Ledger.SCHEMA) {
        statement.execute(sql);
      }
    }
  }

  @AfterAll
  void stop() {
    if (mesh != null) {
      mesh.close();
    }
  }

  @Test
  void a_killed_worker_comes_back_with_everything() throws SQLException {
    surviving(() -> mesh.killServer("worker-1"));
  }

  @Test
  void a_killed_coordinator_database_comes_back_with_everything() throws SQLException {
    surviving(() -> mesh.killServer("coordinator"));
  }

  @Test
  void a_killed_jvm_with_its_services_and_kafka_comes_back_with_everything() throws SQLException {
    surviving(
        () -> {
          mesh.killJvm();
          mesh.start();
        });
  }

  @Test
  void everything_killed_at_once_comes_back_with_everything() throws SQLException {
    surviving(
        () -> {
          mesh.killJvm();
          mesh.killServer("");
          mesh.start();
        });
  }

  private void surviving(Runnable crash) throws SQLException {
    try (var ledger = new Ledger(mesh.endpoint(), usedIds)) {
      ledger.start();
      until("clients write", BACK_WITHIN, () -> ledger.progress() >= WRITES_BEFORE_AND_AFTER);
      crash.run();
      int before = ledger.progress();
      until(
          "clients write again",
          BACK_WITHIN,
          () -> ledger.progress() >= before + WRITES_BEFORE_AND_AFTER);
      ledger.close();
      usedIds = ledger.lastId() + 1;
      check(ledger);
    }
  }

  private void check(Ledger ledger) throws SQLException {
    assertThat(ids("SELECT entry FROM entries")).containsAll(ledger.entries());
    assertThat(ids("SELECT id FROM rates")).containsAll(ledger.rates());
    until("prepared transactions are finished", FINISHED_WITHIN, () -> prepared().isEmpty());
    assertThat(ids("SELECT transfer FROM legs GROUP BY transfer HAVING count(*) <> 2")).isEmpty();
    assertThat(ids("SELECT transfer FROM legs")).containsAll(ledger.transfers());
    assertThat(ids("SELECT sum(balance) FROM accounts"))
        .containsExactly(Ledger.ACCOUNTS * Ledger.OPENING_BALANCE);
    until("replicas are live", BACK_WITHIN, this::allReplicasLive);
    Set<Long> primary = ids("SELECT id FROM rates");
    for (Endpoint worker : workers()) {
      assertThat(ids(worker, "SELECT id FROM rates")).isEqualTo(primary);
    }
  }

  private boolean allReplicasLive() throws SQLException {
    return ids("SELECT count(*) FROM pgmesh_replicas WHERE state::text <> 'live' OR lag_rows > 0")
        .equals(Set.of(0L));
  }

  private List<String> prepared() throws SQLException {
    var found = new ArrayList<String>();
    for (Endpoint worker : workers()) {
      try (Connection connection = DriverManager.getConnection(worker.jdbc());
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT gid FROM pg_prepared_xacts")) {
        while (rows.next()) {
          found.add(worker.port() + " " + rows.getString(1));
        }
      }
    }
    return found;
  }

  private List<Endpoint> workers() throws SQLException {
    return ids("SELECT nodeport FROM pg_dist_node WHERE groupid > 0").stream()
        .map(port -> Endpoint.local(port.intValue()))
        .toList();
  }

  private Set<Long> ids(String query) throws SQLException {
    return ids(mesh.endpoint(), query);
  }

  private static Set<Long> ids(Endpoint server, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.jdbc());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      var found = new HashSet<Long>();
      while (rows.next()) {
        found.add(rows.getLong(1));
      }
      return found;
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(mesh.endpoint().jdbc());
  }
}
