package io.pgmesh.services.launcher;

import io.pgmesh.services.config.MeshConfig;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the launcher again in the background and returns when it is ready. */
final class DetachedStart {
  private static final long INTERVAL_MILLIS = 50;

  private DetachedStart() {}

  static int run(MeshConfig config, List<String> arguments) {
    try {
      Path log = config.data().toAbsolutePath().resolve("log/up.log");
      Files.createDirectories(log.getParent());
      Files.deleteIfExists(log);
      Files.createFile(log);
      Process process = launch(arguments, log.toFile());
      return follow(process, log);
    } catch (IOException e) {
      throw new UserError("cannot start in the background: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static Process launch(List<String> arguments, File log) throws IOException {
    var command = new ArrayList<String>();
    command.add("setsid"); // Ctrl-C in the terminal is not for it
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments.stream().filter(word -> !word.equals("--detach")).toList());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log)
        .redirectInput(new File("/dev/null"))
        .start();
  }

  /** Shows what the other process writes until it is ready or has ended. */
  private static int follow(Process process, Path log) throws IOException, InterruptedException {
    var shown = new StringBuilder();
    try (var file = new RandomAccessFile(log.toFile(), "r")) {
      while (true) {
        boolean ended = !process.isAlive(); // before reading: nothing comes after
        byte[] news = new byte[(int) (file.length() - file.getFilePointer())];
        file.readFully(news);
        String text = new String(news, StandardCharsets.UTF_8);
        System.out.print(text);
        System.out.flush();
        shown.append(text);
        if (shown.toString().lines().anyMatch(line -> line.startsWith("ready:"))) {
          return 0;
        }
        if (ended) {
          return process.exitValue() == 0 ? 1 : process.exitValue();
        }
        Thread.sleep(INTERVAL_MILLIS);
      }
    }
  }
}
