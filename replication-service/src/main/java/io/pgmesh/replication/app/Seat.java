package io.pgmesh.replication.app;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The seat of the one active service: a lock that lives as long as a connection to the coordinator
 * database. The others try again and again.
 */
final class Seat {
  private static final Logger LOG = LoggerFactory.getLogger(Seat.class);
  private static final long RETRY_MILLIS = 500;

  private final Vertx vertx;
  private final PgConnectOptions coordinator;
  private final Supplier<Future<Void>> taken;
  private final Supplier<Future<Void>> lost;

  private PgConnection connection;
  private boolean closed;

  /**
   * @param taken becomes active
   * @param lost stops being active
   */
  Seat(
      Vertx vertx,
      PgConnectOptions coordinator,
      Supplier<Future<Void>> taken,
      Supplier<Future<Void>> lost) {
    this.vertx = vertx;
    this.coordinator = coordinator;
    this.taken = taken;
    this.lost = lost;
  }

  /** Tries for the first time; completes when that is decided, active or not. */
  Future<Void> compete() {
    return PgConnection.connect(vertx, coordinator)
        .compose(
            opened -> {
              connection = opened;
              opened.exceptionHandler(failure -> LOG.debug("seat: {}", failure.getMessage()));
              opened.closeHandler(gone -> lose(opened));
              return tryLock(opened);
            })
        .otherwise(
            failure -> {
              LOG.warn("cannot reach the coordinator database: {}", failure.getMessage());
              vertx.setTimer(RETRY_MILLIS, timer -> competeAgain());
              return null;
            });
  }

  private void competeAgain() {
    if (!closed) {
      compete();
    }
  }

  private Future<Void> tryLock(PgConnection opened) {
    return opened
        .query("SELECT pg_try_advisory_lock(1885826419, 2)")
        .execute()
        .map(rows -> rows.iterator().next().getBoolean(0))
        .compose(
            locked -> {
              if (locked) {
                LOG.info("replication service is active");
                return taken.get().recover(failure -> giveUp(opened, failure));
              }
              vertx.setTimer(RETRY_MILLIS, timer -> tryLockAgain(opened));
              return Future.succeededFuture();
            });
  }

  private Future<Void> giveUp(PgConnection opened, Throwable failure) {
    LOG.warn("replication service cannot become active: {}", failure.getMessage());
    return opened.close(); // the close handler goes on
  }

  private void tryLockAgain(PgConnection opened) {
    if (!closed && connection == opened) {
      tryLock(opened).onFailure(failure -> opened.close());
    }
  }

  private void lose(PgConnection gone) {
    if (connection != gone) {
      return;
    }
    connection = null;
    lost.get()
        .onComplete(
            stopped -> {
              if (!closed) {
                vertx.setTimer(RETRY_MILLIS, timer -> competeAgain());
              }
            });
  }

  Future<Void> close() {
    closed = true;
    var held = connection;
    connection = null;
    return lost.get().compose(v -> held == null ? Future.succeededFuture() : held.close());
  }
}
