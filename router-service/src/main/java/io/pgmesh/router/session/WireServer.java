package io.pgmesh.router.session;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.router.wire.TlsUpgrade;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The Postgres-wire endpoint of one verticle. */
public final class WireServer {
  private final Vertx vertx;
  private final Settings settings;
  private final Sessions sessions;
  private final SessionKeys keys;
  private final ClientLimit limit;
  private final Set<ClientConnection> clients = new HashSet<>();
  private Optional<NetServer> listening = Optional.empty();

  /**
   * @param frameMaxBytes the longest message taken after authentication
   * @param tls empty: clients that ask for encryption are told that there is none
   */
  public record Settings(
      Access access,
      int frameMaxBytes,
      long authenticationTimeoutMillis,
      Optional<TlsUpgrade> tls) {}

  public WireServer(
      Vertx vertx, Settings settings, Sessions sessions, SessionKeys keys, ClientLimit limit) {
    this.vertx = vertx;
    this.settings = settings;
    this.sessions = sessions;
    this.keys = keys;
    this.limit = limit;
  }

  /**
   * @return the port it listens on, which {@code port} 0 leaves open
   */
  public Future<Integer> listen(String host, int port) {
    var options =
        new NetServerOptions().setTcpNoDelay(true).setTcpKeepAlive(true).setReuseAddress(true);
    return vertx
        .createNetServer(options)
        .connectHandler(socket -> clients.add(new ClientConnection(socket, this)))
        .listen(port, host)
        .map(
            server -> {
              listening = Optional.of(server);
              return server.actualPort();
            });
  }

  /** Takes no more clients and sends those that are here away. */
  public Future<Void> stop() {
    var goodbye =
        new SqlError(
            ErrorFields.fatal(
                SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command"));
    List.copyOf(clients).forEach(client -> client.fatal(goodbye));
    return listening.map(NetServer::close).orElseGet(Future::succeededFuture);
  }

  void left(ClientConnection client) {
    clients.remove(client);
  }

  Vertx vertx() {
    return vertx;
  }

  Settings settings() {
    return settings;
  }

  Sessions sessions() {
    return sessions;
  }

  SessionKeys keys() {
    return keys;
  }

  ClientLimit limit() {
    return limit;
  }
}
