package io.pgmesh.executor.worker;

import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A pool per server, and one for the mesh's own work there. Used on one context only. */
public final class ConnectionPools {
  private static final int CANCEL_REQUEST_CODE = 80877102;
  private static final int CANCEL_TIMEOUT_MILLIS = 5_000;
  private static final int LEADS_WAIT_MILLIS = 10;

  private record Key(Address address, boolean own) {}

  private final Vertx vertx;
  private final ServerLogin login;
  private final PoolLimits limits;
  private final ConnectionGauges gauges;
  private final NetClient cancelClient;
  private final Map<Key, ServerPool> pools = new HashMap<>();
  private final Set<BackendConnection> leading = new HashSet<>(); // and idle
  private boolean leadsAreDue;
  private final long evictionTimer;
  private int servers; // that sessions use

  public ConnectionPools(
      Vertx vertx, ServerLogin login, PoolLimits limits, ConnectionGauges gauges) {
    this.vertx = vertx;
    this.login = login;
    this.limits = limits;
    this.gauges = gauges;
    this.cancelClient = vertx.createNetClient();
    this.evictionTimer =
        vertx.setPeriodic(Math.max(1_000, limits.idleMaxMillis() / 4), id -> evict());
  }

  /** Whose context the connections are used on. */
  public Vertx vertx() {
    return vertx;
  }

  /**
   * A connection that nobody else uses until it is released.
   *
   * @param claims of the session that asks
   */
  public Future<BackendConnection> acquire(Address address, String role, Claims claims) {
    // its next holder sends what waits; at a moment of ours it would find the connection busy
    return pool(new Key(address, role.isEmpty())).acquire(role, claims).onSuccess(leading::remove);
  }

  /**
   * Does something as the mesh's own role, outside of clients' transactions, on a connection for
   * what no session may keep waiting.
   */
  public <T> Future<T> asMesh(Address address, Function<BackendConnection, Future<T>> work) {
    return acquire(address, "", new Claims())
        .compose(
            connection ->
                Future.succeededFuture(connection)
                    .compose(work) // catches what it throws too
                    .onComplete(done -> release(connection)));
  }

  /** The rows of SQL that is run so. */
  public Future<List<List<String>>> asMesh(Address address, String sql) {
    return asMesh(address, connection -> RowReader.simple(connection, sql));
  }

  private ServerPool pool(Key key) {
    ServerPool known = pools.get(key);
    if (known != null) {
      return known;
    }
    var pool =
        new ServerPool(
            vertx,
            key.address,
            role -> open(key.address, role),
            key.own ? limits.own() : limits,
            () -> servers,
            gauges.of(key.address));
    pools.put(key, pool);
    countServers();
    return pool;
  }

  private Future<BackendConnection> open(Address address, String role) {
    return password(role)
        .compose(
            found ->
                found
                    .map(password -> login.connect(vertx, address, role, password))
                    .map(opening -> onCoordinator(address) ? neutral(opening) : opening)
                    .orElseGet(() -> Future.failedFuture(noPassword(role))));
  }

  private boolean onCoordinator(Address address) {
    return address.host().equals(login.coordinator().host())
        && address.port() == login.coordinator().port();
  }

  private Future<BackendConnection> neutral(Future<BackendConnection> opening) {
    return opening
        .compose(connection -> RoleSettings.neutralize(connection, this::settingsOfFiles))
        .compose(SettingDefaults::give);
  }

  /** As the mesh's own role, which may be allowed to see them. */
  private Future<Map<String, String>> settingsOfFiles(BackendConnection asking) {
    if (asking.role().isEmpty()) {
      return RoleSettings.ofFiles(asking);
    }
    return asMesh(login.coordinator(), RoleSettings::ofFiles);
  }

  /** Connections of a role to the coordinator's server that are open now serve no new session. */
  public void renewCoordinator(String role) {
    pools.forEach(
        (key, pool) -> {
          if (onCoordinator(key.address)) {
            pool.renew(role);
          }
        });
  }

  /**
   * The password of a role on the servers: the mesh's own from its settings, another's from the
   * catalog; empty text where servers need none.
   */
  public Future<Optional<String>> password(String role) {
    if (login.knows(role)) {
      return Future.succeededFuture(Optional.of(login.password()));
    }
    return asMesh(
        login.coordinator(),
        connection -> RolePasswords.find(connection, login.catalogSchema(), role));
  }

  private static SqlError noPassword(String role) {
    return new SqlError(
        SqlState.INVALID_AUTHORIZATION,
        "the mesh has no password with which role \"" + role + "\" can log in to its servers",
        "Add a row (0, '" + role + "', 'password=...') to pg_dist_authinfo.");
  }

  /** Gives a connection back; it is dropped unless it is idle and outside any transaction. */
  public void release(BackendConnection connection) {
    ServerPool pool = pools.get(new Key(connection.address(), connection.role().isEmpty()));
    if (pool == null) {
      connection.close();
    } else {
      if (connection.leads().waiting() && !connection.closed()) {
        sendLeadsSoon(connection); // before somebody may take it
      }
      pool.release(connection);
    }
  }

  /** Who takes the connection next sends them for nothing, but not for ever. */
  private void sendLeadsSoon(BackendConnection connection) {
    leading.add(connection);
    if (!leadsAreDue) {
      leadsAreDue = true;
      vertx.setTimer(LEADS_WAIT_MILLIS, id -> sendLeads());
    }
  }

  private void sendLeads() {
    leadsAreDue = false;
    List<BackendConnection> waiting = List.copyOf(leading);
    leading.clear();
    waiting.stream()
        .filter(connection -> connection.leads().waiting())
        .forEach(Flight::sendLeadsAlone);
  }

  /**
   * Sends a CancelRequest for whatever the connection runs; completes when the server has acted on
   * it, failed or not.
   */
  public Future<Void> cancel(BackendConnection connection) {
    Buffer request =
        Buffer.buffer()
            .appendInt(16)
            .appendInt(CANCEL_REQUEST_CODE)
            .appendInt(connection.processId())
            .appendInt(connection.secretKey());
    Address address = connection.address();
    return cancelClient
        .connect(address.port(), address.host())
        .compose(
            socket -> {
              Future<Void> closed = whenClosed(socket);
              return socket.write(request).compose(sent -> closed);
            })
        .timeout(CANCEL_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
        .otherwiseEmpty();
  }

  private static Future<Void> whenClosed(NetSocket socket) {
    return Future.future(promise -> socket.closeHandler(promise::complete));
  }

  /** Closes what is idle; leased connections close when they are released. */
  public void close() {
    vertx.cancelTimer(evictionTimer);
    pools.values().forEach(ServerPool::closeIdle);
    pools.clear();
    cancelClient.close();
  }

  private void countServers() {
    servers = (int) pools.keySet().stream().filter(key -> !key.own).count();
  }

  private void evict() {
    pools.values().forEach(ServerPool::evictIdle);
    pools.values().removeIf(ServerPool::empty);
    countServers();
  }
}
