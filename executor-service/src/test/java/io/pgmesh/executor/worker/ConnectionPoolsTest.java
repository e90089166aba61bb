package io.pgmesh.executor.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that share the connections of an event loop; one server stands for two. */
class ConnectionPoolsTest {
  private static final int CONNECTIONS = 8;
  private static final String MESH = "postgres";
  private static final int NEWCOMERS = 6;
  private static final PoolLimits LIMITS = new PoolLimits(CONNECTIONS, 100, 5_000, 60_000);

  @TempDir static Path folder;
  private static PostgresServer server;
  private static Address one;
  private static Address other;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private ConnectionPools pools;

  /** One session of a role. */
  private final class Session {
    private final String role;
    private final Claims claims = new Claims();

    Session(String role) {
      this.role = role;
    }

    Future<BackendConnection> lease(Address address) {
      return pools.acquire(address, role, claims);
    }

    /** Runs a statement and then whatever else needs the connection to be kept. */
    Future<Void> use(Address address, String sql, Supplier<Future<Void>> more) {
      return lease(address)
          .compose(
              connection ->
                  RowReader.simple(connection, sql)
                      .compose(rows -> more.get())
                      .onComplete(done -> pools.release(connection)));
    }

    Future<Void> use(Address address, String sql) {
      return use(address, sql, Future::succeededFuture);
    }
  }

