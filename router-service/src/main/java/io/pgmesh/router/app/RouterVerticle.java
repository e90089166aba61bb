package io.pgmesh.router.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.pgmesh.router.http.HttpEndpoint;
import io.pgmesh.router.planner.MeshPlanner;
import io.pgmesh.router.planner.StatementPlanner;
import io.pgmesh.router.session.Access;
import io.pgmesh.router.session.AddressRange;
import io.pgmesh.router.session.CacheMetrics;
import io.pgmesh.router.session.CacheSpace;
import io.pgmesh.router.session.CatalogFeed;
import io.pgmesh.router.session.ClientLimit;
import io.pgmesh.router.session.ExecutorHub;
import io.pgmesh.router.session.SessionKeys;
import io.pgmesh.router.session.Sessions;
import io.pgmesh.router.session.SqlReader;
import io.pgmesh.router.session.SqlSession;
import io.pgmesh.router.session.WireServer;
import io.pgmesh.router.sql.ParserCheck;
import io.pgmesh.router.wire.ScramVerifier;
import io.pgmesh.router.wire.TlsUpgrade;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.PemKeyCertOptions;
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
  private Optional<HttpEndpoint> http = Optional.empty();
  private Optional<CacheSpace> space = Optional.empty();

  /** What the instances of one node have together. */
  private record Shared(
      ClientLimit limit,
      Observed observed,
      ScramVerifier loopbackVerifier,
      Optional<PemKeyCertOptions> keyAndCertificate,
      Sql sql) {}

  /**
   * What is known of the whole node from outside.
   *
   * @param exposition all metrics of the node as Prometheus reads them
   */
  private record Observed(CacheMetrics caches, Supplier<String> exposition) {}

  private RouterVerticle(RouterConfig config, Shared shared) {
    this.config = config;
    this.shared = shared;
  }

  /**
   * Makes instances that belong together. Blocks for a moment where a certificate has to be made.
   *
   * @param metrics takes the routers' own
   * @param exposition all metrics of the node as Prometheus reads them
   */
  public static Supplier<RouterVerticle> instances(
      RouterConfig config, MeterRegistry metrics, Supplier<String> exposition) {
    ParserCheck.warmUp();
    var sql = new Sql(new TextReader(), new MeshPlanner());
    return instances(config, sql, metrics, exposition);
  }

  /** How SQL is understood. */
  record Sql(SqlReader reader, StatementPlanner planner) {}

  /** The same with another understanding of SQL. */
  static Supplier<RouterVerticle> instances(
      RouterConfig config, Sql sql, MeterRegistry metrics, Supplier<String> exposition) {
    var shared =
        new Shared(
            new ClientLimit(config.limits().maxClients(), metrics),
            new Observed(new CacheMetrics(metrics), exposition),
            ScramVerifier.ofPassword(config.authentication().loopbackPassword()),
            config.tls().map(RouterVerticle::keyAndCertificate),
            sql);
    return () -> new RouterVerticle(config, shared);
  }

  @Override
  public Future<?> start() {
    var hub = new ExecutorHub(vertx);
    var catalogs = new CatalogFeed(vertx);
    var keys = new SessionKeys(vertx);
    var kept = new CacheSpace(config.limits().statementCacheMaxBytes(), shared.observed.caches());
    space = Optional.of(kept);
    var parts =
        new SqlSession.Parts(
            shared.sql.reader(),
            shared.sql.planner(),
            catalogs,
            kept,
            config.limits().frameMaxBytes());
    var sessions =
        new Sessions(hub, parts, config.database(), RouterConfig.Authentication.LOOPBACK_ROLE);
    return Future.join(hub.start(), catalogs.start(), keys.start())
        .compose(listening -> tls())
        .map(tls -> new WireServer(vertx, wireSettings(tls), sessions, keys, shared.limit))
        .compose(this::listen)
        .map(
            listening -> {
              var served =
                  new HttpEndpoint.Served(
                      sessions, catalogs, shared.limit, shared.observed.exposition());
              return new HttpEndpoint(vertx, httpSettings(), served);
            })
        .compose(this::listen);
  }

  private Future<Integer> listen(WireServer server) {
    wire = Optional.of(server);
    return server
        .listen(config.host(), config.port())
        .onSuccess(port -> LOG.info("postgres endpoint on {}:{}", config.host(), port));
  }

  private Future<Integer> listen(HttpEndpoint endpoint) {
    http = Optional.of(endpoint);
    return endpoint
        .listen(config.httpHost(), config.httpPort())
        .onSuccess(port -> LOG.info("http endpoint on {}:{}", config.httpHost(), port));
  }

  @Override
  public Future<?> stop() {
    return Future.join(
            wire.map(WireServer::stop).orElseGet(Future::succeededFuture),
            http.map(HttpEndpoint::stop).orElseGet(Future::succeededFuture))
        .onComplete(done -> space.ifPresent(CacheSpace::close));
  }

  private Future<Optional<TlsUpgrade>> tls() {
    return shared
        .keyAndCertificate
        .map(files -> TlsUpgrade.load(vertx, files).map(Optional::of))
        .orElseGet(() -> Future.succeededFuture(Optional.empty()));
  }

  private Access access() {
    return new Access(
        config.authentication().trustedAddresses().stream().map(AddressRange::parse).toList(),
        RouterConfig.Authentication.LOOPBACK_ROLE,
        shared.loopbackVerifier);
  }

  private WireServer.Settings wireSettings(Optional<TlsUpgrade> tls) {
    return new WireServer.Settings(
        access(),
        config.limits().frameMaxBytes(),
        config.limits().authenticationTimeoutMillis(),
        tls);
  }

  private HttpEndpoint.Settings httpSettings() {
    return new HttpEndpoint.Settings(
        access(),
        config.authentication().httpRole(),
        config.database(),
        config.limits().httpBodyMaxBytes(),
        config.limits().httpResultMaxBytes());
  }

  private static PemKeyCertOptions keyAndCertificate(RouterConfig.Tls tls) {
    return tls.certificate()
        .map(
            files ->
                new PemKeyCertOptions()
                    .setCertPath(files.certificatePath().toString())
                    .setKeyPath(files.keyPath().toString()))
        .orElseGet(SelfMadeCertificate::keyCertOptions);
  }
}
