package io.pgmesh.router.session;

import io.pgmesh.contracts.api.RouterApi;
import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.router.session.Access.Admission;
import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frames;
import io.pgmesh.router.wire.Frontend;
import io.pgmesh.router.wire.Startup;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's socket from its first byte: encryption, startup, authentication, then the messages
 * of a {@link ProtocolSession}. Touched on the router's context only.
 */
final class ClientConnection implements ProtocolSession.Client, ChannelListener {
  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

  private static final int BEFORE_SESSION_MAX_BYTES = 4 * Frames.STARTUP_MAX_BYTES;

  private static final long GOODBYE_MILLIS = 5_000;

  private final NetSocket socket;
  private final WireServer server;
  private final ClientOutput output;
  private final Frames frames = new Frames(Frames.STARTUP_MAX_BYTES);
  private final long authenticationTimer;
  private Phase phase = Phase.STARTUP;
  private boolean entered;
  private boolean reading = true;
  private Optional<RouterApi.CancelRequest> key = Optional.empty();
  private Optional<Statements> statements = Optional.empty();
  private Optional<ProtocolSession> protocol = Optional.empty();
  private Optional<PasswordExchange> exchange = Optional.empty();

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
    socket.drainHandler(drained -> protocol.ifPresent(ProtocolSession::drained));
  }

  // ---- bytes

  private void received(Buffer data) {
    frames.append(data);
    if (phase != Phase.READY && frames.pendingBytes() > BEFORE_SESSION_MAX_BYTES) {
      fatal(violation("too much data before authentication"));
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
        body.ifPresent(found -> startup(Startup.decode(found)));
        yield body.isPresent();
      }
      case PASSWORD -> {
        var frame = frames.next();
        frame.ifPresent(found -> password(Frontend.CODECS.decode(found.tag(), found.body())));
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
    protocol
        .orElseThrow()
        .receive(Frontend.CODECS.decode(frame.tag(), frame.body()), frame.body().length());
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

  // ---- startup

  private void startup(Startup message) {
    switch (message) {
      case Startup.SslRequest ssl -> encrypt();
      case Startup.GssEncryptionRequest gss -> socket.write(Buffer.buffer("N"));
      case Startup.CancelRequest(int processId, int secret) -> {
        server.keys().request(processId, secret);
        disconnect();
      }
      case Startup.StartupMessage startup -> authenticate(startup);
    }
  }

  private void encrypt() {
    if (frames.pendingBytes() > 0) { // would be taken for a part of the encrypted stream
      throw violation("received unencrypted data after SSL request");
    }
    if (socket.isSsl() || server.settings().tls().isEmpty()) {
      socket.write(Buffer.buffer("N"));
      return;
    }
    server.settings().tls().get().accept(socket);
  }

  private void authenticate(Startup.StartupMessage startup) {
    if (startup.major() != 3) {
      throw new SqlError(
          ErrorFields.fatal(
              SqlState.FEATURE_NOT_SUPPORTED,
              "unsupported frontend protocol %d.%d: server supports 3.0"
                  .formatted(startup.major(), startup.minor())));
    }
    String role = startup.parameters().getOrDefault("user", "");
    if (role.isEmpty()) {
      throw new SqlError(
          ErrorFields.fatal(
              SqlState.INVALID_AUTHORIZATION,
              "no PostgreSQL user name specified in startup packet"));
    }
    server.limit().enter();
    entered = true;
    negotiate(startup);
    await(
        server.settings().access().admit(server.vertx(), role, socket.remoteAddress().host()),
        admission -> admitted(startup, role, admission));
  }

  /** Newer minor versions and unknown protocol options are answered with what is known here. */
  private void negotiate(Startup.StartupMessage startup) {
    List<String> unknown =
        startup.parameters().keySet().stream().filter(name -> name.startsWith("_pq_.")).toList();
    if (startup.minor() > 0 || !unknown.isEmpty()) {
      output.message(new Backend.NegotiateProtocolVersion(0, unknown));
    }
  }

  private void admitted(Startup.StartupMessage startup, String role, Admission admission) {
    switch (admission) {
      case Admission.Trusted trusted -> open(startup);
      case Admission.Password(var verifier) -> {
        exchange = Optional.of(new PasswordExchange(startup, role, verifier));
        output.message(PasswordExchange.REQUEST);
        output.flush();
        phase = Phase.PASSWORD;
      }
    }
  }

  private void password(Frontend message) {
    if (!(message instanceof Frontend.Authentication(Buffer data))) {
      throw violation("expected a SASL response");
    }
    var current = exchange.orElseThrow();
    output.message(current.answer(data));
    if (current.proven()) {
      exchange = Optional.empty();
      open(current.startup());
    } else {
      output.flush();
    }
  }

  // ---- the session

  private void open(Startup.StartupMessage startup) {
    var requested = new SessionRequest(startup.parameters());
    if (server.sessions().isLoopback(requested)) {
      leaveLimit(); // a statement of a client who is in waits for this one
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
    leaveLimit();
    server.left(this);
  }

  private void leaveLimit() {
    if (entered) {
      entered = false;
      server.limit().leave();
    }
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

  private static SqlError violation(String message) {
    return new SqlError(ErrorFields.fatal(SqlState.PROTOCOL_VIOLATION, message));
  }
}
