package io.pgmesh.replication.app;

import io.pgmesh.replication.apply.ChangeLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;

/**
 * Keeps the replicas of reference tables: installs the change log, and while it is the active
 * replication service relays it to Kafka and applies it to every worker.
 */
public final class ReplicationVerticle extends VerticleBase {
  private static final int INSTALL_ATTEMPTS = 40;
  private static final long INSTALL_RETRY_MILLIS = 500;
  private static final int CONNECTIONS = 4;

  /** Nothing here may wait long for a client's locks. */
  private static final String LOCK_TIMEOUT_MILLIS = "2000";

  private final ReplicationConfig config;
  private Pool pool;
  private ChangeLog log;
  private Seat seat;
  private ActiveReplication active;

  public ReplicationVerticle(ReplicationConfig config) {
    this.config = config;
  }

  @Override
  public Future<?> start() {
    pool =
        PgBuilder.pool()
            .connectingTo(
                config
                    .coordinator()
                    .setCachePreparedStatements(true)
                    .addProperty("lock_timeout", LOCK_TIMEOUT_MILLIS)
                    // the same few questions all the time: planning takes longer than answering
                    .addProperty("plan_cache_mode", "force_generic_plan"))
            .with(new PoolOptions().setMaxSize(CONNECTIONS))
            .using(vertx)
            .build();
    log = new ChangeLog(pool);
    seat = new Seat(vertx, config.coordinator(), this::activate, this::deactivate);
    return install(INSTALL_ATTEMPTS).compose(installed -> seat.compete());
  }

  /** The coordinator database may still be starting. */
  private Future<Void> install(int attempts) {
    return log.install()
        .recover(
            failure ->
                attempts > 1
                    ? pause().compose(v -> install(attempts - 1))
                    : Future.failedFuture(failure));
  }

  private Future<Void> pause() {
    Promise<Void> paused = Promise.promise();
    vertx.setTimer(INSTALL_RETRY_MILLIS, timer -> paused.complete());
    return paused.future();
  }

  private Future<Void> activate() {
    return log.relayState()
        .compose(
            state -> {
              active = new ActiveReplication(vertx, config, log, state);
              return active.start();
            });
  }

  private Future<Void> deactivate() {
    var stopping = active;
    active = null;
    return stopping == null ? Future.succeededFuture() : stopping.stop();
  }

  @Override
  public Future<?> stop() {
    return seat.close().eventually(() -> pool.close());
  }
}
