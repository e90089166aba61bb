package io.pgmesh.router.session;

import io.pgmesh.contracts.api.ExecutorApi;
import io.pgmesh.contracts.api.ExecutorApi.Opened;
import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.bus.Neighbour;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The channels of one router verticle: all their events come to one address, in order. */
public final class ExecutorHub {
  private static final long PROBE_MILLIS = 2_000;

  private final Vertx vertx;
  private final String eventsAddress = "router.events." + UUID.randomUUID();
  private final Map<Long, Line> channels = new HashMap<>();

  private record Line(ExecutorChannel channel, String commandsAddress) {}

  public ExecutorHub(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Begins to listen; called once. */
  public Future<Void> start() {
    MessageConsumer<SessionEvent> consumer =
        vertx.eventBus().consumer(eventsAddress, message -> dispatch(message.body()));
    vertx.setPeriodic(PROBE_MILLIS, timer -> probe());
    return consumer.completion();
  }

  /** Opens a session with its main channel. */
  public Future<ExecutorChannel> open(
      String role, Map<String, String> settings, ChannelListener listener) {
    var request = new ExecutorApi.OpenSession(role, settings, eventsAddress);
    return Neighbour.ask(vertx, ExecutorApi.OPEN, request)
        .compose(
            neighbour ->
                neighbour
                    .map(opened -> channel(opened, Neighbour.local(), listener))
                    .map(Future::succeededFuture)
                    .orElseGet(() -> openAnywhere(request, listener)))
        .recover(cause -> Future.failedFuture(SqlError.ofQuestion(cause)));
  }

  private Future<ExecutorChannel> openAnywhere(
      ExecutorApi.OpenSession request, ChannelListener listener) {
    return ExecutorApi.OPEN
        .ask(vertx, request)
        .map(opened -> channel(opened, new DeliveryOptions(), listener));
  }

  /** Opens a second channel on the session that a coordinator backend works for. */
  public Future<ExecutorChannel> attach(int backendPid, ChannelListener listener) {
    return ExecutorApi.ATTACH
        .ask(vertx, new ExecutorApi.AttachLoopback(backendPid, eventsAddress))
        .map(opened -> channel(opened, new DeliveryOptions(), listener));
  }

  private ExecutorChannel channel(
      Opened opened, DeliveryOptions delivery, ChannelListener listener) {
    var channel = new ExecutorChannel(opened, command -> send(opened, delivery, command), listener);
    channels.put(opened.channel(), new Line(channel, opened.commandsAddress()));
    return channel;
  }

  private void send(Opened opened, DeliveryOptions delivery, SessionCommand command) {
    vertx.eventBus().send(opened.commandsAddress(), command, delivery);
    if (command instanceof SessionCommand.Close) {
      channels.remove(opened.channel());
    }
  }

  private void dispatch(SessionEvent event) {
    var line = channels.get(event.channel());
    if (line != null) { // else closed meanwhile
      line.channel.onEvent(event);
    }
  }

  /**
   * An executor that was killed says nothing, and a client that waits for it sends nothing: so each
   * executor gets a command without effect now and then, which fails when nobody is there.
   */
  private void probe() {
    var channelOf = new HashMap<String, Long>();
    channels.forEach((id, line) -> channelOf.putIfAbsent(line.commandsAddress, id));
    channelOf.forEach(
        (address, channel) ->
            vertx
                .eventBus()
                .<SessionCommand>sender(address)
                .write(new SessionCommand.Credit(channel, 0))
                .onFailure(gone -> lose(address)));
  }

  private void lose(String commandsAddress) {
    var error =
        new SqlError(SqlState.CONNECTION_FAILURE, "the executor that ran this session is gone");
    for (var entry : List.copyOf(channels.entrySet())) {
      if (entry.getValue().commandsAddress.equals(commandsAddress)) {
        channels.remove(entry.getKey());
        entry.getValue().channel.onLost(error);
      }
    }
  }
}
