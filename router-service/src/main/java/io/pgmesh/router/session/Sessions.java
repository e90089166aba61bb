package io.pgmesh.router.session;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.Future;

/** Opens sessions for clients that have shown who they are. */
public final class Sessions {
  private final ExecutorHub hub;
  private final SqlSession.Parts parts;
  private final String database;

  /**
   * @param database the only one there is
   */
  public Sessions(ExecutorHub hub, SqlSession.Parts parts, String database) {
    this.hub = hub;
    this.parts = parts;
    this.database = database;
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
    return hub.open(request.role(), request.settings(), listener)
        .map(
            channel ->
                new OpenedSession(new SqlSession(parts, channel, false), channel.parameters()));
  }

  private static <T> Future<T> refused(SqlState state, String message) {
    return Future.failedFuture(new SqlError(ErrorFields.fatal(state, message)));
  }
}
