package io.pgmesh.executor.app;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.bus.BusCodecs;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.contracts.plan.Server;
import io.pgmesh.executor.worker.LocalSockets;
import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A coordinator database, workers and one executor, all real. */
final class TestMesh implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final List<PostgresServer> servers = new ArrayList<>();
  private final ExecutorConfig config;

  private TestMesh(Path folder, int workers, int connectionsMax) throws Exception {
    BusCodecs.register(vertx);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (int i = 0; i <= workers; i++) {
      servers.add(PostgresServer.start(folder.resolve("s" + i), PostgresSettings.onFreePort()));
    }
    config =
        new ExecutorConfig(
            "127.0.0.1",
            port(0),
            new PgConnectOptions().setDatabase("postgres").setUser("postgres").setPassword(""),
            LocalSockets.NONE,
            "public",
            connectionsMax,
            1024,
            2_000,
            60_000,
            5_000,
            300);
    sql(
        0,
        """
        CREATE TABLE public.pg_dist_transaction (groupid int, gid text);
        CREATE TABLE public.pg_dist_node (groupid int, nodename text, nodeport int);
        CREATE SCHEMA pgmesh;
        GRANT USAGE ON SCHEMA pgmesh TO PUBLIC;
        CREATE FUNCTION pgmesh.record_decisions(gids text[]) RETURNS void
        LANGUAGE sql SECURITY DEFINER AS $$
          INSERT INTO public.pg_dist_transaction (groupid, gid) SELECT 0, unnest(gids)
        $$""");
    await(
        vertx.deployVerticle(
            ExecutorVerticle.instances(config, 1, new SimpleMeterRegistry()).get()));
  }

  /** Keeps its databases in the folder. */
  static TestMesh start(Path folder) throws Exception {
    return new TestMesh(folder, 2, 8);
  }

  /** With so many workers. */
  static TestMesh start(Path folder, int workers) throws Exception {
    return new TestMesh(folder, workers, 8);
  }

  /** Tells the executor of all servers, as the metadata service does. */
  void publishServers() {
    var nodes = new ArrayList<Node>();
    for (int group = 0; group < servers.size(); group++) {
      nodes.add(new Node(group, group, "127.0.0.1", port(group), true, true));
    }
    publish(nodes);
  }

  void publish(List<Node> nodes) {
    vertx.eventBus().publish(MetadataApi.CATALOG_CHANGED, new CatalogSnapshot(1, nodes, List.of()));
  }

  /** Leaves a part of a two-phase commit. */
  void prepare(int group, String gid, String sql) throws SQLException {
    sql(group, "BEGIN; " + sql + "; PREPARE TRANSACTION '" + gid + "'");
  }

  Vertx vertx() {
    return vertx;
  }

  ExecutorConfig config() {
    return config;
  }

  /** 0 is the coordinator database. */
  PostgresServer postgres(int group) {
    return servers.get(group);
  }

  int port(int group) {
    return servers.get(group).port();
  }

  Server server(int group) {
    return new Server(group, "127.0.0.1", port(group));
  }

  Connection connect(int group) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port(group) + "/postgres?options=-c%20lock_timeout=5s",
        "postgres",
        "");
  }

  /** Runs statements on a server directly. */
  void sql(int group, String sql) throws SQLException {
    try (Connection connection = connect(group);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row, as text. */
  String value(int group, String sql) throws SQLException {
    try (Connection connection = connect(group);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  TestSession session() {
    return new TestSession(this, "postgres", Map.of());
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    await(vertx.close());
    for (PostgresServer server : servers) {
      server.stop();
    }
  }
}
