package io.pgmesh.executor.run;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Verifiers of passwords, as {@code pg_authid} keeps them; one costs milliseconds to make. */
final class PasswordVerifiers {
  private static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_256;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SALT_BYTES = 16;
  private static final int ITERATIONS = 4096;
  private static final int KEPT = 1000;

  private record Made(String password, String verifier) {}

  private final Vertx vertx;
  private final Map<String, Made> made = // by role; this context only
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Made> eldest) {
          return size() > KEPT;
        }
      };

  PasswordVerifiers(Vertx vertx) {
    this.vertx = vertx;
  }

  Future<String> of(String role, String password) {
    Made known = made.get(role);
    if (known != null && known.password().equals(password)) {
      return Future.succeededFuture(known.verifier());
    }
    return vertx
        .executeBlocking(() -> verifier(password), false)
        .onSuccess(verifier -> made.put(role, new Made(password, verifier)));
  }

  private static String verifier(String password) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    byte[] salted =
        ScramFunctions.saltedPassword(
            MECHANISM,
            StringPreparation.POSTGRESQL_PREPARATION,
            password.toCharArray(),
            salt,
            ITERATIONS);
    byte[] stored =
        ScramFunctions.storedKey(MECHANISM, ScramFunctions.clientKey(MECHANISM, salted));
    return "SCRAM-SHA-256$%d:%s$%s:%s"
        .formatted(
            ITERATIONS,
            text(salt),
            text(stored),
            text(ScramFunctions.serverKey(MECHANISM, salted)));
  }

  private static String text(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
