package io.pgmesh.router.app;

import io.pgmesh.contracts.api.ExecutorApi;
import io.pgmesh.contracts.api.ExecutorApi.FoundRole;
import io.pgmesh.contracts.api.ExecutorApi.Opened;
import io.pgmesh.contracts.api.MetadataApi;
import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Serves the executor's and the catalog's endpoints with one plain PostgreSQL server. */
final class FakeExecutor extends VerticleBase {
  /** The password of the role {@code secured}. */
  static final String PASSWORD = "tr\u00e4umerei";

  final List<SessionCommand> commands = new CopyOnWriteArrayList<>();
  private final int postgresPort;
  private final String commandsAddress = "fake.commands." + UUID.randomUUID();
  private final Map<Long, FakeChannel> channels = new HashMap<>();
  private NetClient client;
  private long lastChannel;

  FakeExecutor(int postgresPort) {
    this.postgresPort = postgresPort;
  }

  @Override
  public Future<?> start() {
    client = vertx.createNetClient();
    vertx.eventBus().<SessionCommand>consumer(commandsAddress, message -> command(message.body()));
    return Future.all(
        ExecutorApi.OPEN.serve(
            vertx, open -> open(open.role(), open.settings(), open.eventsAddress())),
        ExecutorApi.ATTACH.serve(
            vertx, attach -> open("postgres", Map.of(), attach.eventsAddress())),
        ExecutorApi.FIND_ROLE.serve(vertx, find -> Future.succeededFuture(role(find.role()))),
        MetadataApi.CATALOG.serve(
            vertx, ask -> Future.succeededFuture(new CatalogSnapshot(1, List.of(), List.of()))));
  }

  private static FoundRole role(String role) {
    return switch (role) {
      case "postgres" -> new FoundRole(true, true, "");
      case "secured" -> new FoundRole(true, true, Verifiers.text(PASSWORD));
      case "nologin" -> new FoundRole(true, false, "");
      default -> new FoundRole(false, false, "");
    };
  }

  private Future<Opened> open(String role, Map<String, String> settings, String eventsAddress) {
    long id = ++lastChannel;
    return client
        .connect(postgresPort, "127.0.0.1")
        .compose(
            socket -> {
              var channel =
                  new FakeChannel(
                      id,
                      socket,
                      event -> vertx.eventBus().send(eventsAddress, event),
                      (pid, secret) -> cancel(pid, secret));
              channels.put(id, channel);
              return channel.start("postgres", settings);
            })
        .map(parameters -> new Opened(id, commandsAddress, parameters));
  }

  private void cancel(int processId, int secret) {
    client
        .connect(postgresPort, "127.0.0.1")
        .onSuccess(
            socket ->
                socket.end(
                    io.pgmesh.router.wire.Startup.frame(
                        new io.pgmesh.router.wire.Startup.CancelRequest(processId, secret))));
  }

  private void command(SessionCommand command) {
    commands.add(command);
    var channel = channels.get(command.channel());
    if (channel == null) {
      return;
    }
    if (command instanceof SessionCommand.Close) {
      channels.remove(command.channel());
    }
    channel.command(command);
  }
}
