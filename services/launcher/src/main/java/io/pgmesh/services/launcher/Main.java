package io.pgmesh.services.launcher;

import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts a node and keeps it until it is told to stop. The only class that blocks. */
public final class Main {
  private static final int DEFAULT_PORT = 6432;
  private static final int DEFAULT_HTTP_PORT = 8432;
  private static final int DEFAULT_WORKERS = 2;
  private static final long START_LIMIT_SECONDS = 120;
  private static final long STOP_LIMIT_SECONDS = 30;

  private Main() {}

  /** Exit code 0 after a stop, 1 when it could not start, 2 for a command line that is wrong. */
  public static void main(String[] arguments) {
    int status = 0;
    try {
      run(List.of(arguments));
    } catch (UsageError error) {
      System.err.println("pgmesh: " + error.getMessage());
      status = 2;
    } catch (Exception failure) {
      System.err.println("pgmesh: could not start: " + reason(failure));
      status = 1;
    }
    System.exit(status);
  }

  private static void run(List<String> arguments) throws Exception {
    if (arguments.isEmpty() || !arguments.getFirst().equals("up")) {
      throw new UsageError("unknown command: see ./pgmesh --help");
    }
    up(Options.parse(arguments.subList(1, arguments.size())));
  }

  private static void up(Options options) throws Exception {
    int port = options.port().orElse(DEFAULT_PORT);
    int httpPort = options.httpPort().orElse(DEFAULT_HTTP_PORT);
    requireFree(port, "--port");
    requireFree(httpPort, "--http-port");
    var stopped = new CountDownLatch(1);
    var told = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(told, stopped), "stop"));
    try (var folder = DataFolder.take(options.dataFolder());
        var servers =
            EmbeddedServers.start(
                folder, options.workers().orElse(DEFAULT_WORKERS), Main::progress)) {
      var services = EmbeddedSettings.services(servers, folder.loopbackSecret(), port, httpPort);
      var node =
          await(
              MeshNode.start(
                  Cluster.alone(),
                  services,
                  options.services().orElse(Service.ALL),
                  Main::progress),
              START_LIMIT_SECONDS);
      Ready.print(port, httpPort);
      told.await();
      progress("stopping");
      await(node.stop(), STOP_LIMIT_SECONDS);
    } finally {
      stopped.countDown();
    }
  }

  private static void stopAndWait(CountDownLatch told, CountDownLatch stopped) {
    told.countDown();
    try {
      stopped.await(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void requireFree(int port, String option) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException taken) {
      throw new UsageError("port " + port + " is in use: choose another with " + option);
    }
  }

  private static void progress(String doing) {
    System.out.println(doing + " ...");
  }

  private static <T> T await(Future<T> future, long seconds) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof Exception cause ? cause : failure;
    } catch (TimeoutException late) {
      throw new IOException("not done after " + seconds + " seconds", late);
    }
  }

  private static String reason(Exception failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }
}
