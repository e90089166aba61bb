package io.pgmesh.services.launcher;

import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.catalog.Node;
import io.pgmesh.services.config.MeshConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;

/**
 * Asks this node's router and the catalog, until the router can serve clients and all the first
 * workers are active. Neither wants a password, whoever must show one at the endpoints.
 */
final class Readiness {
  private static final long INTERVAL_MILLIS = 100;
  private static final int OK = 200;

  private final Vertx vertx;
  private final MeshConfig config;
  private final HttpClient http;
  private final int workers;
  private final long deadline;

  Readiness(Vertx vertx, MeshConfig config, int workers, long withinMillis) {
    this.vertx = vertx;
    this.config = config;
    this.http = vertx.createHttpClient();
    this.workers = workers;
    this.deadline = System.currentTimeMillis() + withinMillis;
  }

  Future<Void> reached() {
    return attempt().onComplete(done -> http.close());
  }

  private Future<Void> attempt() {
    return routerServes()
        .compose(serves -> activeWorkers())
        .compose(
            found ->
                found >= workers
                    ? Future.<Void>succeededFuture()
                    : Future.failedFuture(found + " of " + workers + " workers are active"))
        .recover(this::again);
  }

  private Future<Void> routerServes() {
    return http.request(HttpMethod.GET, config.http().port(), config.http().host(), "/health/ready")
        .compose(request -> request.send())
        .compose(this::healthy);
  }

  private Future<Void> healthy(HttpClientResponse response) {
    return response
        .body()
        .compose(
            body ->
                response.statusCode() == OK
                    ? Future.succeededFuture()
                    : Future.failedFuture(body.toString()));
  }

  private Future<Long> activeWorkers() {
    return MetadataApi.CATALOG
        .ask(vertx, new MetadataApi.GetCatalog())
        .map(
            catalog ->
                catalog.nodes().stream()
                    .filter(node -> node.active() && node.groupId() != Node.COORDINATOR_GROUP)
                    .count());
  }

  private Future<Void> again(Throwable cause) {
    if (System.currentTimeMillis() > deadline) {
      return Future.failedFuture("the mesh does not answer: " + cause.getMessage());
    }
    Promise<Void> later = Promise.promise();
    vertx.setTimer(INTERVAL_MILLIS, timer -> attempt().onComplete(later));
    return later.future();
  }
}
