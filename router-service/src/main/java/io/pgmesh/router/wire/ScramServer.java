package io.pgmesh.router.wire;

import com.ongres.scram.common.ScramFunctions;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The server's side of one SCRAM-SHA-256 exchange.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5802">RFC 5802</a>
 */
public final class ScramServer {
  public static final String MECHANISM = ScramVerifier.MECHANISM.getName();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_CHARACTERS = 24;

  private final String role;
  private final ScramVerifier verifier;
  private String channelBindingHeader = "";
  private String exchanged = "";
  private String nonce = "";

  public ScramServer(String role, ScramVerifier verifier) {
    this.role = role;
    this.verifier = verifier;
  }

  /**
   * Answers the client's first message.
   *
   * @throws SqlError 08P01 malformed
   */
  public String answerFirst(String clientFirst) {
    // gs2-header ::= ("n" | "y") "," [authzid] ","   then   "n=" user ",r=" nonce
    int header = clientFirst.indexOf(',', clientFirst.indexOf(',') + 1) + 1;
    if (header < 3 || !(clientFirst.startsWith("n,") || clientFirst.startsWith("y,"))) {
      throw In.violation("malformed SCRAM message");
    }
    channelBindingHeader = clientFirst.substring(0, header);
    String bare = clientFirst.substring(header);
    nonce = attribute(bare, 'r') + ScramFunctions.nonce(NONCE_CHARACTERS, RANDOM);
    String answer =
        "r="
            + nonce
            + ",s="
            + Base64.getEncoder().encodeToString(verifier.salt())
            + ",i="
            + verifier.iterations();
    exchanged = bare + "," + answer;
    return answer;
  }

  /**
   * Checks the client's proof and answers with the server's.
   *
   * @throws SqlError 28P01 wrong password; 08P01 malformed
   */
  public String answerFinal(String clientFinal) {
    int proofAt = clientFinal.lastIndexOf(",p=");
    if (proofAt < 0 || exchanged.isEmpty()) {
      throw In.violation("malformed SCRAM message");
    }
    String withoutProof = clientFinal.substring(0, proofAt);
    byte[] header = decode(attribute(withoutProof, 'c'));
    if (!new String(header, StandardCharsets.UTF_8).equals(channelBindingHeader)
        || !attribute(withoutProof, 'r').equals(nonce)) {
      throw In.violation("malformed SCRAM message");
    }
    byte[] proof = decode(clientFinal.substring(proofAt + 3));
    String message = exchanged + "," + withoutProof;
    if (proof.length != verifier.storedKey().length
        || !ScramFunctions.verifyClientProof(
            ScramVerifier.MECHANISM, proof, verifier.storedKey(), message)) {
      throw wrongPassword(role);
    }
    byte[] signature =
        ScramFunctions.serverSignature(ScramVerifier.MECHANISM, verifier.serverKey(), message);
    return "v=" + Base64.getEncoder().encodeToString(signature);
  }

  /** What a client is told whatever was wrong with role or password. */
  public static SqlError wrongPassword(String role) {
    return new SqlError(
        ErrorFields.fatal(
            SqlState.INVALID_PASSWORD, "password authentication failed for user \"" + role + "\""));
  }

  private static String attribute(String message, char name) {
    for (String part : message.split(",")) {
      if (part.length() > 2 && part.charAt(0) == name && part.charAt(1) == '=') {
        return part.substring(2);
      }
    }
    throw In.violation("malformed SCRAM message");
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw In.violation("malformed SCRAM message");
    }
  }
}
