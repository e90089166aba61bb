package io.pgmesh.services.mesh.crash;

import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import io.pgmesh.services.mesh.MeshProcess;
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
  private MeshProcess launcher;

  private ExternalMesh() {}

  static ExternalMesh start() throws Exception {
    var mesh = new ExternalMesh();
    try {
      mesh.startAll(Files.createTempDirectory("pgmesh-crash"));
      return mesh;
    } catch (Exception | Error e) {
      mesh.close();
      throw e;
    }
  }

  private void startAll(Path folder) throws IOException, SQLException {
    int coordinator = serverPort(folder.resolve("coordinator"));
    var workers = new ArrayList<Integer>();
    for (int i = 1; i <= WORKERS; i++) {
      workers.add(serverPort(folder.resolve("worker-" + i)));
    }
    kafka = KafkaProcess.start(folder.resolve("kafka"));
    running.push(kafka);
    Path settings = folder.resolve("mesh.yaml");
    Files.writeString(settings, settings(coordinator, folder.getFileName()));
    launcher = MeshProcess.start(folder.resolve("data"), "--config", settings.toString());
    running.push(launcher);
    state().run("SELECT citus_set_coordinator_host('127.0.0.1', " + coordinator + ")");
    for (int port : workers) {
      state().run("SELECT citus_add_node('127.0.0.1', " + port + ")");
    }
  }

  private String settings(int coordinatorPort, Path clusterName) {
    return """
        mode: external
        coordinator: {host: 127.0.0.1, port: %d}
        kafka: {bootstrapServers: "%s"}
        cluster: {name: "%s"}
        """
        .formatted(coordinatorPort, kafka.bootstrapServers(), clusterName);
  }

  private int serverPort(Path folder) throws IOException {
    var server = PostgresServer.start(folder, PostgresSettings.onFreePort());
    running.push(server);
    return server.port();
  }

  MeshProcess launcher() {
    return launcher;
  }

  KafkaProcess kafka() {
    return kafka;
  }

  Endpoint endpoint() {
    return launcher.endpoint();
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
