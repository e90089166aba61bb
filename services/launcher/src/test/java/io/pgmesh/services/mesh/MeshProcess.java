package io.pgmesh.services.mesh;

import io.pgmesh.services.mesh.wire.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A whole embedded mesh as users start it: the launcher in a JVM of its own, with this build's
 * classes, and the servers that it starts.
 */
public final class MeshProcess implements AutoCloseable {
  private static final String MAIN = "io.pgmesh.services.launcher.Main";
  private static final Duration READY_WITHIN = Duration.ofSeconds(120);

  private final Path data;
  private final Path log;
  private final int port;
  private final int httpPort;
  private final List<String> options;
  private Process process;

  private MeshProcess(Path data, List<String> options) {
    this.data = data;
    this.options = options;
    this.log = data.resolveSibling(data.getFileName() + ".log");
    this.port = freePort();
    this.httpPort = freePort();
  }

  /**
   * Starts a mesh on a data folder and returns when it answers queries.
   *
   * @param options of the launcher, beside those that name folder and ports
   */
  public static MeshProcess start(Path data, String... options) {
    var mesh = new MeshProcess(data, List.of(options));
    mesh.launch();
    return mesh;
  }

  /** Starts it, or starts it again, on the same folder and ports, with these flags for its JVM. */
  public void launch(String... flags) {
    try {
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(flagsOfThisProcess());
      command.add("-Xmx768m");
      command.addAll(List.of(flags));
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN, "up"));
      command.addAll(List.of("--data", data.toString(), "--port", "" + port));
      command.addAll(List.of("--http-port", "" + httpPort));
      command.addAll(options);
      Files.writeString(log, "");
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      awaitReady();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the build gives every JVM so that it is quiet; not the agents of the test runner. */
  public static List<String> flagsOfThisProcess() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.contains("agent") && !flag.startsWith("-Xmx"))
        .toList();
  }

  private void awaitReady() throws IOException {
    var deadline = Instant.now().plus(READY_WITHIN);
    while (!log().lines().anyMatch(line -> line.startsWith("ready:"))) {
      if (!process.isAlive() || Instant.now().isAfter(deadline)) {
        process.destroyForcibly();
        throw new IllegalStateException("the mesh did not start:\n" + log());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  public Endpoint endpoint() {
    return Endpoint.local(port);
  }

  public String httpUrl() {
    return "http://127.0.0.1:" + httpPort;
  }

  /** What the launcher has written so far. */
  public String log() throws IOException {
    return Files.readString(log);
  }

  /** Ends the launcher's JVM, and Kafka and all services in it, as kill -9 does. */
  public void killJvm() {
    process.destroyForcibly().onExit().join();
  }

  /** Waits until the launcher's JVM has ended by itself, and answers its exit code. */
  public int awaitEnd(Duration within) {
    process.onExit().orTimeout(within.toMillis(), TimeUnit.MILLISECONDS).join();
    return process.exitValue();
  }

  /**
   * Ends the PostgreSQL servers in a subfolder of the data folder as kill -9 of all their processes
   * does.
   */
  public void killServer(String folderName) {
    for (ProcessHandle postmaster : postmasters(folderName)) {
      var all = new ArrayList<>(postmaster.descendants().toList());
      all.add(postmaster);
      all.forEach(ProcessHandle::destroyForcibly);
      all.forEach(handle -> handle.onExit().join());
    }
  }

  private List<ProcessHandle> postmasters(String folderName) {
    try (Stream<Path> files = Files.walk(data, 3)) {
      return files
          .filter(file -> file.endsWith("postmaster.pid"))
          .filter(file -> file.getParent().toString().contains(folderName))
          .map(MeshProcess::pid)
          .flatMap(pid -> ProcessHandle.of(pid).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long pid(Path lockFile) {
    try {
      return Long.parseLong(Files.readAllLines(lockFile).getFirst().trim());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops everything as Ctrl-C does. */
  @Override
  public void close() {
    process.destroy();
    if (!process.onExit().orTimeout(60, TimeUnit.SECONDS).handle((p, e) -> e == null).join()) {
      process.destroyForcibly();
      killServer("");
      throw new IllegalStateException("the mesh did not stop by itself");
    }
  }
}
