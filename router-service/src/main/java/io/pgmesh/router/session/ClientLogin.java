package io.pgmesh.router.session;

import io.pgmesh.contracts.api.RouterApi.SessionKey;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import io.pgmesh.router.session.Access.Admission;
import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.Frontend;
import io.pgmesh.router.wire.Startup;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.Optional;

/**
 * How a client gets in: encryption, startup, authentication. Each of its messages is answered and
 * leads to a next step.
 */
final class ClientLogin {
  private final NetSocket socket;
  private final WireServer server;
  private final ClientOutput output;
  private Optional<PasswordExchange> exchange = Optional.empty();
  private boolean entered;

  /** What comes next. */
  sealed interface Step {
    /** Another message like the one before. */
    record More() implements Step {}

    /** Nothing that the client says counts before {@link #admitted} knows this. */
    record Wait(Startup.StartupMessage startup, Future<Admission> admission) implements Step {}

    /** A message that proves the client's password. */
    record Proof() implements Step {}

    /** The client is in. */
    record In(Startup.StartupMessage startup) implements Step {}

    /** Hang up then: the client has got all that it wanted. */
    record Leave(Future<Void> then) implements Step {}
  }

  ClientLogin(NetSocket socket, WireServer server, ClientOutput output) {
    this.socket = socket;
    this.server = server;
    this.output = output;
  }

  /**
   * @param pendingBytes what has arrived behind the message
   */
  Step startup(Startup message, int pendingBytes) {
    return switch (message) {
      case Startup.SslRequest ssl -> encrypt(pendingBytes);
      case Startup.GssEncryptionRequest gss -> {
        socket.write(Buffer.buffer("N"));
        yield new Step.More();
      }
      case Startup.CancelRequest(int processId, int secret) -> {
        yield new Step.Leave(server.keys().request(new SessionKey(processId, secret)));
      }
      case Startup.StartupMessage startup -> authenticate(startup);
    };
  }

  private Step encrypt(int pendingBytes) {
    if (pendingBytes > 0) { // would be taken for a part of the encrypted stream
      throw violation("received unencrypted data after SSL request");
    }
    if (socket.isSsl() || server.settings().tls().isEmpty()) {
      socket.write(Buffer.buffer("N"));
    } else {
      server.settings().tls().get().accept(socket);
    }
    return new Step.More();
  }

  private Step authenticate(Startup.StartupMessage startup) {
    if (startup.major() != 3) {
      throw new SqlError(
          ErrorFields.fatal(
              SqlState.FEATURE_NOT_SUPPORTED,
              "unsupported frontend protocol %d.%d: server supports 3.0"
                  .formatted(startup.major(), startup.minor())));
    }
    String role = role(startup);
    if (role.isEmpty()) {
      throw new SqlError(
          ErrorFields.fatal(
              SqlState.INVALID_AUTHORIZATION,
              "no PostgreSQL user name specified in startup packet"));
    }
    server.limit().enter();
    entered = true;
    negotiate(startup);
    return new Step.Wait(
        startup,
        server.settings().access().admit(server.vertx(), role, socket.remoteAddress().host()));
  }

  private static String role(Startup.StartupMessage startup) {
    return startup.parameters().getOrDefault("user", "");
  }

  /** Newer minor versions and unknown protocol options are answered with what is known here. */
  private void negotiate(Startup.StartupMessage startup) {
    List<String> unknown =
        startup.parameters().keySet().stream().filter(name -> name.startsWith("_pq_.")).toList();
    if (startup.minor() > 0 || !unknown.isEmpty()) {
      output.message(new Backend.NegotiateProtocolVersion(0, unknown));
    }
  }

  Step admitted(Startup.StartupMessage startup, Admission admission) {
    return switch (admission) {
      case Admission.Trusted trusted -> new Step.In(startup);
      case Admission.Password(var verifier) -> {
        exchange = Optional.of(new PasswordExchange(startup, role(startup), verifier));
        output.message(PasswordExchange.REQUEST);
        output.flush();
        yield new Step.Proof();
      }
    };
  }

  Step password(Frontend message) {
    if (!(message instanceof Frontend.Authentication(Buffer data))) {
      throw violation("expected a SASL response");
    }
    var current = exchange.orElseThrow();
    output.message(current.answer(data));
    if (current.proven()) {
      exchange = Optional.empty();
      return new Step.In(current.startup());
    }
    output.flush();
    return new Step.More();
  }

  /** The client counts no more among those who are in. */
  void leaveLimit() {
    if (entered) {
      entered = false;
      server.limit().leave();
    }
  }

  static SqlError violation(String message) {
    return new SqlError(ErrorFields.fatal(SqlState.PROTOCOL_VIOLATION, message));
  }
}
