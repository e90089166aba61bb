package io.pgmesh.metadata.app;

import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.metadata.store.ActiveLock;
import io.pgmesh.metadata.store.CatalogStore;
import io.pgmesh.metadata.store.Installer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@link MetadataApi}. Of all metadata services of a mesh the one that holds {@link
 * ActiveLock} is active; the others stand by and try again and again.
 */
public final class MetadataVerticle extends VerticleBase implements ActiveLock.Holder {
  private static final Logger LOG = LoggerFactory.getLogger(MetadataVerticle.class);
  private static final int POOL_SIZE = 3;

  private final MetadataConfig config;

  // this context only
  private Pool pool;
  private ActiveLock lock;
  private CatalogStore store;
  private CatalogSnapshot catalog = CatalogSnapshot.EMPTY;
  private boolean loading;
  private Promise<CatalogSnapshot> nextLoad;
  private final List<MessageConsumer<?>> served = new ArrayList<>();
  private boolean stopped;

  public MetadataVerticle(MetadataConfig config) {
    this.config = config;
  }

  @Override
  public Future<?> start() {
    PgConnectOptions options = connectOptions();
    pool =
        PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(POOL_SIZE))
            .connectingTo(options)
            .using(vertx)
            .build();
    lock = new ActiveLock(vertx, options);
    store = new CatalogStore(pool);
    return tryToLead();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    if (lock != null) {
      lock.release();
    }
    return pool == null ? Future.succeededFuture() : pool.close();
  }

  private PgConnectOptions connectOptions() {
    var coordinator = config.coordinator();
    return new PgConnectOptions(coordinator.login())
        .setHost(coordinator.address().host())
        .setPort(coordinator.address().port())
        .addProperty("application_name", "pgmesh metadata");
  }

  private Future<Void> tryToLead() {
    return lock.tryTake(this).compose(taken -> taken ? lead() : standBy());
  }

  private Future<Void> lead() {
    LOG.info("active: catalog in {}", config.coordinator());
    return new Installer(pool)
        .install(config.loopback())
        .compose(installed -> placeNodes())
        .compose(placed -> refresh())
        .compose(loaded -> serve())
        .onFailure(cause -> lock.release());
  }

  private Future<Void> standBy() {
    LOG.debug("standing by");
    retryLater();
    return Future.succeededFuture();
  }

  private void retryLater() {
    if (!stopped) {
      vertx.setTimer(
          config.lockRetryMillis(),
          timer ->
              tryToLead()
                  .onFailure(
                      cause -> {
                        LOG.warn("cannot become active: {}", cause.getMessage());
                        retryLater();
                      }));
    }
  }

  private Future<Void> placeNodes() {
    if (config.bootstrap().isEmpty()) {
      return Future.succeededFuture();
    }
    var nodes = config.bootstrap().get();
    return store
        .placeNodes(nodes.coordinator(), nodes.workers())
        .onSuccess(added -> new Bootstrap(vertx, config, nodes.workers()).add(added))
        .mapEmpty();
  }

  private Future<Void> serve() {
    return MetadataApi.CATALOG
        .serve(vertx, question -> Future.succeededFuture(catalog))
        .onSuccess(served::add)
        .compose(first -> MetadataApi.REFRESH.serve(vertx, question -> refresh()))
        .onSuccess(served::add)
        .compose(second -> MetadataApi.LOOK.serve(vertx, question -> look()))
        .onSuccess(served::add)
        .mapEmpty();
  }

  @Override
  public void lost() {
    if (stopped) {
      return;
    }
    LOG.warn("lost the connection that makes this service the active one");
    served.forEach(MessageConsumer::unregister);
    served.clear();
    retryLater();
  }

  /** Loads what was changed without the mesh; what the mesh changes is asked for by REFRESH. */
  @Override
  public void changed() {
    look().onFailure(cause -> LOG.warn("cannot load the catalog: {}", cause.getMessage()));
  }

  /** Begins an epoch only where there is something new. */
  private Future<CatalogSnapshot> look() {
    return store
        .load()
        .compose(seen -> sameContent(seen, catalog) ? Future.succeededFuture(catalog) : refresh());
  }

  private static boolean sameContent(CatalogSnapshot one, CatalogSnapshot other) {
    return one.nodes().equals(other.nodes()) && one.tables().equals(other.tables());
  }

  /**
   * Loads the catalog as it is after this call. Calls that come while one is running share the next
   * run: the running one may have read too early for them.
   */
  private Future<CatalogSnapshot> refresh() {
    if (nextLoad != null) {
      return nextLoad.future();
    }
    if (loading) {
      nextLoad = Promise.promise();
      return nextLoad.future();
    }
    loading = true;
    return store.refresh().onSuccess(this::publish).eventually(this::loaded).recover(this::failed);
  }

  private Future<Void> loaded() {
    loading = false;
    if (nextLoad != null) {
      Promise<CatalogSnapshot> waiting = nextLoad;
      nextLoad = null;
      refresh().onComplete(waiting);
    }
    return Future.succeededFuture();
  }

  private Future<CatalogSnapshot> failed(Throwable cause) {
    return Future.failedFuture(
        new SqlError(
            SqlState.CONNECTION_FAILURE, "cannot load the catalog: " + cause.getMessage()));
  }

  private void publish(CatalogSnapshot loaded) {
    if (loaded.epoch() > catalog.epoch()) {
      catalog = loaded;
      vertx.eventBus().publish(MetadataApi.CATALOG_CHANGED, loaded);
    }
  }
}
