package io.pgmesh.services.launcher;

import io.pgmesh.services.config.MeshConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;

/** Asks the mesh as a client would, until it answers and has all its first workers. */
final class Readiness {
  private static final long INTERVAL_MILLIS = 100;
  private static final String ACTIVE_WORKERS =
      "SELECT count(*) FROM pg_dist_node WHERE isactive AND groupid > 0";

  private final Vertx vertx;
  private final PgConnectOptions endpoint;
  private final int workers;
  private final long deadline;

  Readiness(Vertx vertx, MeshConfig config, int workers, long withinMillis) {
    this.vertx = vertx;
    this.endpoint =
        new PgConnectOptions()
            .setHost(config.endpoint().host())
            .setPort(config.endpoint().port())
            .setDatabase(config.endpoint().database())
            .setUser(config.servers().user())
            .setPassword(config.servers().password())
            .addProperty("application_name", "pgmesh launcher");
    this.workers = workers;
    this.deadline = System.currentTimeMillis() + withinMillis;
  }

  Future<Void> reached() {
    return activeWorkers()
        .compose(
            found ->
                found >= workers
                    ? Future.<Void>succeededFuture()
                    : Future.failedFuture(found + " of " + workers + " workers are active"))
        .recover(this::again);
  }

  private Future<Long> activeWorkers() {
    return PgConnection.connect(vertx, endpoint)
        .compose(
            connection ->
                connection
                    .query(ACTIVE_WORKERS)
                    .execute()
                    .map(rows -> rows.iterator().next().getLong(0))
                    .eventually(() -> connection.close()));
  }

  private Future<Void> again(Throwable cause) {
    if (System.currentTimeMillis() > deadline) {
      return Future.failedFuture("the mesh does not answer: " + cause.getMessage());
    }
    Promise<Void> later = Promise.promise();
    vertx.setTimer(INTERVAL_MILLIS, timer -> reached().onComplete(later));
    return later.future();
  }
}
