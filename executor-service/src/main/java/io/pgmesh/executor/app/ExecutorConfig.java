package io.pgmesh.executor.app;

import io.pgmesh.executor.worker.LocalSockets;
import io.pgmesh.executor.worker.PoolLimits;
import io.vertx.pgclient.PgConnectOptions;

/**
 * What an executor must know.
 *
 * @param coordinatorHost server of the coordinator database
 * @param login how to log in to it and to every worker: database, TLS, the mesh's own role and its
 *     password; when that is empty the servers trust the mesh, else other roles' passwords are read
 *     from the catalog
 * @param sockets of those servers that run on this machine
 * @param catalogSchema where the catalog tables are: {@code pg_catalog} or {@code citus}
 * @param poolConnectionsMax open connections of this node to one server for sessions of all roles
 * @param poolWaitersMax statements that may wait for one of them
 * @param recoveryIntervalMillis how often prepared transactions are looked for
 */
public record ExecutorConfig(
    String coordinatorHost,
    int coordinatorPort,
    PgConnectOptions login,
    LocalSockets sockets,
    String catalogSchema,
    int poolConnectionsMax,
    int poolWaitersMax,
    int poolWaitMaxMillis,
    int connectionIdleMaxMillis,
    int connectTimeoutMillis,
    int recoveryIntervalMillis) {

  public ExecutorConfig {
    require(!coordinatorHost.isBlank(), "coordinatorHost must not be empty");
    require(coordinatorPort > 0 && coordinatorPort < 65536, "coordinatorPort must be a port");
    login = new PgConnectOptions(login);
    require(!login.getDatabase().isBlank(), "database must not be empty");
    require(!login.getUser().isBlank(), "user must not be empty");
    require(poolConnectionsMax > 0, "poolConnectionsMax must be positive");
    require(poolWaitersMax >= 0, "poolWaitersMax must not be negative");
    require(poolWaitMaxMillis > 0, "poolWaitMaxMillis must be positive");
    require(connectionIdleMaxMillis > 0, "connectionIdleMaxMillis must be positive");
    require(connectTimeoutMillis > 0, "connectTimeoutMillis must be positive");
    require(recoveryIntervalMillis > 0, "recoveryIntervalMillis must be positive");
  }

  /**
   * How many instances of this node its connections are enough for.
   *
   * @param wanted at most
   */
  public int instances(int wanted) {
    return PoolLimits.loops(wanted, poolConnectionsMax);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
