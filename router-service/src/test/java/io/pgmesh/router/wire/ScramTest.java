package io.pgmesh.router.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ongres.scram.common.ScramFunctions;
import io.pgmesh.contracts.error.SqlError;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class ScramTest {
  private static final ScramVerifier VERIFIER = ScramVerifier.ofPassword("pencil");

  @Test
  void the_right_password_opens_and_the_server_proves_itself() {
    assertThat(exchange("n,,", "pencil")).startsWith("v=");
    assertThat(exchange("y,,", "pencil")).startsWith("v=");
  }

  @Test
  void a_wrong_password_is_refused() {
    assertThatThrownBy(() -> exchange("n,,", "pen"))
        .isInstanceOfSatisfying(
            SqlError.class, error -> assertThat(error.code()).isEqualTo("28P01"));
  }

  @Test
  void malformed_messages_are_violations() {
    for (String first : new String[] {"", "n", "p=tls-unique,,n=,r=x", "n,,n=", "x,,n=,r=1"}) {
      assertViolation(() -> new ScramServer("r", VERIFIER).answerFirst(first));
    }
    for (String last : new String[] {"", "c=biws", "c=biws,r=other,p=AAAA", "c=!,r=x,p=AAAA"}) {
      var server = new ScramServer("r", VERIFIER);
      server.answerFirst("n,,n=,r=x");
      assertViolation(() -> server.answerFinal(last));
    }
    assertViolation(() -> new ScramServer("r", VERIFIER).answerFinal("c=biws,r=x,p=AAAA"));
  }

  @Test
  void verifiers_are_read_as_postgresql_stores_them() {
    String stored =
        "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$"
            + "RE0Kk8hj6SnSWNkvB+mN+U1s0K3aZ0ieS7B1mV6nP4c=:"
            + "OeaaQVbM8dkTCxWvGiPSTtQpg7ZNDuLZkWbdqsWNc2c=";
    assertThat(ScramVerifier.parse(stored))
        .hasValueSatisfying(v -> assertThat(v.iterations()).isEqualTo(4096))
        .hasValueSatisfying(v -> assertThat(v.text()).isEqualTo(stored));
    for (String other : new String[] {"", "md5abc", "SCRAM-SHA-256$x:y$z:w", "a$b:c$d:e"}) {
      assertThat(ScramVerifier.parse(other)).isEmpty();
    }
    assertThat(VERIFIER.matches("pencil")).isTrue();
    assertThat(VERIFIER.matches("Pencil")).isFalse();
    assertThat(ScramVerifier.ofNobody("a").salt()).isEqualTo(ScramVerifier.ofNobody("a").salt());
  }

  private static void assertViolation(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SqlError.class, error -> assertThat(error.code()).isEqualTo("08P01"));
  }

  /** The client's side. */
  private static String exchange(String header, String password) {
    var server = new ScramServer("role", VERIFIER);
    String bare = "n=,r=clientnonce";
    String first = server.answerFirst(header + bare);
    String nonce = first.substring(2, first.indexOf(",s="));
    var mechanism = ScramVerifier.MECHANISM;
    byte[] salted =
        ScramFunctions.saltedPassword(
            mechanism,
            com.ongres.scram.common.StringPreparation.POSTGRESQL_PREPARATION,
            password.toCharArray(),
            VERIFIER.salt(),
            VERIFIER.iterations());
    byte[] clientKey = ScramFunctions.clientKey(mechanism, salted);
    String withoutProof =
        "c=" + Base64.getEncoder().encodeToString(header.getBytes()) + ",r=" + nonce;
    byte[] signature =
        ScramFunctions.clientSignature(
            mechanism,
            ScramFunctions.storedKey(mechanism, clientKey.clone()),
            bare + "," + first + "," + withoutProof);
    byte[] proof = ScramFunctions.clientProof(clientKey, signature);
    return server.answerFinal(withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof));
  }
}
