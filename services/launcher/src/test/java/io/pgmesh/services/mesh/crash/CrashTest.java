package io.pgmesh.services.mesh.crash;

import static io.pgmesh.services.mesh.Await.until;

import io.pgmesh.services.mesh.MeshProcess;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes killed in the middle of writes: nothing acknowledged is lost, nothing is half there, no
 * prepared transaction stays.
 */
@TestInstance(Lifecycle.PER_CLASS)
class CrashTest {
  private static final int WRITES_AFTER = 30;
  private static final Duration BACK_WITHIN = Duration.ofSeconds(60);

  private MeshProcess mesh;
  private long usedIds;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    mesh = MeshProcess.start(folder.resolve("data"));
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
    surviving(List.of(() -> mesh.killServer("worker-1")));
  }

  @Test
  void a_killed_coordinator_database_comes_back_with_everything() throws SQLException {
    surviving(List.of(() -> mesh.killServer("coordinator")));
  }

  @Test
  void a_killed_jvm_with_its_services_and_kafka_comes_back_with_everything() throws SQLException {
    surviving(List.of(this::killJvm));
  }

  @Test
  void everything_killed_at_once_comes_back_with_everything() throws SQLException {
    surviving(
        List.of(
            () -> {
              mesh.killJvm();
              mesh.killServer("");
              mesh.launch();
            }));
  }

  @Test
  void kills_at_random_moments_before_the_last_one_is_forgotten() throws SQLException {
    var crashes =
        new ArrayList<Runnable>(
            List.of(
                () -> mesh.killServer("worker-1"),
                () -> mesh.killServer("worker-2"),
                this::killJvm));
    Collections.shuffle(crashes);
    surviving(crashes);
  }

  private void killJvm() {
    mesh.killJvm();
    mesh.launch();
  }

  /** Each crash comes after a random number of writes since the last one. */
  private void surviving(List<Runnable> crashes) throws SQLException {
    try (var ledger = new Ledger(mesh.endpoint(), usedIds)) {
      ledger.start();
      for (Runnable crash : crashes) {
        awaitWrites(ledger, ThreadLocalRandom.current().nextInt(1, 2 * WRITES_AFTER));
        crash.run();
      }
      until("every shard answers", BACK_WITHIN, this::everyShardAnswers); // writers may avoid one
      awaitWrites(ledger, WRITES_AFTER);
      ledger.close();
      usedIds = ledger.lastId() + 1;
      ledger.assertKept(new MeshState(mesh.endpoint()));
    }
  }

  private boolean everyShardAnswers() throws SQLException {
    return !new MeshState(mesh.endpoint()).numbers("SELECT count(*) FROM entries").isEmpty();
  }

  /** Of every kind so many more. */
  private static void awaitWrites(Ledger ledger, int more) {
    int before = ledger.progress();
    until("clients write", BACK_WITHIN, () -> ledger.progress() >= before + more);
  }
}
