package io.pgmesh.executor.worker;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How to log in to the mesh's servers.
 *
 * @param mesh database, TLS, the mesh's own role and its password; when that is empty the servers
 *     trust the mesh, and every role needs none
 * @param coordinator where the other roles' passwords are
 * @param sockets used where the platform has them
 */
public record ServerLogin(
    PgConnectOptions mesh,
    Address coordinator,
    LocalSockets sockets,
    String catalogSchema,
    int connectTimeoutMillis) {
  public ServerLogin {
    mesh = new PgConnectOptions(mesh);
  }

  /** The mesh's own role. */
  public String user() {
    return mesh.getUser();
  }

  /**
   * Whether this password is the one to log in with: the role is the mesh's own, or all need none.
   */
  boolean knows(String role) {
    return role.isEmpty() || role.equals(user()) || mesh.getPassword().isEmpty();
  }

  String password() {
    return mesh.getPassword();
  }

  /**
   * Opens a connection on the caller's context, which all its events then use.
   *
   * @param role empty for the mesh's own
   */
  Future<BackendConnection> connect(Vertx vertx, Address address, String role, String password) {
    var context = (ContextInternal) vertx.getOrCreateContext();
    PgConnectOptions options =
        new PgConnectOptions(mesh)
            .setHost(vertx.isNativeTransportEnabled() ? sockets.host(address) : address.host())
            .setPort(address.port())
            .setUser(role.isEmpty() ? user() : role)
            .setPassword(password)
            .setProperties(properties(address));
    Future<BackendConnection> connecting =
        PgConnection.connect(vertx, options)
            .map(client -> BackendConnection.takeOver(address, role, client, context));
    Future<BackendConnection> inTime =
        connecting.timeout(connectTimeoutMillis, TimeUnit.MILLISECONDS);
    connecting.onSuccess(
        connection -> {
          if (inTime.failed()) { // nobody waits for it any more
            connection.close();
          }
        });
    return inTime.recover(cause -> Future.failedFuture(connectError(address, cause)));
  }

  private Map<String, String> properties(Address address) {
    Map<String, String> properties =
        new HashMap<>(Map.of("application_name", "", "client_encoding", "UTF8"));
    if (address.part() == Address.Part.WORKER) {
      // of a UNION ALL of shards it compares each condition with each: thousands take seconds
      properties.put("constraint_exclusion", "off");
    }
    return properties;
  }

  private static SqlError connectError(Address address, Throwable cause) {
    if (cause instanceof PgException refused) {
      return new SqlError(
          ErrorFields.error(
                  SqlState.CONNECTION_FAILURE,
                  "could not connect to server " + address + ": " + refused.getErrorMessage())
              .with(ErrorFields.CODE, loginCode(refused.getSqlState())));
    }
    return new SqlError(
        SqlState.CONNECTION_FAILURE,
        "could not connect to server " + address + ": " + cause.getMessage());
  }

  /** A refused role or setting keeps its state; all else is a failure of the connection. */
  private static String loginCode(String state) {
    return state != null && (state.startsWith("28") || state.startsWith("53"))
        ? state
        : SqlState.CONNECTION_FAILURE.code();
  }
}