  @BeforeAll
  static void startServer() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    server = PostgresServer.start(folder.resolve("s"), PostgresSettings.onFreePort());
    one = Address.worker("127.0.0.1", server.port());
    other = Address.coordinator("127.0.0.1", server.port());
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.stop();
  }

  @BeforeEach
  void openPools() throws Exception {
    open(LIMITS);
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void no_more_connections_are_open_than_allowed() throws Exception {
    inContext(() -> all(50, i -> new Session(MESH).use(one, "SELECT pg_sleep(0.02)")));
    assertThat(opened()).isEqualTo(NEWCOMERS);
  }

  @Test
  void a_commit_that_travels_with_the_next_statement_costs_no_connection() throws Exception {
    Set<Integer> seen = new HashSet<>();
    inContext(() -> clockTold(20, seen));
    assertThat(seen).hasSize(1);
  }

  /** One after the other, each as long as commits may wait alone. */
  private Future<Void> clockTold(int transactions, Set<Integer> seen) {
    if (transactions == 0) {
      return Future.succeededFuture();
    }
    var session = new Session(MESH);
    return session
        .lease(one)
        .compose(
            clock -> {
              seen.add(clock.processId());
              clock.leads().add("BEGIN");
              return RowReader.simple(clock, "SELECT now()")
                  .onSuccess(told -> clock.leads().addEnd("COMMIT"))
                  .compose(told -> session.use(other, "SELECT pg_sleep(0.004)"))
                  .onSuccess(done -> pools.release(clock));
            })
        .compose(done -> clockTold(transactions - 1, seen));
  }

  @Test
  void sessions_that_need_both_servers_do_not_wait_in_a_circle() throws Exception {
    inContext(() -> all(40, i -> i % 2 == 0 ? first(one, other) : first(other, one)));
    assertThat(opened()).isLessThanOrEqualTo(2 * CONNECTIONS);
  }

  private Future<Void> first(Address address, Address then) {
    var session = new Session(MESH);
    return session.use(
        address, "SELECT pg_sleep(0.02)", () -> session.use(then, "SELECT pg_sleep(0.02)"));
  }

  @Test
  void a_session_that_asks_for_both_at_once_gets_both() throws Exception {
    inContext(
        () ->
            all(
                40,
                i -> {
                  var session = new Session(MESH);
                  boolean turned = i % 2 == 0;
                  return Future.all(
                          session.lease(turned ? other : one), session.lease(turned ? one : other))
                      .onSuccess(both -> both.<BackendConnection>list().forEach(pools::release))
                      .mapEmpty();
                }));
  }

  @Test
  void who_comes_first_is_served_first() throws Exception {
    List<Integer> served = new ArrayList<>();
    inContext(
        () ->
            all(
                40,
                i ->
                    new Session(MESH)
                        .lease(one)
                        .onSuccess(
                            connection -> {
                              served.add(i);
                              vertx.runOnContext(later -> pools.release(connection));
                            })
                        .mapEmpty()));
    List<Integer> waited = served.stream().filter(i -> i >= NEWCOMERS).toList();
    assertThat(waited).hasSize(40 - NEWCOMERS).isSorted();
  }

  @Test
  void a_role_gets_connections_though_another_always_asks_for_more() throws Exception {
    inContext(() -> new Session(MESH).use(one, "CREATE ROLE other LOGIN"));
    boolean[] ended = {false};
    inContext(
        () -> {
          Future<Void> busy = all(20, i -> until(ended));
          return new Session("other")
              .use(one, "SELECT 1")
              .onComplete(done -> ended[0] = true)
              .compose(done -> busy);
        });
  }

  private Future<Void> until(boolean[] ended) {
    return ended[0]
        ? Future.succeededFuture()
        : new Session(MESH).use(one, "SELECT 1").compose(done -> until(ended));
  }

  @Test
  void the_queue_and_the_wait_are_bounded() throws Exception {
    open(new PoolLimits(1, 1, 200, 60_000));
    inContext(
        () ->
            new Session(MESH)
                .lease(one)
                .compose(
                    held -> {
                      Future<?> waits = new Session(MESH).lease(one);
                      Future<?> tooMany = new Session(MESH).lease(one);
                      assertFull(tooMany, "too many clients wait");
                      return waits
                          .<Void>mapEmpty()
                          .otherwiseEmpty()
                          .onSuccess(
                              done -> {
                                assertFull(waits, "no connection was free within 200 milliseconds");
                                pools.release(held);
                              });
                    })
                .compose(done -> new Session(MESH).use(one, "SELECT 1")));
  }

  @Test
  void a_session_waits_once_for_all_that_it_asked_for() throws Exception {
    open(new PoolLimits(1, 10, 200, 60_000));
    inContext(
        () ->
            new Session(MESH)
                .lease(one)
                .compose(
                    held -> {
                      var late = new Session(MESH);
                      Future<?> first = late.lease(one);
                      Future<?> second = late.lease(other);
                      return Future.join(first, second)
                          .<Void>mapEmpty()
                          .otherwiseEmpty()
                          .onSuccess(
                              done -> {
                                assertFull(first, "200 milliseconds");
                                assertFull(second, "200 milliseconds");
                                pools.release(held);
                              });
                    }));
    assertThat(opened()).isOne(); // nothing was opened for who gave up
  }

  @Test
  void a_wait_can_be_abandoned() throws Exception {
    open(new PoolLimits(1, 10, 5_000, 60_000));
    var cause = new SqlError(SqlState.QUERY_CANCELED, "canceling");
    inContext(
        () ->
            new Session(MESH)
                .lease(one)
                .compose(
                    held -> {
                      var session = new Session(MESH);
                      Future<?> waits = session.lease(one);
                      session.claims.abandon(cause);
                      assertThat(waits.cause()).isSameAs(cause);
                      pools.release(held);
                      return session.use(one, "SELECT 1");
                    }));
    assertThat(metrics.get("pgmesh.server.waiting").gauges())
        .allMatch(gauge -> gauge.value() == 0.0);
  }

  @Test
  void who_logs_in_gets_a_connection_though_transactions_have_all_that_they_may() throws Exception {
    inContext(
        () ->
            Future.all(
                    IntStream.range(0, NEWCOMERS)
                        .mapToObj(i -> new Session(MESH).lease(one))
                        .toList())
                .compose(
                    leased -> {
                      var session = new Session(MESH);
                      session.claims.brief(true);
                      return session
                          .use(one, "SELECT 1")
                          .onSuccess(
                              done -> leased.<BackendConnection>list().forEach(pools::release));
                    }));
  }

  @Test
  void the_reserve_grows_with_the_servers_that_a_session_may_need() {
    var limits = new PoolLimits(8, 1, 1, 1);
    assertThat(IntStream.of(1, 2, 3, 4, 5, 9).map(servers -> limits.inUseMax(0, servers)))
        .containsExactly(6, 6, 6, 5, 4, 4);
    assertThat(IntStream.range(0, 4).map(held -> limits.inUseMax(held, 3)))
        .containsExactly(6, 7, 8, 8);
    assertThat(PoolLimits.loops(16, 64)).isEqualTo(8);
    assertThat(PoolLimits.loops(4, 4)).isOne();
  }

  private static void assertFull(Future<?> refused, String why) {
    assertThat(refused.cause()).isInstanceOf(SqlError.class).hasMessageContaining(why);
    assertThat(((SqlError) refused.cause()).code()).isEqualTo(SqlState.TOO_MANY_CONNECTIONS.code());
  }

  private static Future<Void> all(int sessions, IntFunction<Future<Void>> work) {
    return Future.join(IntStream.range(0, sessions).mapToObj(work).toList()).mapEmpty();
  }

  private void inContext(Supplier<Future<Void>> work) throws Exception {
    Promise<Void> done = Promise.promise();
    context.runOnContext(start -> work.get().onComplete(done));
    await(done.future());
  }

  private static void await(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void open(PoolLimits limits) throws Exception {
    var options = new PgConnectOptions().setDatabase("postgres").setUser(MESH).setPassword("");
    var login = new ServerLogin(options, other, LocalSockets.NONE, "public", 5_000);
    var gauges = new ConnectionGauges(metrics);
    inContext(
        () -> {
          pools = new ConnectionPools(vertx, login, limits, gauges);
          return Future.succeededFuture();
        });
  }

  /** Connections that are open now, in use or not. */
  private int opened() {
    return (int)
        metrics.get("pgmesh.server.connections").gauges().stream().mapToDouble(Gauge::value).sum();
  }
}
