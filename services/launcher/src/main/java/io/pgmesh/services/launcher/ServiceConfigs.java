package io.pgmesh.services.launcher;

import io.pgmesh.executor.app.ExecutorConfig;
import io.pgmesh.metadata.app.MetadataConfig;
import io.pgmesh.replication.app.ReplicationConfig;
import io.pgmesh.replication.kafka.KafkaSettings;
import io.pgmesh.router.app.RouterConfig;
import io.pgmesh.services.config.EndpointConfig;
import io.pgmesh.services.config.MeshConfig;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings as each service wants them. */
record ServiceConfigs(MeshConfig mesh, Surroundings surroundings) {

  MetadataConfig metadata() {
    return new MetadataConfig(
        new MetadataConfig.Coordinator(surroundings.coordinator(), login()),
        surroundings.loopback(),
        surroundings.bootstrap(),
        mesh.metadata().lockRetryMillis());
  }

  ExecutorConfig executor() {
    var limits = mesh.executor();
    return new ExecutorConfig(
        surroundings.coordinator().host(),
        surroundings.coordinator().port(),
        login(),
        surroundings.sockets(),
        mesh.servers().catalogSchema(),
        limits.poolConnectionsMax(),
        limits.poolWaitersMax(),
        limits.poolWaitMaxMillis(),
        limits.connectionIdleMaxMillis(),
        limits.connectTimeoutMillis(),
        limits.recoveryIntervalMillis());
  }

  ReplicationConfig replication() {
    var coordinator =
        login()
            .setHost(surroundings.coordinator().host())
            .setPort(surroundings.coordinator().port());
    var kafka = mesh.kafka();
    return new ReplicationConfig(
        coordinator,
        login(),
        new KafkaSettings(
            surroundings.kafkaBootstrapServers(),
            kafka.topicPrefix(),
            kafka.replicationFactor(),
            kafka.recordMaxBytes(),
            kafka.properties()),
        Duration.ofMillis(mesh.replication().referenceWaitMillis()));
  }

  RouterConfig router() {
    var endpoint = mesh.endpoint();
    var http = mesh.http();
    return new RouterConfig(
        endpoint.host(),
        endpoint.port(),
        http.host(),
        http.port(),
        endpoint.database(),
        new RouterConfig.Limits(
            endpoint.clientsMax(),
            endpoint.frameMaxBytes(),
            endpoint.authenticationTimeoutMillis(),
            http.bodyMaxBytes(),
            http.resultMaxBytes(),
            endpoint.statementCacheMaxBytes()),
        new RouterConfig.Authentication(
            endpoint.trustedAddresses(), surroundings.loopback().secret(), http.role()),
        tls(endpoint));
  }

  private static Optional<RouterConfig.Tls> tls(EndpointConfig endpoint) {
    return switch (endpoint.tls()) {
      case NONE -> Optional.empty();
      case SELF_MADE -> Optional.of(new RouterConfig.Tls(Optional.empty()));
      case FILES ->
          Optional.of(
              new RouterConfig.Tls(
                  Optional.of(
                      new RouterConfig.Certificate(
                          Path.of(endpoint.certificatePath()), Path.of(endpoint.keyPath())))));
    };
  }

  /** To any server, as the mesh's own role. */
  private PgConnectOptions login() {
    return ServerTls.of(mesh.servers())
        .setDatabase(mesh.endpoint().database())
        .setUser(mesh.servers().user())
        .setPassword(mesh.servers().password());
  }
}
