package io.pgmesh.services.launcher;

import static java.nio.file.StandardOpenOption.APPEND;

import io.pgmesh.services.mesh.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The launcher in a process of its own. */
public final class Launched {
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  private final Process process;
  private final Path output;

  private Launched(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** With the flags and the class path of this JVM. */
  public static Launched start(String... words) {
    var flags =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> !flag.contains("agent") && !flag.contains("logback"))
            .toList();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(words));
    try {
      Path output = Files.createTempFile("launched", ".out");
      output.toFile().deleteOnExit();
      Files.writeString(output, String.join(" ", words) + "\n", APPEND);
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
      return new Launched(process, output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it says that the mesh is ready. */
  public Launched ready() {
    Await.until(
        "ready",
        PATIENCE,
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("it ended: " + output());
          }
          return output().contains("\nready: ");
        });
    return this;
  }

  /** Waits until it ends by itself. */
  public int exitCode() {
    Await.until("ended", PATIENCE, () -> !process.isAlive());
    return process.exitValue();
  }

  /** As Ctrl-C. */
  public void terminate() {
    process.destroy();
  }

  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** What it has written so far, after its own command line. */
  public String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
