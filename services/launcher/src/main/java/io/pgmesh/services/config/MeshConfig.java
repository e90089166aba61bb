package io.pgmesh.services.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** All settings of a node, one record a concern; {@code deploy/mesh.yaml} explains each of them. */
public record MeshConfig(
    Mode mode,
    Path data,
    List<Service> services,
    EndpointConfig endpoint,
    HttpConfig http,
    Embedded embedded,
    Coordinator coordinator,
    ServersConfig servers,
    LoopbackConfig loopback,
    ExecutorSettings executor,
    Metadata metadata,
    Replication replication,
    KafkaConfig kafka,
    ClusterConfig cluster) {

  private static final int ANY_PORT = 0;

  /** Where the servers come from. */
  public enum Mode {
    @JsonProperty("embedded")
    EMBEDDED,
    @JsonProperty("external")
    EXTERNAL
  }

  /** What can run in a node, in the order in which it starts. */
  public enum Service {
    @JsonProperty("metadata")
    METADATA,
    @JsonProperty("executor")
    EXECUTOR,
    @JsonProperty("replication")
    REPLICATION,
    @JsonProperty("router")
    ROUTER
  }

  /**
   * The embedded servers.
   *
   * @param password that clients show for the mesh's role; empty leaves what the role has
   */
  public record Embedded(int workers, String password, Map<String, String> parameters) {
    private static final int WORKERS_MAX = 32;

    public Embedded {
      Check.between("workers", workers, 1, WORKERS_MAX);
      parameters = Map.copyOf(parameters);
    }

    @Override
    public String toString() {
      return workers + " workers"; // no password in logs
    }
  }

  /** The server that has the coordinator database. */
  public record Coordinator(String host, int port) {
    public Coordinator {
      Check.port("port", port);
    }
  }

  public record Metadata(int lockRetryMillis) {
    public Metadata {
      Check.positive("lockRetryMillis", lockRetryMillis);
    }
  }

  public record Replication(int referenceWaitMillis) {
    private static final int WAIT_MAX_MILLIS = 45_000;

    public Replication {
      Check.between("referenceWaitMillis", referenceWaitMillis, 0, WAIT_MAX_MILLIS);
    }
  }

  public MeshConfig {
    services = services.stream().distinct().sorted().toList();
    Check.that(!services.isEmpty(), "services", "names no service");
    Check.that(!data.toString().isEmpty(), "data", "must name a folder");
    Check.that(
        http.port() == ANY_PORT || http.port() != endpoint.port(),
        "http.port",
        http.port() + " is endpoint.port too: each endpoint needs a port of its own");
    if (mode == Mode.EXTERNAL) {
      Check.that(!coordinator.host().isBlank(), "coordinator.host", "is needed in mode external");
      Check.that(
          !kafka.bootstrapServers().isBlank() || !services.contains(Service.REPLICATION),
          "kafka.bootstrapServers",
          "is needed by the replication service in mode external");
    }
  }

  public boolean runs(Service service) {
    return services.contains(service);
  }
}
