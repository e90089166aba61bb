package io.pgmesh.router.session;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.Future;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens sessions for clients that have shown who they are. */
public final class Sessions {
  private static final String SERVER_VERSION = "server_version";
  private static final Pattern LOOPBACK_NAME = Pattern.compile("pgmesh:(\\d{1,9})");

  private final ExecutorHub hub;
  private final SqlSession.Parts parts;
  private final String database;
  private final String loopbackRole;

  /** The coordinator database's, once a session has told; until then the oldest supported. */
  private String serverVersion = "15.0";

  /**
   * @param database the only one there is
   * @param loopbackRole the role as which the coordinator database calls back
   */
  public Sessions(ExecutorHub hub, SqlSession.Parts parts, String database, String loopbackRole) {
    this.hub = hub;
    this.parts = parts;
    this.database = database;
    this.loopbackRole = loopbackRole;
  }

  /** Fails with 3D000 for a database that is not the mesh's, and whatever the executor says. */
  public Future<OpenedSession> open(SessionRequest request, ChannelListener listener) {
    if (!request.database().equals(database)) {
      return refused(
          SqlState.INVALID_CATALOG_NAME, "database \"" + request.database() + "\" does not exist");
    }
    if (request.replication()) {
      return refused(SqlState.FEATURE_NOT_SUPPORTED, "replication connections are not supported");
    }
    if (isLoopback(request)) {
      return openLoopback(request, listener);
    }
    return parts
        .catalogs()
        .whenLoaded()
        .compose(loaded -> hub.open(request.role(), request.settings(), listener))
        .map(
            channel -> {
              serverVersion = channel.parameters().getOrDefault(SERVER_VERSION, serverVersion);
              return new OpenedSession(new SqlSession(parts, channel, false), channel.parameters());
            });
  }

  /** Whether a session is the coordinator database calling back. */
  boolean isLoopback(SessionRequest request) {
    return request.role().equals(loopbackRole);
  }

  private Future<OpenedSession> openLoopback(SessionRequest request, ChannelListener listener) {
    Matcher name = LOOPBACK_NAME.matcher(request.applicationName());
    if (!name.matches()) {
      return refused(
          SqlState.INVALID_AUTHORIZATION,
          "role \"" + loopbackRole + "\" is for the coordinator database alone");
    }
    int backendPid = Integer.parseInt(name.group(1));
    return Future.succeededFuture(
        new OpenedSession(
            new LoopbackSession(parts, hub, listener, backendPid), loopbackParameters()));
  }

  /** What postgres_fdw looks at. */
  private Map<String, String> loopbackParameters() {
    return Map.of(
        SERVER_VERSION,
        serverVersion,
        "client_encoding",
        "UTF8",
        "server_encoding",
        "UTF8",
        "integer_datetimes",
        "on",
        "standard_conforming_strings",
        "on");
  }

  private static <T> Future<T> refused(SqlState state, String message) {
    return Future.failedFuture(new SqlError(ErrorFields.fatal(state, message)));
  }
}
