package io.pgmesh.router.app;

import io.pgmesh.router.planner.StatementPlanner;
import io.pgmesh.router.session.Access;
import io.pgmesh.router.session.AddressRange;
import io.pgmesh.router.session.CatalogFeed;
import io.pgmesh.router.session.ClientLimit;
import io.pgmesh.router.session.ExecutorHub;
import io.pgmesh.router.session.SessionKeys;
import io.pgmesh.router.session.Sessions;
import io.pgmesh.router.session.SqlReader;
import io.pgmesh.router.session.SqlSession;
import io.pgmesh.router.session.WireServer;
import io.pgmesh.router.wire.ScramVerifier;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The router: SQL over two endpoints becomes plans for executors. Several instances share the ports
 * and the limit of clients; make them with {@link #instances}.
 */
public final class RouterVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(RouterVerticle.class);

  private final RouterConfig config;
  private final Shared shared;
  private Optional<WireServer> wire = Optional.empty();

  /** What the instances of one node have together. */
  private record Shared(
      ClientLimit limit,
      ScramVerifier loopbackVerifier,
      Optional<ServerSSLOptions> tls,
      SqlReader reader,
      StatementPlanner planner) {}

  private RouterVerticle(RouterConfig config, Shared shared) {
    this.config = config;
    this.shared = shared;
  }

  /**
   * Makes instances that belong together. Blocks for a moment where a certificate has to be made.
   */
  public static Supplier<RouterVerticle> instances(RouterConfig config) {
    return instances(config, new PlainSqlReader(), new CoordinatorOnlyPlanner());
  }

  /** The same with parts of the caller's. */
  public static Supplier<RouterVerticle> instances(
      RouterConfig config, SqlReader reader, StatementPlanner planner) {
    var shared =
        new Shared(
            new ClientLimit(config.limits().maxClients()),
            ScramVerifier.ofPassword(config.authentication().loopbackPassword()),
            config.tls().map(RouterVerticle::sslOptions),
            reader,
            planner);
    return () -> new RouterVerticle(config, shared);
  }

  @Override
  public Future<?> start() {
    var hub = new ExecutorHub(vertx);
    var catalogs = new CatalogFeed(vertx);
    var keys = new SessionKeys(vertx);
    var parts = new SqlSession.Parts(shared.reader, shared.planner, catalogs);
    var sessions = new Sessions(hub, parts, config.database());
    var server = new WireServer(vertx, wireSettings(), sessions, keys, shared.limit);
    wire = Optional.of(server);
    return Future.join(hub.start(), catalogs.start(), keys.start())
        .compose(listening -> server.listen(config.host(), config.port()))
        .onSuccess(port -> LOG.info("postgres endpoint on {}:{}", config.host(), port));
  }

  @Override
  public Future<?> stop() {
    return wire.map(WireServer::stop).orElseGet(Future::succeededFuture);
  }

  private WireServer.Settings wireSettings() {
    var authentication = config.authentication();
    var access =
        new Access(
            authentication.trustedAddresses().stream().map(AddressRange::parse).toList(),
            RouterConfig.Authentication.LOOPBACK_ROLE,
            shared.loopbackVerifier);
    return new WireServer.Settings(
        access,
        config.limits().frameMaxBytes(),
        config.limits().authenticationTimeoutMillis(),
        shared.tls);
  }

  private static ServerSSLOptions sslOptions(RouterConfig.Tls tls) {
    var options = new ServerSSLOptions();
    options.setKeyCertOptions(
        tls.certificate()
            .map(
                files ->
                    new PemKeyCertOptions()
                        .setCertPath(files.certificatePath().toString())
                        .setKeyPath(files.keyPath().toString()))
            .orElseGet(SelfMadeCertificate::keyCertOptions));
    return options;
  }
}
