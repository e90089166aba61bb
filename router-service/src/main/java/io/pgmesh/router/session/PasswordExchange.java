package io.pgmesh.router.session;

import io.pgmesh.router.wire.Backend;
import io.pgmesh.router.wire.SaslInitialResponse;
import io.pgmesh.router.wire.ScramServer;
import io.pgmesh.router.wire.ScramVerifier;
import io.pgmesh.router.wire.Startup;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** A client proves that it knows its password: two messages each way. */
final class PasswordExchange {
  /** What the client is asked for first. */
  static final Backend REQUEST = Backend.Authentication.sasl(List.of(ScramServer.MECHANISM));

  private final Startup.StartupMessage startup;
  private final ScramServer scram;
  private boolean begun;
  private boolean proven;

  PasswordExchange(Startup.StartupMessage startup, String role, ScramVerifier verifier) {
    this.startup = startup;
    this.scram = new ScramServer(role, verifier);
  }

  /** What the client asks for once it is in. */
  Startup.StartupMessage startup() {
    return startup;
  }

  /** The answer to the client's next message; fails when that proves nothing. */
  Backend answer(Buffer data) {
    if (!begun) {
      begun = true;
      String first = SaslInitialResponse.decode(data).data();
      return Backend.Authentication.saslContinue(scram.answerFirst(first));
    }
    Backend last = Backend.Authentication.saslFinal(scram.answerFinal(data.toString()));
    proven = true;
    return last;
  }

  boolean proven() {
    return proven;
  }
}
