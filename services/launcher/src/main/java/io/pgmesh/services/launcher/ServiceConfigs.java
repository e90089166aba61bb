package io.pgmesh.services.launcher;

import io.pgmesh.executor.app.ExecutorConfig;
import io.pgmesh.metadata.app.MetadataConfig;
import io.pgmesh.replication.app.ReplicationConfig;
import io.pgmesh.replication.kafka.KafkaSettings;
import io.pgmesh.router.app.RouterConfig;
import io.pgmesh.services.config.EndpointConfig;
import io.pgmesh.services.config.MeshConfig;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings as each service wants them. */
record ServiceConfigs(MeshConfig mesh, Surroundings surroundings) {

  MetadataConfig metadata() {
    return new MetadataConfig(
        new MetadataConfig.Coordinator(
            surroundings.coordinator(),
            mesh.endpoint().database(),
            mesh.servers().user(),
            mesh.servers().password(),
            sslMode()),
        surroundings.loopback(),
        surroundings.bootstrap(),
        mesh.metadata().lockRetryMillis());
  }

  ExecutorConfig executor() {
    var limits = mesh.executor();
    return new ExecutorConfig(
        surroundings.coordinator().host(),
        surroundings.coordinator().port(),
        mesh.endpoint().database(),
        mesh.servers().user(),
        mesh.servers().password(),
        sslMode(),
        mesh.servers().catalogSchema(),
        limits.poolConnectionsMax(),
        limits.poolWaitersMax(),
        limits.poolWaitMaxMillis(),
        limits.connectionIdleMaxMillis(),
        limits.connectTimeoutMillis(),
        limits.recoveryIntervalMillis());
  }

  ReplicationConfig replication() {
    var workers =
        new PgConnectOptions()
            .setDatabase(mesh.endpoint().database())
            .setUser(mesh.servers().user())
            .setPassword(mesh.servers().password())
            .setSslMode(sslMode());
    if (sslMode() != SslMode.DISABLE) {
      workers.setSslOptions(new ClientSSLOptions().setTrustAll(true));
    }
    var coordinator =
        new PgConnectOptions(workers)
            .setHost(surroundings.coordinator().host())
            .setPort(surroundings.coordinator().port());
    var kafka = mesh.kafka();
    return new ReplicationConfig(
        coordinator,
        workers,
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
            http.resultMaxBytes()),
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

  private SslMode sslMode() {
    return switch (mesh.servers().tls()) {
      case DISABLE -> SslMode.DISABLE;
      case ALLOW -> SslMode.ALLOW;
      case PREFER -> SslMode.PREFER;
      case REQUIRE -> SslMode.REQUIRE;
    };
  }
}
