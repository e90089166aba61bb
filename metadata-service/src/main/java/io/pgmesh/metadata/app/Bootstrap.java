package io.pgmesh.metadata.app;

import io.pgmesh.metadata.store.Address;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds the first workers of a mesh through its own endpoint, as a client would: as soon as the
 * endpoint answers.
 */
final class Bootstrap {
  private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);
  private static final long RETRY_MILLIS = 250;
  private static final int QUIET_RETRIES = 40; // the endpoint opens after this service

  private final Vertx vertx;
  private final MetadataConfig config;

  Bootstrap(Vertx vertx, MetadataConfig config) {
    this.vertx = vertx;
    this.config = config;
  }

  /** Returns at once; works until all are added. */
  void add(List<Address> workers) {
    if (!workers.isEmpty()) {
      attempt(workers, 1);
    }
  }

  private void attempt(List<Address> workers, int attempt) {
    PgConnection.connect(vertx, endpoint())
        .compose(
            connection ->
                addAll(connection, workers).eventually(() -> connection.close()))
        .onSuccess(added -> LOG.info("added workers {}", workers))
        .onFailure(cause -> retry(workers, attempt, cause));
  }

  private void retry(List<Address> workers, int attempt, Throwable cause) {
    if (attempt % QUIET_RETRIES == 0) {
      LOG.warn("workers {} are not added yet: {}", workers, cause.getMessage());
    }
    vertx.setTimer(RETRY_MILLIS, timer -> attempt(workers, attempt + 1));
  }

  private static Future<Void> addAll(SqlConnection connection, List<Address> workers) {
    Future<Void> chain = Future.succeededFuture();
    for (Address worker : workers) {
      chain =
          chain.compose(
              before ->
                  connection
                      .preparedQuery("SELECT citus_add_node($1, $2)")
                      .execute(Tuple.of(worker.host(), worker.port()))
                      .mapEmpty());
    }
    return chain;
  }

  private PgConnectOptions endpoint() {
    var coordinator = config.coordinator();
    return new PgConnectOptions()
        .setHost(config.loopback().address().host())
        .setPort(config.loopback().address().port())
        .setDatabase(coordinator.database())
        .setUser(coordinator.user())
        .setPassword(coordinator.password())
        .addProperty("application_name", "pgmesh bootstrap");
  }
}
