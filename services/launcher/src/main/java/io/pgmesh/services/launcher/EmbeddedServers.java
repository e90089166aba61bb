package io.pgmesh.services.launcher;

import io.pgmesh.services.embedded.KafkaBroker;
import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PostgreSQL servers and the Kafka broker of an embedded mesh; a server that dies is started
 * again.
 */
final class EmbeddedServers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServers.class);
  private static final long LOOK_EVERY_MILLIS = 500;

  private final List<PostgresServer> servers = Collections.synchronizedList(new ArrayList<>());
  private final KafkaBroker kafka;
  private final Thread watch = new Thread(this::watch, "embedded-servers");
  private volatile boolean stopping;

  private EmbeddedServers(KafkaBroker kafka) {
    this.kafka = kafka;
  }

  /** Starts all of them, one after the other. Blocks. */
  static EmbeddedServers start(DataFolder folder, int workers, Consumer<String> progress)
      throws IOException {
    progress.accept("starting Kafka");
    var servers = new EmbeddedServers(KafkaBroker.start(folder.kafka()));
    try {
      progress.accept("starting the coordinator database");
      servers.servers.add(
          PostgresServer.start(folder.coordinator(), PostgresSettings.onFreePort()));
      for (int number = 1; number <= workers; number++) {
        progress.accept("starting worker " + number + " of " + workers);
        servers.servers.add(
            PostgresServer.start(folder.worker(number), PostgresSettings.onFreePort()));
      }
    } catch (IOException | RuntimeException e) {
      servers.close();
      throw e;
    }
    servers.watch.setDaemon(true);
    servers.watch.start();
    return servers;
  }

  PostgresServer coordinator() {
    return servers.getFirst();
  }

  List<PostgresServer> workers() {
    return List.copyOf(servers.subList(1, servers.size()));
  }

  KafkaBroker kafka() {
    return kafka;
  }

  private void watch() {
    while (!stopping) {
      for (PostgresServer server : List.copyOf(servers)) {
        restartIfDead(server);
      }
      try {
        Thread.sleep(LOOK_EVERY_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private synchronized void restartIfDead(PostgresServer server) {
    if (stopping || server.running()) {
      return;
    }
    LOG.warn("PostgreSQL server on port {} is gone: starting it again", server.port());
    try {
      server.start();
    } catch (IOException e) {
      LOG.error("PostgreSQL server on port {} does not start", server.port(), e);
    }
  }

  /** Stops all of them. Blocks. */
  @Override
  public void close() throws IOException {
    stopping = true;
    watch.interrupt();
    synchronized (this) {
      for (PostgresServer server : List.copyOf(servers).reversed()) {
        server.stop();
      }
    }
    kafka.stop();
  }
}
