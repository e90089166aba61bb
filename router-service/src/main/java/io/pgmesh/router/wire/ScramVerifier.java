package io.pgmesh.router.wire;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * What a server keeps of a password, as in {@code pg_authid.rolpassword}. Arrays are not to be
 * changed.
 */
public record ScramVerifier(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {
  static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_256;
  private static final int ITERATIONS = 4096;
  private static final int SALT_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  // Secret of this process: the made-up salt of a role stays the same and cannot be foretold.
  private static final long NOBODY = RANDOM.nextLong();

  /** Reads {@code SCRAM-SHA-256$iterations:salt$storedKey:serverKey}; empty for anything else. */
  public static Optional<ScramVerifier> parse(String text) {
    String[] parts = text.split("[$:]");
    if (parts.length != 5 || !parts[0].equals(MECHANISM.getName())) {
      return Optional.empty();
    }
    try {
      var base64 = Base64.getDecoder();
      return Optional.of(
          new ScramVerifier(
              base64.decode(parts[2]),
              Integer.parseInt(parts[1]),
              base64.decode(parts[3]),
              base64.decode(parts[4])));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The text that {@link #parse} reads, and ALTER ROLE … PASSWORD too. */
  public String text() {
    var base64 = Base64.getEncoder();
    return "%s$%d:%s$%s:%s"
        .formatted(
            MECHANISM.getName(),
            iterations,
            base64.encodeToString(salt),
            base64.encodeToString(storedKey),
            base64.encodeToString(serverKey));
  }

  /** A new verifier with a salt of its own: takes milliseconds. */
  public static ScramVerifier ofPassword(String password) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    return of(password, salt, ITERATIONS);
  }

  /** A verifier that no password matches, for roles that do not exist: answers must not tell. */
  public static ScramVerifier ofNobody(String role) {
    byte[] salt = ScramFunctions.hash(MECHANISM, (role + NOBODY).getBytes());
    byte[] key = new byte[salt.length];
    RANDOM.nextBytes(key);
    return new ScramVerifier(java.util.Arrays.copyOf(salt, SALT_BYTES), ITERATIONS, key, key);
  }

  /** Whether this is the verifier of a password. */
  public boolean matches(String password) {
    return !password.isEmpty() // which SCRAM has no key for
        && MessageDigest.isEqual(of(password, salt, iterations).storedKey, storedKey);
  }

  private static ScramVerifier of(String password, byte[] salt, int iterations) {
    byte[] salted =
        ScramFunctions.saltedPassword(
            MECHANISM,
            StringPreparation.POSTGRESQL_PREPARATION,
            password.toCharArray(),
            salt,
            iterations);
    return new ScramVerifier(
        salt,
        iterations,
        ScramFunctions.storedKey(MECHANISM, ScramFunctions.clientKey(MECHANISM, salted)),
        ScramFunctions.serverKey(MECHANISM, salted));
  }
}
