package io.pgmesh.services.mesh.external;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.embedded.FreePorts;
import io.pgmesh.services.embedded.KafkaBroker;
import io.pgmesh.services.launcher.Launched;
import io.pgmesh.services.mesh.TestFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A mesh whose coordinator database is PostgreSQL 15 and whose workers are PostgreSQL 14. */
final class ManagedMesh implements AutoCloseable {
  private final Deque<AutoCloseable> running = new ArrayDeque<>();
  private final StringBuilder printed = new StringBuilder();
  private final int port = FreePorts.one();
  private final Path node;
  private final Path settings;
  private final Path rootCertificate;
  private final String bootstrapServers;
  private final ManagedServer coordinator;
  private final List<ManagedServer> workers;
  private Launched launched;

  private ManagedMesh() throws Exception {
    Path folder = opened(TestFolder.make()).path();
    var certificate = ServerCertificate.make(folder);
    node = folder.resolve("node");
    coordinator = opened(ManagedServer.start(15, folder.resolve("coordinator"), certificate));
    workers =
        List.of(
            opened(ManagedServer.start(14, folder.resolve("worker-1"), certificate)),
            opened(ManagedServer.start(14, folder.resolve("worker-2"), certificate)));
    var kafka = opened(KafkaBroker.start(folder.resolve("kafka")));
    bootstrapServers = kafka.bootstrapServers();
    rootCertificate = certificate.certificate();
    settings =
        Files.writeString(folder.resolve("mesh.yaml"), settings("localhost", rootCertificate));
  }

  /** With its workers added. */
  static ManagedMesh start() throws Exception {
    var mesh = new ManagedMesh();
    mesh.launch();
    try (var connection = mesh.connect();
        var statement = connection.createStatement()) {
      statement.execute(
          "SELECT citus_set_coordinator_host('localhost', %d)".formatted(mesh.coordinator.port()));
      for (ManagedServer worker : mesh.workers) {
        statement.execute("SELECT citus_add_node('localhost', %d)".formatted(worker.port()));
      }
    }
    return mesh;
  }

  /** What another node prints that reaches the same servers in this way, and cannot. */
  String refusal(String host, Path root) throws IOException {
    Path folder = Files.createTempDirectory(node.getParent(), "refused");
    String text =
        settings(host, root)
            .replace(node.toString(), folder.resolve("node").toString())
            .replace("port: " + port, "port: " + FreePorts.one());
    var other =
        Launched.start(
            "up", "--config", Files.writeString(folder.resolve("mesh.yaml"), text).toString());
    assertThat(other.exitCode()).isNotZero();
    return other.output();
  }

  Path rootCertificate() {
    return rootCertificate;
  }

  private String settings(String coordinatorHost, Path root) {
    return """
        mode: external
        data: %s
        endpoint: {port: %d, database: %s, trustedAddresses: []}
        http: {port: %d, role: %s}
        coordinator: {host: %s, port: %d}
        servers:
          user: %s
          password: "%s"
          tls: verify-full
          rootCertificatePath: %s
          catalogSchema: citus
        kafka: {bootstrapServers: "%s", topicPrefix: managed}
        cluster: {name: managed-%d}
        """
        .formatted(
            node,
            port,
            ManagedServer.DATABASE,
            FreePorts.one(),
            ManagedServer.ROLE,
            coordinatorHost,
            coordinator.port(),
            ManagedServer.ROLE,
            ManagedServer.PASSWORD,
            root,
            bootstrapServers,
            port);
  }

  private void launch() {
    launched = Launched.start("up", "--config", settings.toString()).ready();
  }

  void restart() throws IOException {
    stopNode();
    launch();
  }

  private void stopNode() throws IOException {
    launched.terminate();
    launched.exitCode();
    printed.append(launched.output());
  }

  List<ManagedServer> workers() {
    return workers;
  }

  /** All that the node has printed and logged. */
  String written() throws IOException {
    return printed + launched.output() + Files.readString(node.resolve("log/pgmesh.log"));
  }

  String loopbackSecret() throws IOException {
    return Files.readString(node.resolve("secret")).strip();
  }

  /** As the mesh's role. */
  Connection connect() throws SQLException {
    return connectAs(ManagedServer.ROLE, ManagedServer.PASSWORD);
  }

  Connection connectAs(String role, String password) throws SQLException {
    return ManagedServer.connect(port, role, password);
  }

  private <T extends AutoCloseable> T opened(T resource) {
    running.push(resource);
    return resource;
  }

  @Override
  public void close() throws Exception {
    if (launched != null) {
      stopNode();
    }
    while (!running.isEmpty()) {
      running.pop().close();
    }
  }
}
