package io.pgmesh.services.launcher;

import io.pgmesh.services.embedded.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Stops the mesh of a data folder, and servers that a killed node has left behind. */
final class Shutdown {
  private static final long PATIENCE_SECONDS = 60;

  private Shutdown() {}

  static int run(Path data, Progress progress) {
    if (!Files.exists(data.resolve("version"))) {
      throw new UserError("no mesh in " + data + " (name its folder with --data)");
    }
    var node = DataFolder.runningNode(data);
    node.ifPresent(process -> stop(process, data));
    boolean leftovers = stopServers(data);
    DataFolder.forgetNode(data);
    progress.say(
        node.isPresent() || leftovers ? "stopped the mesh in " + data : "no mesh runs in " + data);
    return 0;
  }

  private static void stop(ProcessHandle node, Path data) {
    if (!node.destroy()) {
      throw new UserError(
          "may not stop process " + node.pid() + ", which runs the mesh in " + data);
    }
    try {
      node.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      node.destroyForcibly();
      node.onExit().join();
    }
  }

  private static boolean stopServers(Path data) {
    boolean any = false;
    try (Stream<Path> folders = Files.list(data)) {
      List<Path> servers = folders.filter(f -> Files.exists(f.resolve("PG_VERSION"))).toList();
      for (Path folder : servers) {
        any |= PostgresServer.stopLeftover(folder);
      }
    } catch (IOException e) {
      throw new UserError("cannot stop the servers in " + data + ": " + e.getMessage());
    }
    return any;
  }
}
