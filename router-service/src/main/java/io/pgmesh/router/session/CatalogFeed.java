package io.pgmesh.router.session;

import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest catalog that this router knows. Touched on the router's context only. */
public final class CatalogFeed {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogFeed.class);
  private static final long RETRY_MILLIS = 500;
  private static final long WAIT_MILLIS = 10_000;

  private final Vertx vertx;
  private final List<Waiter> waiters = new ArrayList<>();
  private CatalogSnapshot newest = CatalogSnapshot.EMPTY;
  private Future<Void> looking = Future.succeededFuture();
  private final Promise<Void> first = Promise.promise();

  private record Waiter(long epoch, Promise<Void> reached) {}

  public CatalogFeed(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Listens for snapshots and asks for the first one, again and again until somebody answers. */
  public Future<Void> start() {
    MessageConsumer<CatalogSnapshot> consumer =
        vertx.eventBus().consumer(MetadataApi.CATALOG_CHANGED, message -> take(message.body()));
    loadFirst();
    return consumer.completion();
  }

  public CatalogSnapshot newest() {
    return newest;
  }

  /** Whether a snapshot has ever come. */
  public boolean loaded() {
    return first.future().isComplete();
  }

  /** Completes when the first snapshot is here; fails with 57P03 when that takes too long. */
  public Future<Void> whenLoaded() {
    if (loaded()) {
      return Future.succeededFuture();
    }
    return Future.any(first.future(), vertx.timer(WAIT_MILLIS))
        .compose(
            waited ->
                loaded()
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new SqlError(
                            ErrorFields.fatal(
                                SqlState.CANNOT_CONNECT_NOW, "the mesh is starting up"))));
  }

  /** Completes when a snapshot of that epoch is here, or when it has been waited for too long. */
  public Future<Void> atLeast(long epoch) {
    if (newest.epoch() >= epoch) {
      return Future.succeededFuture();
    }
    var waiter = new Waiter(epoch, Promise.promise());
    waiters.add(waiter);
    MetadataApi.CATALOG.ask(vertx, new MetadataApi.GetCatalog()).onSuccess(this::take);
    long timer = vertx.setTimer(WAIT_MILLIS, id -> giveUp(waiter));
    return waiter.reached.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  /** Asks whether the catalog has changed since that epoch, however lately. */
  Future<Boolean> newerThan(long epoch) {
    if (newest.epoch() > epoch) {
      return Future.succeededFuture(true);
    }
    if (looking.isComplete()) { // one question for all who ask meanwhile
      looking =
          MetadataApi.LOOK
              .ask(vertx, new MetadataApi.Look())
              .onSuccess(this::take)
              .<Void>mapEmpty()
              .otherwiseEmpty();
    }
    return looking.map(done -> newest.epoch() > epoch);
  }

  Future<Void> pause(long millis) {
    return vertx.timer(millis).mapEmpty();
  }

  private void giveUp(Waiter waiter) {
    if (waiters.remove(waiter)) {
      LOG.warn("epoch {} did not come, going on with {}", waiter.epoch, newest.epoch());
      waiter.reached.complete();
    }
  }

  private void loadFirst() {
    MetadataApi.CATALOG
        .ask(vertx, new MetadataApi.GetCatalog())
        .onSuccess(this::take)
        .onFailure(
            cause -> {
              if (!loaded()) {
                vertx.setTimer(RETRY_MILLIS, id -> loadFirst());
              }
            });
  }

  private void take(CatalogSnapshot snapshot) {
    first.tryComplete();
    if (snapshot.epoch() >= newest.epoch()) {
      newest = snapshot;
    }
    var reached = waiters.stream().filter(waiter -> waiter.epoch <= newest.epoch()).toList();
    waiters.removeAll(reached);
    reached.forEach(waiter -> waiter.reached.complete());
  }
}
