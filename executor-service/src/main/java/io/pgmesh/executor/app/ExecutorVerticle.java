package io.pgmesh.executor.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.pgmesh.contracts.api.ExecutorApi;
import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.contracts.plan.Server;
import io.pgmesh.executor.run.Executor;
import io.pgmesh.executor.tx.DecisionLog;
import io.pgmesh.executor.tx.Recovery;
import io.pgmesh.executor.worker.Address;
import io.pgmesh.executor.worker.ConnectionGauges;
import io.pgmesh.executor.worker.ConnectionPools;
import io.pgmesh.executor.worker.PoolLimits;
import io.pgmesh.executor.worker.ServerLogin;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Serves {@link ExecutorApi}. Wiring only: one instance has its own pools and sessions. Make them
 * with {@link #instances}.
 */
public final class ExecutorVerticle extends VerticleBase {
  private static final String COMMANDS = "executor.commands.v1.";
  private static final long ROUTERS_PROBED_MILLIS = 2_000;

  private final ExecutorConfig config;
  private final int instances;
  private final ConnectionGauges gauges;
  private final String instance = UUID.randomUUID().toString();
  private Executor executor;
  private Recovery recovery;
  private boolean recovering;

  private ExecutorVerticle(ExecutorConfig config, int instances, ConnectionGauges gauges) {
    this.config = config;
    this.instances = instances;
    this.gauges = gauges;
  }

  /**
   * Makes instances of one node.
   *
   * @param number how many will be deployed; they share the connections that the node may have
   * @param metrics takes their own
   */
  public static Supplier<ExecutorVerticle> instances(
      ExecutorConfig config, int number, MeterRegistry metrics) {
    var gauges = new ConnectionGauges(metrics);
    return () -> new ExecutorVerticle(config, number, gauges);
  }

  @Override
  public Future<?> start() {
    var coordinator = Address.coordinator(config.coordinatorHost(), config.coordinatorPort());
    var login =
        new ServerLogin(
            config.login(),
            coordinator,
            config.sockets(),
            config.catalogSchema(),
            config.connectTimeoutMillis());
    var limits =
        new PoolLimits(
                config.poolConnectionsMax(),
                config.poolWaitersMax(),
                config.poolWaitMaxMillis(),
                config.connectionIdleMaxMillis())
            .share(instances);
    var pools = new ConnectionPools(vertx, login, limits, gauges);
    var decisions = new DecisionLog(pools, coordinator, config.catalogSchema());
    var backends = new SharedBackends(vertx, instance);
    String commands = COMMANDS + instance;
    executor = new Executor(vertx, commands, coordinator, pools, decisions, backends);
    vertx.eventBus().<SessionCommand>consumer(commands, m -> executor.command(m.body()));
    recovery = new Recovery(decisions);
    startRecovery();
    vertx.setPeriodic(ROUTERS_PROBED_MILLIS, timer -> executor.probeRouters());
    return ExecutorApi.OPEN
        .serve(vertx, executor::open)
        .compose(done -> ExecutorApi.OPEN.serveNeighbour(vertx, executor::openForNeighbour))
        .compose(done -> ExecutorApi.FIND_ROLE.serve(vertx, executor::findRole))
        .compose(done -> backends.serveAttach(executor::attach));
  }

  @Override
  public Future<?> stop() {
    return executor.stop();
  }

  private void startRecovery() {
    vertx
        .eventBus()
        .<CatalogSnapshot>consumer(MetadataApi.CATALOG_CHANGED, message -> learn(message.body()));
    MetadataApi.CATALOG
        .ask(vertx, new MetadataApi.GetCatalog())
        .onSuccess(
            catalog -> {
              learn(catalog);
              recover();
            });
    vertx.setPeriodic(config.recoveryIntervalMillis(), timer -> recover());
  }

  private void learn(CatalogSnapshot catalog) {
    executor.catalogChanged(catalog);
    recovery.servers(
        catalog.nodes().stream()
            .collect(
                Collectors.toMap(
                    node -> Recovery.name(node.groupId(), node.host(), node.port()),
                    node ->
                        executor.addressOf(new Server(node.groupId(), node.host(), node.port())),
                    (one, other) -> one)));
  }

  private void recover() {
    if (!recovering) {
      recovering = true;
      recovery.run().onComplete(done -> recovering = false);
    }
  }
}
