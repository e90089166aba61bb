package io.pgmesh.services.mesh.crash;

import io.pgmesh.services.embedded.FreePorts;
import io.pgmesh.services.embedded.KafkaBroker;
import io.pgmesh.services.mesh.Await;
import io.pgmesh.services.mesh.MeshProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Kafka broker in a process of its own, so that it alone can be killed. */
final class KafkaProcess implements AutoCloseable {
  private static final String STARTED = "started";
  private static final Duration STARTED_WITHIN = Duration.ofSeconds(60);

  private final Path folder;
  private final Path output;
  private final int port = FreePorts.one();
  private final int controllerPort = FreePorts.one();
  private Process process;

  private KafkaProcess(Path folder) {
    this.folder = folder;
    this.output = folder.resolveSibling(folder.getFileName() + ".out");
  }

  static KafkaProcess start(Path folder) {
    var kafka = new KafkaProcess(folder);
    kafka.launch();
    return kafka;
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Starts it, or starts it again, on the same folder and ports. */
  void launch() {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(MeshProcess.flagsOfThisProcess());
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Broker.class.getName(), folder.toString()));
    command.addAll(List.of("" + port, "" + controllerPort));
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Await.until("Kafka starts", STARTED_WITHIN, this::started);
  }

  private boolean started() throws IOException {
    String said = Files.readString(output);
    if (!process.isAlive()) {
      throw new IllegalStateException("Kafka has ended: " + said);
    }
    return said.lines().anyMatch(STARTED::equals);
  }

  /** As kill -9 does. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }

  /** What runs in that process: it ends with the one that has started it. */
  static final class Broker {
    private Broker() {}

    public static void main(String[] arguments) throws IOException {
      KafkaBroker.start(
          Path.of(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
      System.out.println(STARTED);
      while (System.in.read() >= 0) {
        // nothing is said there: its end is the other process's end
      }
      Runtime.getRuntime().halt(0);
    }
  }
}
