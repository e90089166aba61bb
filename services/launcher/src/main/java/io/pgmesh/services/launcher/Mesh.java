package io.pgmesh.services.launcher;

import io.pgmesh.executor.worker.LocalSockets;
import io.pgmesh.metadata.app.MetadataConfig;
import io.pgmesh.metadata.store.Address;
import io.pgmesh.metadata.store.Loopback;
import io.pgmesh.services.config.MeshConfig;
import io.pgmesh.services.config.MeshConfig.Mode;
import io.pgmesh.services.config.MeshConfig.Service;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that one launcher runs: servers where they are embedded, and a node. Starts and stops
 * in the caller's thread.
 */
public final class Mesh implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Mesh.class);
  private static final String LOCAL = "127.0.0.1";
  private static final String EXTERNAL_CLUSTER = "pgmesh";
  private static final long START_MAX_MILLIS = 180_000;
  private static final long STOP_MAX_MILLIS = 20_000;

  private final MeshConfig config;
  private final Progress progress;
  private final Deque<AutoCloseable> running = new ArrayDeque<>(); // the last one first
  private boolean closed;

  public Mesh(MeshConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /**
   * Returns when the mesh answers queries.
   *
   * @throws Exception what went wrong; {@link #close} still has to be called
   */
  public void start() throws Exception {
    DataFolder folder = opened(DataFolder.open(config.data()));
    int workers = 0;
    Surroundings surroundings;
    if (config.mode() == Mode.EMBEDDED) {
      var servers = opened(new EmbeddedServers(folder, config.embedded(), progress));
      servers.start();
      new FirstLogin(config, progress).prepare(servers.coordinatorPort());
      workers = servers.workerPorts().size();
      surroundings = around(servers, folder);
    } else {
      surroundings = around(folder);
    }
    Node node = await(Node.start(config, surroundings, progress), START_MAX_MILLIS);
    opened(() -> await(node.stop(), STOP_MAX_MILLIS));
    if (config.runs(Service.ROUTER)) {
      await(
          new Readiness(node.vertx(), config, workers, START_MAX_MILLIS).reached(),
          START_MAX_MILLIS + STOP_MAX_MILLIS);
      folder.publishEndpoint(url(config));
    }
  }

  /** For PostgreSQL clients. */
  static String url(MeshConfig config) {
    return "postgresql://%s@%s:%d/%s"
        .formatted(
            config.servers().user(),
            config.endpoint().host(),
            config.endpoint().port(),
            config.endpoint().database());
  }

  static String httpUrl(MeshConfig config) {
    return "http://%s:%d".formatted(config.http().host(), config.http().port());
  }

  /** Stops all that was started; after a start that failed too, or while one is going on. */
  @Override
  public void close() {
    for (AutoCloseable next = nextToClose(); next != null; next = nextToClose()) {
      try {
        next.close();
      } catch (Exception e) {
        LOG.warn("did not stop cleanly", e);
      }
    }
  }

  private synchronized AutoCloseable nextToClose() {
    closed = true;
    return running.poll();
  }

  private <T extends AutoCloseable> T opened(T resource) throws Exception {
    synchronized (this) {
      if (!closed) {
        running.push(resource);
        return resource;
      }
    }
    resource.close();
    throw new UserError("stopped while starting");
  }

  private Surroundings around(EmbeddedServers servers, DataFolder folder) {
    var coordinator = new Address(LOCAL, servers.coordinatorPort());
    var workers = servers.workerPorts().stream().map(port -> new Address(LOCAL, port)).toList();
    String name = config.cluster().name();
    return new Surroundings(
        coordinator,
        servers.sockets(),
        Optional.of(new MetadataConfig.Bootstrap(coordinator, workers)),
        servers.kafkaBootstrapServers(),
        loopback(folder),
        name.isBlank() ? folder.clusterName() : name);
  }

  private Surroundings around(DataFolder folder) {
    return new Surroundings(
        new Address(config.coordinator().host(), config.coordinator().port()),
        LocalSockets.NONE,
        Optional.empty(),
        config.kafka().bootstrapServers(),
        loopback(folder),
        config.cluster().name().isBlank() ? EXTERNAL_CLUSTER : config.cluster().name());
  }

  private Loopback loopback(DataFolder folder) {
    var given = config.loopback();
    String host = given.host().isBlank() ? config.endpoint().host() : given.host();
    int port = given.port() == 0 ? config.endpoint().port() : given.port();
    String secret = given.secret().isBlank() ? folder.secret() : given.secret();
    return new Loopback(new Address(host, port), secret);
  }

  private static <T> T await(Future<T> future, long withinMillis) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(withinMillis, TimeUnit.MILLISECONDS);
  }
}
