package io.pgmesh.services.launcher;

import io.pgmesh.services.embedded.PostgresServer;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts servers again that have died. */
final class Supervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final long INTERVAL_MILLIS = 250;

  private final List<PostgresServer> servers;
  private final Progress progress;
  private final Thread thread = new Thread(this::watch, "pgmesh-supervisor");
  private volatile boolean closed;

  Supervisor(List<PostgresServer> servers, Progress progress) {
    this.servers = servers;
    this.progress = progress;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Returns when no server is being started any more. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch() {
    while (!closed) {
      for (PostgresServer server : servers) {
        if (!closed && !server.running()) {
          restart(server);
        }
      }
      try {
        Thread.sleep(INTERVAL_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void restart(PostgresServer server) {
    String name = server.folder().getFileName().toString();
    try {
      server.start();
      LOG.warn("{} had died and was started again", name);
      progress.say(name + " had died and was started again");
    } catch (IOException e) { // its processes may not all be gone yet: the next round tries again
      LOG.warn("{} has died and does not start: {}", name, e.getMessage());
    }
  }
}
