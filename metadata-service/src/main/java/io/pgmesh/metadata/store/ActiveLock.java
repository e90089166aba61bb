package io.pgmesh.metadata.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;

/**
 * The lock that makes one metadata service the active one, held by a connection of its own: whoever
 * loses the connection is no longer active, without any clock.
 */
public final class ActiveLock {
  private static final String TRY = "SELECT pg_try_advisory_lock(hashtext('pgmesh'), 1)";

  private final Vertx vertx;
  private final PgConnectOptions options;
  private PgConnection held;

  public ActiveLock(Vertx vertx, PgConnectOptions options) {
    this.vertx = vertx;
    this.options = new PgConnectOptions(options);
  }

  /** What happens to a holder of the lock, on the context that took it. */
  public interface Holder {
    /** The connection is gone, and the lock with it. */
    void lost();

    /** The catalog was changed by somebody. */
    void changed();
  }

  /**
   * Tries once.
   *
   * @return whether the lock is held now
   */
  public Future<Boolean> tryTake(Holder holder) {
    return PgConnection.connect(vertx, options)
        .compose(
            connection ->
                connection
                    .query(TRY)
                    .execute()
                    .map(rows -> rows.iterator().next().getBoolean(0))
                    .compose(taken -> taken ? hold(connection, holder) : giveUp(connection))
                    .onFailure(cause -> connection.close()));
  }

  /** Lets another service be the active one. */
  public void release() {
    if (held != null) {
      held.closeHandler(null);
      held.close();
      held = null;
    }
  }

  private Future<Boolean> hold(PgConnection connection, Holder holder) {
    held = connection;
    connection.closeHandler(closed -> holder.lost());
    connection.notificationHandler(notification -> holder.changed());
    return connection.query("LISTEN pgmesh_catalog").execute().map(true);
  }

  private static Future<Boolean> giveUp(PgConnection connection) {
    return connection.close().map(false);
  }
}
