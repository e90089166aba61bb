package io.pgmesh.services.launcher;

import io.pgmesh.executor.worker.LocalSockets;
import io.pgmesh.services.config.MeshConfig;
import io.pgmesh.services.embedded.FreePorts;
import io.pgmesh.services.embedded.KafkaBroker;
import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * The coordinator database's server, the workers and Kafka of an embedded mesh, in the data folder.
 * Ports are chosen anew at every start; the catalog learns them.
 */
final class EmbeddedServers implements AutoCloseable {
  private final DataFolder folder;
  private final MeshConfig.Embedded config;
  private final Progress progress;
  private final List<PostgresServer> servers = new CopyOnWriteArrayList<>();
  private final Supervisor supervisor;
  private KafkaBroker kafka;

  EmbeddedServers(DataFolder folder, MeshConfig.Embedded config, Progress progress) {
    this.folder = folder;
    this.config = config;
    this.progress = progress;
    this.supervisor = new Supervisor(servers, progress);
  }

  /** Returns when all of them answer. */
  void start() throws IOException {
    startServer("coordinator", "coordinator database");
    int workers = Math.max(config.workers(), folder.knownWorkers());
    for (int position = 1; position <= workers; position++) {
      startServer("worker-" + position, "worker " + position);
    }
    supervisor.start();
    kafka = KafkaBroker.start(folder.folder("kafka"));
    progress.say("Kafka on 127.0.0.1:" + kafka.port());
  }

  int coordinatorPort() {
    return servers.getFirst().port();
  }

  LocalSockets sockets() {
    return new LocalSockets(
        servers.stream().collect(Collectors.toMap(PostgresServer::port, PostgresServer::folder)));
  }

  List<Integer> workerPorts() {
    return servers.stream().skip(1).map(PostgresServer::port).toList();
  }

  String kafkaBootstrapServers() {
    return kafka.bootstrapServers();
  }

  @Override
  public void close() throws IOException {
    supervisor.close();
    if (kafka != null) {
      kafka.stop();
    }
    var failures = new ArrayList<IOException>();
    for (PostgresServer server : servers.reversed()) {
      try {
        server.stop();
      } catch (IOException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  private void startServer(String name, String title) throws IOException {
    var settings = PostgresSettings.onPort(FreePorts.one());
    for (var parameter : config.parameters().entrySet()) {
      settings = settings.with(parameter.getKey(), parameter.getValue());
    }
    var server = PostgresServer.at(folder.folder(name), settings);
    servers.add(server); // before it starts: whatever happens, it is stopped at the end
    try {
      server.start();
    } catch (IOException e) {
      nameRefusedParameter(e.getMessage());
      throw e;
    }
    progress.say("%s on 127.0.0.1:%d".formatted(title, server.port()));
  }

  /** The server's log, in whatever language, has the name of what it refuses in quotes. */
  private void nameRefusedParameter(String failure) {
    for (String name : config.parameters().keySet()) {
      failure
          .lines()
          .filter(line -> line.contains('"' + name + '"'))
          .findFirst()
          .ifPresent(
              line -> {
                String said = line.replaceFirst(".*?\\[\\d+] *[A-Z]+: *", "").strip();
                throw new UserError(
                    "embedded.parameters." + name + ": PostgreSQL refuses it: " + said);
              });
    }
  }
}
