package io.pgmesh.services.mesh.client;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another program run to its end. */
public final class Command {
  private final ProcessBuilder builder;
  private Duration within = Duration.ofSeconds(60);
  private String input = "";

  private Command(List<String> words) {
    builder = new ProcessBuilder(words).redirectErrorStream(true);
  }

  public static Command of(String... words) {
    return new Command(List.of(words));
  }

  public static Command of(List<String> words) {
    return new Command(words);
  }

  public Command in(Path folder) {
    builder.directory(folder.toFile());
    return this;
  }

  public Command environment(String name, String value) {
    builder.environment().put(name, value);
    return this;
  }

  public Command input(String text) {
    input = text;
    return this;
  }

  public Command within(Duration limit) {
    within = limit;
    return this;
  }

  /** What the program wrote and how it ended. */
  public record Result(int exitCode, String output) {}

  /** Runs it; killed and failed when it takes longer than its limit. */
  public Result run() {
    try {
      Path output = Files.createTempFile("command", ".out");
      Path in = Files.writeString(Files.createTempFile("command", ".in"), input);
      try {
        Process process =
            builder.redirectOutput(output.toFile()).redirectInput(in.toFile()).start();
        boolean ended = process.waitFor(within.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly().waitFor();
        }
        String text = Files.readString(output, StandardCharsets.UTF_8);
        if (!ended) {
          throw new AssertionError(
              "still running after " + within + ": " + builder.command() + "\n" + text);
        }
        return new Result(process.exitValue(), text);
      } finally {
        Files.delete(output);
        Files.delete(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Runs it and returns its output; any exit code but 0 is a failure. */
  public String output() {
    Result result = run();
    if (result.exitCode() != 0) {
      throw new AssertionError(
          builder.command() + " ended with " + result.exitCode() + ":\n" + result.output());
    }
    return result.output();
  }

  /** Skips the test, saying why, where a program is not installed. */
  public static void assumeInstalled(String... versionCommand) {
    boolean found;
    try {
      found = of(versionCommand).run().exitCode() == 0;
    } catch (UncheckedIOException e) {
      found = false;
    }
    assumeTrue(found, String.join(" ", versionCommand) + " does not run here");
  }
}
