package io.pgmesh.services.mesh;

import io.pgmesh.contracts.bus.BusCodecs;
import io.pgmesh.executor.app.ExecutorConfig;
import io.pgmesh.executor.app.ExecutorVerticle;
import io.pgmesh.metadata.app.MetadataConfig;
import io.pgmesh.metadata.app.MetadataVerticle;
import io.pgmesh.metadata.store.Address;
import io.pgmesh.metadata.store.Loopback;
import io.pgmesh.replication.app.ReplicationConfig;
import io.pgmesh.replication.app.ReplicationVerticle;
import io.pgmesh.replication.kafka.KafkaSettings;
import io.pgmesh.router.app.RouterConfig;
import io.pgmesh.router.app.RouterVerticle;
import io.pgmesh.services.embedded.KafkaBroker;
import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A mesh in this JVM, for trying things. */
public final class DevMesh {
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    Path data = Path.of(args[1]);
    Files.createDirectories(data);
    var coordinator =
        PostgresServer.start(data.resolve("coordinator"), PostgresSettings.onPort(port + 1));
    var worker1 = PostgresServer.start(data.resolve("worker-1"), PostgresSettings.onPort(port + 2));
    var worker2 = PostgresServer.start(data.resolve("worker-2"), PostgresSettings.onPort(port + 3));
    var kafka = KafkaBroker.start(data.resolve("kafka"));
    var vertx = Vertx.vertx();
    BusCodecs.register(vertx);
    var local = "127.0.0.1";
    var metadata =
        new MetadataConfig(
            new MetadataConfig.Coordinator(
                new Address(local, coordinator.port()), "postgres", "postgres", ""),
            new Loopback(new Address(local, port), "secret"),
            Optional.of(
                new MetadataConfig.Bootstrap(
                    new Address(local, coordinator.port()),
                    List.of(
                        new Address(local, worker1.port()), new Address(local, worker2.port())))),
            1000);
    var pg =
        new PgConnectOptions()
            .setHost(local)
            .setPort(coordinator.port())
            .setDatabase("postgres")
            .setUser("postgres")
            .setPassword("");
    await(vertx.deployVerticle(new MetadataVerticle(metadata)));
    await(
        vertx.deployVerticle(
            () ->
                new ExecutorVerticle(
                    ExecutorConfig.trusting(local, coordinator.port(), "postgres", "postgres")),
            new DeploymentOptions().setInstances(2)));
    await(
        vertx.deployVerticle(
            new ReplicationVerticle(
                new ReplicationConfig(
                    pg,
                    pg,
                    KafkaSettings.of(kafka.bootstrapServers(), "pgmesh"),
                    ReplicationConfig.DEFAULT_REFERENCE_WAIT))));
    var router =
        new RouterConfig(
            local,
            port,
            local,
            port + 4,
            "postgres",
            RouterConfig.Limits.DEFAULT,
            new RouterConfig.Authentication(
                RouterConfig.Authentication.THIS_MACHINE, "secret", "postgres"),
            Optional.empty());
    var instances = RouterVerticle.instances(router);
    await(vertx.deployVerticle(instances::get, new DeploymentOptions().setInstances(2)));
    System.out.println("ready: " + port);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    for (var s : List.of(coordinator, worker1, worker2)) s.close();
                  } catch (Exception e) {
                    e.printStackTrace();
                  }
                }));
  }

  private static <T> T await(io.vertx.core.Future<T> f) {
    return f.toCompletionStage().toCompletableFuture().join();
  }
}
