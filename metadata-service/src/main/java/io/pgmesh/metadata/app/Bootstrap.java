package io.pgmesh.metadata.app;

import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.metadata.store.Address;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds the first workers of a mesh, as a client would: as soon as there is an executor, and an
 * endpoint where the coordinator database can call back.
 */
final class Bootstrap {
  private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);
  private static final long RETRY_MILLIS = 250;
  private static final int QUIET_RETRIES = 40; // the other services start after this one
  private static final String ADD = "SELECT pgmesh.add_first_worker($1, $2, $3)";
  private static final long INT4 = 23;
  private static final long TEXT = 25;

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
    endpointAnswers()
        .compose(answers -> addAll(positions))
        .onSuccess(added -> LOG.info("added {} workers", positions.size()))
        .onFailure(cause -> retry(positions, attempt, cause));
  }

  private void retry(List<Integer> positions, int attempt, Throwable cause) {
    if (attempt % QUIET_RETRIES == 0) {
      LOG.warn("workers are not added yet: {}", cause.getMessage());
    }
    vertx.setTimer(RETRY_MILLIS, timer -> attempt(positions, attempt + 1));
  }

  /** The coordinator database would find it closed, and every try takes numbers of groups. */
  private Future<Void> endpointAnswers() {
    Address endpoint = config.loopback().address();
    NetClient client = vertx.createNetClient();
    return client
        .connect(endpoint.port(), endpoint.host())
        .compose(NetSocket::close)
        .eventually(client::close);
  }

  private Future<Void> addAll(List<Integer> positions) {
    Future<Void> chain = Future.succeededFuture();
    for (int position : positions) {
      chain = chain.compose(before -> add(position));
    }
    return chain;
  }

  private Future<Void> add(int position) {
    Address worker = workers.get(position - 1);
    return OwnStatement.run(
        vertx,
        config.coordinator().login().getUser(),
        ADD,
        new Arguments(
            List.of(INT4, TEXT, INT4),
            List.of(),
            List.of(text(position), text(worker.host()), text(worker.port())),
            List.of()));
  }

  private static byte[] text(Object value) {
    return value.toString().getBytes(StandardCharsets.UTF_8);
  }
}
