package io.pgmesh.router.session;

import io.pgmesh.contracts.api.ExecutorApi;
import io.pgmesh.contracts.api.ExecutorApi.Opened;
import io.pgmesh.contracts.api.SessionCommand;
import io.pgmesh.contracts.api.SessionEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** The channels of one router verticle: all their events come to one address, in order. */
public final class ExecutorHub {
  private final Vertx vertx;
  private final String eventsAddress = "router.events." + UUID.randomUUID();
  private final Map<Long, ExecutorChannel> channels = new HashMap<>();

  public ExecutorHub(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Begins to listen; called once. */
  public Future<Void> start() {
    MessageConsumer<SessionEvent> consumer =
        vertx.eventBus().consumer(eventsAddress, message -> dispatch(message.body()));
    return consumer.completion();
  }

  /** Opens a session with its main channel. */
  public Future<ExecutorChannel> open(
      String role, Map<String, String> settings, ChannelListener listener) {
    return ExecutorApi.OPEN
        .ask(vertx, new ExecutorApi.OpenSession(role, settings, eventsAddress))
        .map(opened -> channel(opened, listener));
  }

  /** Opens a second channel on the session that a coordinator backend works for. */
  public Future<ExecutorChannel> attach(int backendPid, ChannelListener listener) {
    return ExecutorApi.ATTACH
        .ask(vertx, new ExecutorApi.AttachLoopback(backendPid, eventsAddress))
        .map(opened -> channel(opened, listener));
  }

  private ExecutorChannel channel(Opened opened, ChannelListener listener) {
    var channel = new ExecutorChannel(opened, command -> send(opened, command), listener);
    channels.put(opened.channel(), channel);
    return channel;
  }

  private void send(Opened opened, SessionCommand command) {
    vertx.eventBus().send(opened.commandsAddress(), command);
    if (command instanceof SessionCommand.Close) {
      channels.remove(opened.channel());
    }
  }

  private void dispatch(SessionEvent event) {
    var channel = channels.get(event.channel());
    if (channel != null) { // else closed meanwhile
      channel.onEvent(event);
    }
  }
}
