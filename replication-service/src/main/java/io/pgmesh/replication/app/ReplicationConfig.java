package io.pgmesh.replication.app;

import io.pgmesh.contracts.api.ReplicationApi;
import io.pgmesh.replication.kafka.KafkaSettings;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;

/**
 * What a replication service needs to know.
 *
 * @param coordinator how to connect to the coordinator database, as the role that owns the mesh's
 *     objects
 * @param workers how to connect to workers: database, role, password and TLS; host and port come
 *     from the catalog
 * @param referenceWait how long a commit waits for live replicas before those that lack it are
 *     fenced
 */
public record ReplicationConfig(
    PgConnectOptions coordinator,
    PgConnectOptions workers,
    KafkaSettings kafka,
    Duration referenceWait) {

  public static final Duration DEFAULT_REFERENCE_WAIT = Duration.ofSeconds(5);

  /** Leaves time to fence and answer. */
  private static final Duration MAX_REFERENCE_WAIT =
      ReplicationApi.AWAIT_APPLIED_MAX.minusSeconds(15);

  public ReplicationConfig {
    coordinator = new PgConnectOptions(coordinator);
    workers = new PgConnectOptions(workers);
    if (referenceWait.isNegative() || referenceWait.compareTo(MAX_REFERENCE_WAIT) > 0) {
      throw new IllegalArgumentException(
          "the wait for replicas must be between 0 and "
              + MAX_REFERENCE_WAIT.toSeconds()
              + " seconds, not "
              + referenceWait.toMillis()
              + " ms");
    }
  }

  @Override
  public PgConnectOptions coordinator() {
    return new PgConnectOptions(coordinator).addProperty("application_name", "pgmesh replication");
  }

  /** Options for one worker. */
  PgConnectOptions worker(String host, int port) {
    return new PgConnectOptions(workers)
        .setHost(host)
        .setPort(port)
        .addProperty("application_name", "pgmesh replication");
  }
}
