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
  private final List<Address> workers;

  Bootstrap(Vertx vertx, MetadataConfig config, List<Address> workers) {
    this.vertx = vertx;
    this.config = config;
    this.workers = workers;
  }

  /**
   * Returns at once; works until all are added.
   *
   * @param positions of the workers to add, from 1
   */
  void add(List<Integer> positions) {
    if (!positions.isEmpty()) {
      attempt(positions, 1);
    }
  }

  private void attempt(List<Integer> positions, int attempt) {
    PgConnection.connect(vertx, endpoint())
        .compose(connection -> addAll(connection, positions).eventually(() -> connection.close()))
        .onSuccess(added -> LOG.info("added {} workers", positions.size()))
        .onFailure(cause -> retry(positions, attempt, cause));
  }

  private void retry(List<Integer> positions, int attempt, Throwable cause) {
    if (attempt % QUIET_RETRIES == 0) {
      LOG.warn("workers are not added yet: {}", cause.getMessage());
    }
    vertx.setTimer(RETRY_MILLIS, timer -> attempt(positions, attempt + 1));
  }

  private Future<Void> addAll(SqlConnection connection, List<Integer> positions) {
    Future<Void> chain = Future.succeededFuture();
    for (int position : positions) {
      Address worker = workers.get(position - 1);
      chain =
          chain.compose(
              before ->
                  connection
                      .preparedQuery("SELECT pgmesh.add_first_worker($1, $2, $3)")
                      .execute(Tuple.of(position, worker.host(), worker.port()))
                      .mapEmpty());
    }
    return chain;
  }

  private PgConnectOptions endpoint() {
    var login = config.coordinator().login();
    return new PgConnectOptions()
        .setHost(config.loopback().address().host())
        .setPort(config.loopback().address().port())
        .setDatabase(login.getDatabase())
        .setUser(login.getUser())
        .setPassword(login.getPassword())
        .addProperty("application_name", "pgmesh bootstrap");
  }
}
