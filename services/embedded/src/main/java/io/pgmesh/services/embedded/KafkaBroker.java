package io.pgmesh.services.embedded;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A real Kafka broker (KRaft, broker and controller in one) inside this JVM, listening on 127.0.0.1
 * only.
 */
public final class KafkaBroker implements AutoCloseable {
  private static final int NODE = 1;

  private final Path folder;
  private final int port;
  private final int controllerPort;
  private KafkaRaftServer server;

  private KafkaBroker(Path folder, int port, int controllerPort) {
    this.folder = folder;
    this.port = port;
    this.controllerPort = controllerPort;
  }

  /** Starts a broker on a data folder, which is made when it does not exist, on free ports. */
  public static KafkaBroker start(Path folder) {
    return start(folder, FreePorts.one(), FreePorts.one());
  }

  /**
   * Starts a broker on a data folder, which is made when it does not exist.
   *
   * @throws IllegalStateException with Kafka's reason when it does not start
   */
  public static KafkaBroker start(Path folder, int port, int controllerPort) {
    var broker = new KafkaBroker(folder.toAbsolutePath(), port, controllerPort);
    broker.format();
    broker.start();
    return broker;
  }

  public int port() {
    return port;
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Starts the broker again on the same folder and ports. */
  public void start() {
    server = new KafkaRaftServer(new KafkaConfig(properties(), false), Time.SYSTEM);
    server.startup();
  }

  /** Stops the broker; what it has acknowledged stays in its folder. */
  public void stop() {
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  @Override
  public void close() {
    stop();
  }

  private void format() {
    if (Files.exists(folder.resolve("meta.properties"))) {
      return;
    }
    var said = new ByteArrayOutputStream();
    try {
      Files.createDirectories(folder);
      new Formatter()
          .setPrintStream(new PrintStream(said, true, StandardCharsets.UTF_8))
          .setNodeId(NODE)
          .setClusterId("pgmeshEmbeddedBroker00")
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(Optional.of(folder.toString()))
          .addDirectory(folder.toString())
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("cannot format " + folder + " for Kafka: " + said, e);
    }
  }

  private Properties properties() {
    var properties = new Properties();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", "" + NODE);
    properties.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
    properties.put(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put("log.dirs", folder.toString());
    properties.put("offsets.topic.replication.factor", "1");
    properties.put("offsets.topic.num.partitions", "1");
    properties.put("transaction.state.log.replication.factor", "1");
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("transaction.state.log.num.partitions", "1");
    properties.put("share.coordinator.state.topic.replication.factor", "1");
    properties.put("share.coordinator.state.topic.num.partitions", "1");
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("log.cleaner.dedupe.buffer.size", "2097152");
    return properties;
  }
}
