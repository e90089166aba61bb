package io.pgmesh.replication.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.api.ReplicationApi;
import io.pgmesh.contracts.api.ReplicationApi.Applied;
import io.pgmesh.contracts.bus.BusCodecs;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.replication.kafka.KafkaSettings;
import io.pgmesh.services.embedded.KafkaBroker;
import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * A coordinator database, workers, a broker, and the replication service with a catalog by hand.
 */
final class Mesh {
  final Path folder;
  final PostgresServer coordinator;
  final List<PostgresServer> workers = new CopyOnWriteArrayList<>();
  final KafkaBroker broker;
  final Vertx vertx = Vertx.vertx();
  private final AtomicLong epoch = new AtomicLong(1);
  private final Duration referenceWait;
  private String deployment;

  private Mesh(Path folder, Duration referenceWait) throws Exception {
    this.folder = folder;
    this.referenceWait = referenceWait;
    this.coordinator = postgres("coordinator");
    this.broker = KafkaBroker.start(folder.resolve("kafka"));
  }

  static Mesh start(Path folder, int workers, Duration referenceWait) throws Exception {
    var mesh = new Mesh(folder, referenceWait);
    for (int i = 1; i <= workers; i++) {
      mesh.workers.add(mesh.postgres("worker" + i));
    }
    BusCodecs.register(mesh.vertx);
    get(MetadataApi.CATALOG.serve(mesh.vertx, q -> Future.succeededFuture(mesh.snapshot())));
    get(MetadataApi.REFRESH.serve(mesh.vertx, q -> Future.succeededFuture(mesh.changed())));
    mesh.catalogTables();
    mesh.startService();
    return mesh;
  }

  PostgresServer postgres(String name) throws IOException {
    return PostgresServer.start(folder.resolve(name), PostgresSettings.onFreePort());
  }

  /** As the metadata service has them. */
  private void catalogTables() throws SQLException {
    coordinator(
        "CREATE SCHEMA pgmesh",
        "CREATE FUNCTION pgmesh.catalog_schema() RETURNS text LANGUAGE sql AS $$SELECT 'pg_catalog'$$",
        "CREATE TYPE noderole AS ENUM ('primary')",
        "SET allow_system_table_mods = on",
        "CREATE TABLE pg_catalog.pg_dist_node (groupid int, nodename text, nodeport int, noderole public.noderole)");
    for (int group = 1; group <= workers.size(); group++) {
      coordinator(
          "INSERT INTO pg_dist_node VALUES (%d, '127.0.0.1', %d, 'primary')"
              .formatted(group, workers.get(group - 1).port()));
    }
  }

  void startService() throws Exception {
    deployment = deployService();
  }

  /** Another replication service beside the others. */
  String deployService() throws Exception {
    var options =
        new PgConnectOptions()
            .setHost("127.0.0.1")
            .setPort(coordinator.port())
            .setDatabase("postgres")
            .setUser("postgres")
            .setPassword("postgres");
    var kafka = new KafkaSettings(broker.bootstrapServers(), "test", 1, 64 * 1024, Map.of());
    return get(
        vertx.deployVerticle(
            new ReplicationVerticle(
                new ReplicationConfig(options, options, kafka, referenceWait))));
  }

  void stopService() throws Exception {
    get(vertx.undeploy(deployment));
  }

  void stop() throws Exception {
    get(vertx.close());
    broker.stop();
    for (PostgresServer worker : workers) {
      worker.stop();
    }
    coordinator.stop();
  }

  /** Tells the services that nodes have changed. */
  CatalogSnapshot changed() {
    epoch.incrementAndGet();
    var snapshot = snapshot();
    vertx.eventBus().publish(MetadataApi.CATALOG_CHANGED, snapshot);
    return snapshot;
  }

  private CatalogSnapshot snapshot() {
    var nodes = new ArrayList<Node>();
    nodes.add(new Node(1, 0, "127.0.0.1", coordinator.port(), true, false));
    for (int group = 1; group <= workers.size(); group++) {
      int port = workers.get(group - 1).port();
      nodes.add(new Node(group + 1, group, "127.0.0.1", port, true, true));
    }
    return new CatalogSnapshot(epoch.get(), nodes, List.of());
  }

  /** Makes an empty reference table with a replica on every worker. */
  void referenceTable(String name, String columns) throws Exception {
    var create = "CREATE TABLE " + name + " (" + columns + ")";
    for (int group = 1; group <= workers.size(); group++) {
      worker(group, create);
    }
    var steps = new ArrayList<>(List.of(create, "SELECT pgmesh.track_changes('" + name + "')"));
    IntStream.rangeClosed(1, workers.size())
        .forEach(g -> steps.add("SELECT pgmesh.register_replica('" + name + "', " + g + ")"));
    write(steps.toArray(String[]::new));
    eventually(
        "SELECT bool_and(state = 'live') FROM pgmesh.replica WHERE relation = '%s'::regclass"
            .formatted(name),
        "t");
  }

  Applied await(String xid) throws Exception {
    return get(ReplicationApi.awaitApplied(vertx, xid));
  }

  /** Begins to wait for all that is committed now. */
  CompletableFuture<Applied> askApplied() {
    return ReplicationApi.awaitApplied(vertx, "").toCompletionStage().toCompletableFuture();
  }

  /** Waits until a service is active. */
  void untilServed() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        await("");
        return;
      } catch (ExecutionException notYet) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  /** Runs a transaction as the executor does: commits and waits for the replicas. */
  Applied write(String... statements) throws Exception {
    try (var connection = connect(coordinator)) {
      return write(connection, statements);
    }
  }

  Applied write(Connection connection, String... statements) throws Exception {
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
      var xid = value(connection, "SELECT current_setting('pgmesh.change_xid', true)");
      connection.commit();
      return await(xid);
    }
  }

  void coordinator(String... statements) throws SQLException {
    run(coordinator, statements);
  }

  void worker(int group, String... statements) throws SQLException {
    run(workers.get(group - 1), statements);
  }

  private static void run(PostgresServer server, String... statements) throws SQLException {
    try (var connection = connect(server);
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The one value of a query on the coordinator database. */
  String value(String sql) throws SQLException {
    try (var connection = connect(coordinator)) {
      return value(connection, sql);
    }
  }

  /** The one value of a query on a worker. */
  String value(int group, String sql) throws SQLException {
    try (var connection = connect(workers.get(group - 1))) {
      return value(connection, sql);
    }
  }

  static String value(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  /** All rows of a table as one text. */
  static String contents(String table) {
    return "SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM " + table + " t";
  }

  /** Waits until a query on the coordinator database answers this. */
  void eventually(String sql, String expected) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String seen = value(sql);
    while (!expected.equals(seen)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(sql + " is " + seen + ", not " + expected);
      }
      TimeUnit.MILLISECONDS.sleep(50);
      seen = value(sql);
    }
  }

  static Connection connect(PostgresServer server) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres", "postgres", "postgres");
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
