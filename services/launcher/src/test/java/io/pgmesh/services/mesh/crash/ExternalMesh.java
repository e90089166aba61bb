package io.pgmesh.services.mesh.crash;

import static java.util.stream.Collectors.joining;

import io.pgmesh.services.embedded.FreePorts;
import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import io.pgmesh.services.mesh.MeshProcess;
import io.pgmesh.services.mesh.TestFolder;
import io.pgmesh.services.mesh.wire.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A mesh over two workers, a coordinator database and a Kafka broker that are not the launcher's:
 * each can be killed alone, and a killed launcher is soon back.
 */
final class ExternalMesh implements AutoCloseable {
  private static final int WORKERS = 2;

  private final Deque<AutoCloseable> running = new ArrayDeque<>(); // the last one first
  private KafkaProcess kafka;
  private final List<MeshProcess> nodes = new ArrayList<>();
  private final List<Integer> clusterPorts = new ArrayList<>();

  private ExternalMesh() {}

  /** All services in one process. */
  static ExternalMesh start() throws Exception {
    return start("metadata,executor,replication,router");
  }

  /**
   * @param nodes the services of each process; the last one is the router's
   */
  static ExternalMesh start(String... nodes) throws Exception {
    var mesh = new ExternalMesh();
    try {
      var folder = TestFolder.make();
      mesh.running.push(folder);
      mesh.startAll(folder.path(), List.of(nodes));
      return mesh;
    } catch (Exception | Error e) {
      mesh.close();
      throw e;
    }
  }

  private void startAll(Path folder, List<String> services) throws IOException, SQLException {
    int coordinator = serverPort(folder.resolve("coordinator"));
    var workers = new ArrayList<Integer>();
    for (int i = 1; i <= WORKERS; i++) {
      workers.add(serverPort(folder.resolve("worker-" + i)));
    }
    kafka = KafkaProcess.start(folder.resolve("kafka"));
    running.push(kafka);
    services.forEach(some -> clusterPorts.add(FreePorts.one()));
    for (String some : services) {
      startNode(folder, some, coordinator);
    }
    state().run("SELECT citus_set_coordinator_host('127.0.0.1', " + coordinator + ")");
    for (int port : workers) {
      state().run("SELECT citus_add_node('127.0.0.1', " + port + ")");
    }
  }

  private void startNode(Path folder, String services, int coordinatorPort) throws IOException {
    String members = // all of them: whichever starts later must find the others
        clusterPorts.stream().map(port -> "'127.0.0.1:" + port + "'").collect(joining(", "));
    Path settings = folder.resolve("node-" + nodes.size() + ".yaml");
    Files.writeString(
        settings,
        """
        mode: external
        services: [%s]
        coordinator: {host: 127.0.0.1, port: %d}
        kafka: {bootstrapServers: "%s"}
        cluster: {name: "%s", port: %d, members: [%s]}
        """
            .formatted(
                services,
                coordinatorPort,
                kafka.bootstrapServers(),
                folder.getFileName(),
                clusterPorts.get(nodes.size()),
                members));
    Path data = folder.resolve("node-" + nodes.size());
    var node = MeshProcess.start(data, "--config", settings.toString());
    nodes.add(node);
    running.push(node);
  }

  private int serverPort(Path folder) throws IOException {
    var server = PostgresServer.start(folder, PostgresSettings.onFreePort());
    running.push(server);
    return server.port();
  }

  /** The process that clients connect to. */
  MeshProcess launcher() {
    return nodes.getLast();
  }

  /** In the order in which they were named. */
  MeshProcess node(int position) {
    return nodes.get(position);
  }

  KafkaProcess kafka() {
    return kafka;
  }

  Endpoint endpoint() {
    return launcher().endpoint();
  }

  MeshState state() {
    return new MeshState(endpoint());
  }

  @Override
  public void close() throws Exception {
    var failures = new ArrayDeque<Exception>();
    for (AutoCloseable each : List.copyOf(running)) {
      try {
        each.close();
      } catch (Exception e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }
}
