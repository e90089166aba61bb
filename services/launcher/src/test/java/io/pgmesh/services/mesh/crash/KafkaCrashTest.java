package io.pgmesh.services.mesh.crash;

import static io.pgmesh.services.mesh.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Kafka alone is killed: clients go on writing, and what they wrote reaches every replica. */
class KafkaCrashTest {
  private static final int WRITES_BEFORE_AND_AFTER = 30;
  private static final int WRITES_WITHOUT_KAFKA = 100;
  private static final Duration GO_ON_WITHIN = Duration.ofSeconds(60);

  /** One wait for the replicas (replication.referenceWaitMillis), and a slow machine. */
  private static final Duration SLOWEST_WRITE = Duration.ofSeconds(15);

  @Test
  void writes_go_on_without_kafka_and_its_return_brings_the_replicas_everything() throws Exception {
    try (var mesh = ExternalMesh.start()) {
      mesh.state().run(Ledger.SCHEMA);
      try (var ledger = new Ledger(mesh.endpoint(), 0)) {
        ledger.start();
        awaitWrites(ledger, WRITES_BEFORE_AND_AFTER);
        mesh.kafka().kill();
        awaitWrites(ledger, WRITES_WITHOUT_KAFKA);
        assertThat(
                mesh.state().numbers("SELECT count(*) FROM pgmesh_replicas WHERE state = 'live'"))
            .containsExactly(0L);
        mesh.kafka().launch();
        awaitWrites(ledger, WRITES_BEFORE_AND_AFTER);
        ledger.close();
        assertThat(ledger.failures()).as("no client needs to know").isEmpty();
        assertThat(ledger.slowest()).isLessThan(SLOWEST_WRITE);
        ledger.assertKept(mesh.state());
      }
    }
  }

  /** Of every kind so many. */
  private static void awaitWrites(Ledger ledger, int more) {
    int before = ledger.progress();
    until("clients write", GO_ON_WITHIN, () -> ledger.progress() >= before + more);
  }
}
