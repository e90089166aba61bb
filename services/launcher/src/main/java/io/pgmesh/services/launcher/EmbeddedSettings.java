package io.pgmesh.services.launcher;

import io.pgmesh.executor.app.ExecutorConfig;
import io.pgmesh.metadata.app.MetadataConfig;
import io.pgmesh.metadata.store.Address;
import io.pgmesh.metadata.store.Loopback;
import io.pgmesh.replication.app.ReplicationConfig;
import io.pgmesh.replication.kafka.KafkaSettings;
import io.pgmesh.router.app.RouterConfig;
import io.vertx.pgclient.PgConnectOptions;
import java.util.Optional;

/** The services' settings over embedded servers: loopback only, no passwords. */
final class EmbeddedSettings {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String DATABASE = "postgres";
  private static final String ROLE = "postgres";

  private EmbeddedSettings() {}

  static MeshNode.Services services(
      EmbeddedServers servers, String loopbackSecret, int port, int httpPort) {
    int coordinatorPort = servers.coordinator().port();
    var coordinator = new Address(LOOPBACK, coordinatorPort);
    var workers =
        servers.workers().stream().map(worker -> new Address(LOOPBACK, worker.port())).toList();
    var metadata =
        new MetadataConfig(
            new MetadataConfig.Coordinator(coordinator, DATABASE, ROLE, ""),
            new Loopback(new Address(LOOPBACK, port), loopbackSecret),
            Optional.of(new MetadataConfig.Bootstrap(coordinator, workers)),
            MetadataConfig.LOCK_RETRY_MILLIS);
    var connect = new PgConnectOptions().setDatabase(DATABASE).setUser(ROLE);
    var replication =
        new ReplicationConfig(
            new PgConnectOptions(connect).setHost(LOOPBACK).setPort(coordinatorPort),
            connect,
            KafkaSettings.of(servers.kafka().bootstrapServers(), "pgmesh"),
            ReplicationConfig.DEFAULT_REFERENCE_WAIT);
    var router =
        new RouterConfig(
            LOOPBACK,
            port,
            LOOPBACK,
            httpPort,
            DATABASE,
            RouterConfig.Limits.DEFAULT,
            new RouterConfig.Authentication(
                RouterConfig.Authentication.THIS_MACHINE, loopbackSecret, ROLE),
            Optional.empty());
    return new MeshNode.Services(
        metadata,
        ExecutorConfig.trusting(LOOPBACK, coordinatorPort, DATABASE, ROLE),
        replication,
        router);
  }
}
