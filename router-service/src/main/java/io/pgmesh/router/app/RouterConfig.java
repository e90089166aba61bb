package io.pgmesh.router.app;

import io.pgmesh.router.session.AddressRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The router's settings.
 *
 * @param host the Postgres-wire endpoint's address to listen on
 * @param port of the Postgres-wire endpoint; 0 takes any free one
 * @param httpHost the HTTP endpoint's address: of this machine's loopback
 * @param httpPort of the HTTP endpoint; 0 takes any free one
 * @param database the only database that clients may name
 */
public record RouterConfig(
    String host,
    int port,
    String httpHost,
    int httpPort,
    String database,
    Limits limits,
    Authentication authentication,
    Optional<Tls> tls) {

  /**
   * @param maxClients of both endpoints together, over all verticles of this node
   * @param frameMaxBytes the longest message of a client, and all values of an EXECUTE together
   * @param authenticationTimeoutMillis from the first byte to the end of authentication
   * @param httpBodyMaxBytes the longest request
   * @param httpResultMaxBytes the largest result that is collected for one answer
   * @param statementCacheMaxBytes what the sessions of one verticle keep of statements together
   */
  public record Limits(
      int maxClients,
      int frameMaxBytes,
      long authenticationTimeoutMillis,
      int httpBodyMaxBytes,
      int httpResultMaxBytes,
      int statementCacheMaxBytes) {
    public static final Limits DEFAULT =
        new Limits(10_000, 64 << 20, 60_000, 4 << 20, 16 << 20, 32 << 20);

    public Limits {
      require(maxClients > 0, "maxClients must be at least 1");
      require(frameMaxBytes >= 1 << 16, "frameMaxBytes must be at least 65536");
      require(authenticationTimeoutMillis > 0, "authenticationTimeoutMillis must be positive");
      require(httpBodyMaxBytes > 0, "httpBodyMaxBytes must be positive");
      require(httpResultMaxBytes > 0, "httpResultMaxBytes must be positive");
      require(statementCacheMaxBytes >= 0, "statementCacheMaxBytes must not be negative");
    }
  }

  /**
   * @param trustedAddresses addresses or ranges (CIDR) from which no password is asked
   * @param loopbackPassword of the role {@value #LOOPBACK_ROLE}, as which the coordinator database
   *     calls back
   * @param httpRole the role of HTTP requests that name none
   */
  public record Authentication(
      List<String> trustedAddresses, String loopbackPassword, String httpRole) {
    public static final String LOOPBACK_ROLE = "pgmesh_loopback";

    /** The addresses of this machine alone. */
    public static final List<String> THIS_MACHINE = List.of("127.0.0.0/8", "::1");

    public Authentication {
      trustedAddresses = List.copyOf(trustedAddresses);
      trustedAddresses.forEach(AddressRange::parse);
      require(!loopbackPassword.isEmpty(), "loopbackPassword must not be empty");
      require(!httpRole.isEmpty(), "httpRole must not be empty");
    }

    @Override
    public String toString() { // keeps the password out of logs
      return "Authentication[trustedAddresses=" + trustedAddresses + ", httpRole=" + httpRole + "]";
    }
  }

  /**
   * Encryption of the Postgres-wire endpoint.
   *
   * @param certificate PEM files; empty for one that is made at start and that no client can check
   */
  public record Tls(Optional<Certificate> certificate) {}

  public record Certificate(Path certificatePath, Path keyPath) {}

  public RouterConfig {
    require(!host.isEmpty(), "host must not be empty");
    require(
        List.of("127.0.0.1", "::1", "localhost").contains(httpHost),
        "httpHost must be a loopback address");
    require(port >= 0 && port <= 65535, "port must be between 0 and 65535");
    require(httpPort >= 0 && httpPort <= 65535, "httpPort must be between 0 and 65535");
    require(!database.isEmpty(), "database must not be empty");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException("router: " + message);
    }
  }
}
