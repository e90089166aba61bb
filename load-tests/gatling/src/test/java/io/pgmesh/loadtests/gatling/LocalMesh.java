package io.pgmesh.loadtests.gatling;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A mesh of this build, which runs in a JVM of its own, as Gatling needs other libraries. */
final class LocalMesh implements AutoCloseable {
  private static final Path PROJECT =
      Path.of(System.getProperty("basedir"), "..", "..").normalize();

  private final Path folder;
  private final int port = freePort();
  private final int httpPort = freePort();
  private final Process process;

  private LocalMesh() throws IOException {
    folder = Files.createTempDirectory("pgmesh-gatling-test");
    process =
        new ProcessBuilder(command())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
  }

  /** Starts it and returns when it answers. */
  static LocalMesh start() throws IOException {
    var mesh = new LocalMesh();
    var output = mesh.process.inputReader();
    var lines = new ArrayList<String>();
    String line;
    do {
      line = output.readLine();
      lines.add(line);
    } while (line != null && !line.startsWith("ready:"));
    if (line == null) {
      mesh.close();
      throw new IllegalStateException("the mesh did not start: " + lines);
    }
    Thread.startVirtualThread(() -> output.lines().forEach(System.out::println));
    return mesh;
  }

  private List<String> command() throws IOException {
    var launcher = PROJECT.resolve("services/launcher/target");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.contains("agent") && !flag.startsWith("-Xmx"))
        .forEach(command::add);
    command.add("-Xmx768m");
    command.add("-Dlogback.configurationFile=" + PROJECT.resolve(".mvn/logback-test.xml"));
    command.add("-cp");
    command.add(
        launcher.resolve("classes") + ":" + Files.readString(launcher.resolve("class-path")));
    command.add("io.pgmesh.services.launcher.Main");
    command.addAll(List.of("up", "--data", folder.resolve("mesh").toString()));
    command.addAll(List.of("--port", "" + port, "--http-port", "" + httpPort));
    return command;
  }

  String url() {
    return "postgresql://postgres@127.0.0.1:" + port + "/postgres";
  }

  String httpUrl() {
    return "http://127.0.0.1:" + httpPort;
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops the launcher as Ctrl-C does, and it stops the servers. */
  @Override
  public void close() throws IOException {
    process.destroy();
    process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
