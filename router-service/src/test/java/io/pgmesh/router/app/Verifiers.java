package io.pgmesh.router.app;

import io.pgmesh.router.wire.ScramVerifier;
import java.util.Base64;

final class Verifiers {
  private Verifiers() {}

  /** As {@code pg_authid.rolpassword} has it. */
  static String text(String password) {
    var verifier = ScramVerifier.ofPassword(password);
    var base64 = Base64.getEncoder();
    return "SCRAM-SHA-256$%d:%s$%s:%s"
        .formatted(
            verifier.iterations(),
            base64.encodeToString(verifier.salt()),
            base64.encodeToString(verifier.storedKey()),
            base64.encodeToString(verifier.serverKey()));
  }
}
