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
 *     trust the mesh, which then connects as the client's role
 */
public record ServerLogin(PgConnectOptions mesh, int connectTimeoutMillis) {
  public ServerLogin {
    mesh = new PgConnectOptions(mesh);
  }

  /** The mesh's own role. */
  public String user() {
    return mesh.getUser();
  }

  /** Whether connections are opened as the client's role itself. */
  public boolean connectsAsClient() {
    return mesh.getPassword().isEmpty();
  }

  /** Opens a connection on the caller's context, which all its events then use. */
  Future<BackendConnection> connect(Vertx vertx, Address address, String role) {
    var context = (ContextInternal) vertx.getOrCreateContext();
    String login = connectsAsClient() && !role.isEmpty() ? role : user();
    PgConnectOptions options =
        new PgConnectOptions(mesh)
            .setHost(address.host())
            .setPort(address.port())
            .setUser(login)
            .setProperties(
                new HashMap<>(Map.of("application_name", "", "client_encoding", "UTF8")));
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
