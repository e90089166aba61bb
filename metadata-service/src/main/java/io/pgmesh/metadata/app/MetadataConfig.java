package io.pgmesh.metadata.app;

import io.pgmesh.metadata.store.Address;
import io.pgmesh.metadata.store.Loopback;
import io.vertx.pgclient.PgConnectOptions;
import java.util.List;
import java.util.Optional;

/**
 * What the metadata service must know.
 *
 * @param coordinator where the catalog is
 * @param bootstrap the nodes of a mesh that sets itself up
 * @param lockRetryMillis how often a service that stands by tries to become the active one
 */
public record MetadataConfig(
    Coordinator coordinator,
    Loopback loopback,
    Optional<Bootstrap> bootstrap,
    long lockRetryMillis) {

  public static final long LOCK_RETRY_MILLIS = 1000;

  /**
   * The coordinator database. The role owns what is installed; a superuser installs into
   * pg_catalog.
   *
   * @param login database, role, password (empty where none is asked for) and TLS
   */
  public record Coordinator(Address address, PgConnectOptions login) {

    /** A server that is reached without encryption. */
    public Coordinator(Address address, String database, String user, String password) {
      this(
          address,
          new PgConnectOptions().setDatabase(database).setUser(user).setPassword(password));
    }

    public Coordinator {
      login = new PgConnectOptions(login);
    }

    @Override
    public String toString() {
      return login.getUser() + "@" + address + "/" + login.getDatabase(); // no password in logs
    }
  }

  /**
   * Nodes of an embedded mesh. The first worker has group 1, the second group 2, …: an address that
   * changed since the last start is changed in the catalog, a new one is added.
   *
   * @param coordinator the coordinator database's address as its row names it
   */
  public record Bootstrap(Address coordinator, List<Address> workers) {
    public Bootstrap {
      workers = List.copyOf(workers);
    }
  }

  public MetadataConfig {
    if (lockRetryMillis <= 0) {
      throw new IllegalArgumentException("lockRetryMillis must be positive: " + lockRetryMillis);
    }
  }
}
