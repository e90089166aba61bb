package io.pgmesh.router.app;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgmesh.contracts.bus.BusCodecs;
import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A router over a fake executor over a plain PostgreSQL server. */
final class RouterUnderTest implements AutoCloseable {
  final Vertx vertx = Vertx.vertx();
  final PostgresServer postgres;
  final FakeExecutor executor;
  final int port;
  final int httpPort;

  RouterUnderTest(Path folder, boolean inspects, long authenticationMillis) throws Exception {
    postgres = PostgresServer.start(folder, PostgresSettings.onFreePort());
    executor = new FakeExecutor(postgres.port());
    port = freePort();
    httpPort = freePort();
    BusCodecs.register(vertx);
    await(vertx.deployVerticle(executor));
    var sql = new NaiveSql(inspects);
    var metrics = new SimpleMeterRegistry();
    await(
        vertx.deployVerticle(
            RouterVerticle.instances(
                config(authenticationMillis),
                new RouterVerticle.Sql(sql, sql),
                metrics,
                () -> "pgmesh_up 1\n"),
            new DeploymentOptions().setInstances(2)));
  }

  private RouterConfig config(long authenticationMillis) {
    return new RouterConfig(
        "127.0.0.1",
        port,
        "127.0.0.1",
        httpPort,
        "postgres",
        new RouterConfig.Limits(20, 16 << 20, authenticationMillis, 1 << 20, 1 << 20, 1 << 20),
        new RouterConfig.Authentication(List.of("127.0.0.1"), "loop", "postgres"),
        Optional.of(new RouterConfig.Tls(Optional.empty())));
  }

  String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
  }

  @Override
  public void close() throws Exception {
    await(vertx.close());
    postgres.close();
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
