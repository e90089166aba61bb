package io.pgmesh.services.mesh.crash;

import static io.pgmesh.services.mesh.Await.until;

import io.pgmesh.services.mesh.MeshProcess;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
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

  private MeshProcess mesh;
  private long usedIds;

  @BeforeAll
  void start() throws Exception {
    mesh = MeshProcess.start(Files.createTempDirectory("pgmesh-crash").resolve("data"));
    new MeshState(mesh.endpoint()).run(Ledger.SCHEMA);
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
          mesh.launch();
        });
  }

  @Test
  void everything_killed_at_once_comes_back_with_everything() throws SQLException {
    surviving(
        () -> {
          mesh.killJvm();
          mesh.killServer("");
          mesh.launch();
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
      ledger.assertKept(new MeshState(mesh.endpoint()));
    }
  }
}
