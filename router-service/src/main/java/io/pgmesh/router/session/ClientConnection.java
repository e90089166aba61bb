package io.pgmesh.router.session;

import io.pgmesh.contracts.api.RouterApi.SessionKey;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.router.session.ClientLogin.Step;
import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frames;
import io.pgmesh.router.wire.Frontend;
import io.pgmesh.router.wire.Startup;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket from its first byte: {@link ClientLogin}, then the messages of a {@link
 * ProtocolSession}. Touched on the router's context only.
 */
final class ClientConnection implements ProtocolSession.Client, ChannelListener {
  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

  private static final int BEFORE_SESSION_MAX_BYTES = 4 * Frames.STARTUP_MAX_BYTES;

  private static final long GOODBYE_MILLIS = 5_000;

  private final NetSocket socket;
  private final WireServer server;
  private final ClientOutput output;
  private final ClientLogin login;
  private final Frames frames = new Frames(Frames.STARTUP_MAX_BYTES);
  private final long authenticationTimer;
  private Phase phase = Phase.STARTUP;
  private boolean reading = true;
  private Optional<SessionKey> key = Optional.empty();
  private Optional<Statements> statements = Optional.empty();
  private Optional<ProtocolSession> protocol = Optional.empty();

  private enum Phase {
    STARTUP,
    PASSWORD,
    /** An answer is awaited before the client's next message counts. */
    WAITING,
    READY,
    CLOSED
  }

  ClientConnection(NetSocket socket, WireServer server) {
    this.socket = socket;
    this.server = server;
    this.output = new ClientOutput(socket);
    this.login = new ClientLogin(socket, server, output);
    this.authenticationTimer =
        server
            .vertx()
            .setTimer(
                server.settings().authenticationTimeoutMillis(),
                id -> {
                  LOG.debug("no authentication in time from {}", socket.remoteAddress());
                  socket.close();
                });
    socket.handler(this::received);
    socket.closeHandler(closed -> closed());
    socket.exceptionHandler(cause -> LOG.debug("client socket", cause));
    output.onRoom(() -> protocol.ifPresent(ProtocolSession::drained));
  }

  // ---- bytes

  private void received(Buffer data) {
    frames.append(data);
    if (phase != Phase.READY && frames.pendingBytes() > BEFORE_SESSION_MAX_BYTES) {
      fatal(ClientLogin.violation("too much data before authentication"));
    }
    work();
  }

  private void work() {
    try {
      while (next()) {}
      protocol.ifPresent(ProtocolSession::pump);
    } catch (SqlError error) {
      fatal(error);
    } catch (RuntimeException e) {
      LOG.error("a client's message could not be handled", e);
      fatal(SqlError.from(e));
    }
  }

  private boolean next() {
    return switch (phase) {
      case STARTUP -> {
        var body = frames.nextStartup();
        body.ifPresent(
            found -> proceed(login.startup(Startup.decode(found), frames.pendingBytes())));
        yield body.isPresent();
      }
      case PASSWORD -> {
        var frame = frames.next();
        frame.ifPresent(found -> proceed(login.password(decode(found))));
        yield frame.isPresent();
      }
      case READY -> {
        var frame = frames.next();
        frame.ifPresent(this::message);
        yield frame.isPresent();
      }
      case WAITING, CLOSED -> false;
    };
  }

  private void message(Frames.Frame frame) {
    protocol.orElseThrow().receive(Frontend.read(frame.tag(), frame.body()), frame.body().length());
  }

  private static Frontend decode(Frames.Frame frame) {
    return Frontend.CODECS.decode(frame.tag(), frame.body());
  }

  private <T> void await(Future<T> answer, Consumer<T> then) {
    phase = Phase.WAITING;
    answer.onComplete(
        result -> {
          if (phase == Phase.CLOSED) {
            return;
          }
          try {
            if (result.failed()) {
              fatal(SqlError.from(result.cause()));
            } else {
              then.accept(result.result());
              work();
            }
          } catch (SqlError error) {
            fatal(error);
          }
        });
  }

  // ---- the session

  private void proceed(Step step) {
    switch (step) {
      case Step.More more -> {}
      case Step.Wait(var startup, var admission) ->
          await(admission, found -> proceed(login.admitted(startup, found)));
      case Step.Proof proof -> phase = Phase.PASSWORD;
      case Step.In(var startup) -> open(startup);
      case Step.Leave(var then) -> await(then, done -> disconnect());
    }
  }

  private void open(Startup.StartupMessage startup) {
    var requested = new SessionRequest(startup.parameters());
    if (server.sessions().isLoopback(requested)) {
      login.leaveLimit(); // a statement of a client who is in waits for this one
    }
    await(
        server
            .sessions()
            .open(requested, this)
            .onSuccess(
                opened -> {
                  if (phase == Phase.CLOSED) { // the client left meanwhile
                    opened.statements().close();
                  }
                }),
        this::begin);
  }

  private void begin(OpenedSession opened) {
    server.vertx().cancelTimer(authenticationTimer);
    statements = Optional.of(opened.statements());
    key = Optional.of(server.keys().add(opened.statements()::cancel));
    output.message(Backend.Authentication.OK);
    opened
        .parameters()
        .forEach((name, value) -> output.message(new Backend.ParameterStatus(name, value)));
    output.message(new Backend.BackendKeyData(key.get().processId(), key.get().secret()));
    frames.limit(server.settings().frameMaxBytes());
    phase = Phase.READY;
    var session = new ProtocolSession(opened.statements(), output, this);
    opened.parameters().forEach(session::parameter);
    protocol = Optional.of(session);
    session.begin();
  }

  @Override
  public void reading(boolean on) {
    if (on == reading || phase == Phase.CLOSED) {
      return;
    }
    reading = on;
    if (on) {
      socket.resume();
    } else {
      socket.pause();
    }
  }

  @Override
  public void disconnect() {
    phase = Phase.CLOSED;
    output.end();
    // A client that reads no more would keep its connection for ever.
    long timer = server.vertx().setTimer(GOODBYE_MILLIS, id -> socket.close());
    socket.closeHandler(
        closed -> {
          server.vertx().cancelTimer(timer);
          closed();
        });
  }

  /** Tells the client why, and hangs up. */
  void fatal(SqlError error) {
    if (phase == Phase.CLOSED) {
      return;
    }
    output.error(
        error
            .fields()
            .with(ErrorFields.SEVERITY, "FATAL")
            .with(ErrorFields.SEVERITY_UNTRANSLATED, "FATAL"));
    disconnect();
  }

  private void closed() {
    phase = Phase.CLOSED;
    server.vertx().cancelTimer(authenticationTimer);
    key.ifPresent(server.keys()::remove);
    statements.ifPresent(Statements::close);
    statements = Optional.empty();
    login.leaveLimit();
    server.left(this);
  }

  // ---- what the executor says by itself

  @Override
  public void notice(SessionEvent.Notice notice) {
    output.message(new Backend.NoticeResponse(notice.notice()));
    protocol.ifPresent(ProtocolSession::written);
  }

  @Override
  public void parameter(SessionEvent.ParameterChanged parameter) {
    output.message(new Backend.ParameterStatus(parameter.name(), parameter.value()));
    protocol.ifPresent(session -> session.parameter(parameter.name(), parameter.value()));
    protocol.ifPresent(ProtocolSession::written);
  }

  @Override
  public void notification(SessionEvent.Notification event) {
    output.message(
        new Backend.NotificationResponse(event.processId(), event.name(), event.payload()));
    protocol.ifPresent(ProtocolSession::written);
  }

  @Override
  public void lost(SqlError error) {
    fatal(error);
  }
}
